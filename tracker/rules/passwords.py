"""Which passwords are accepted: NIST SP 800-63B-4 section 3.1.1 (length over composition, no expiry).

No password among the ten thousand most common ones is likely to have fifteen characters. What is long enough and still
easy to guess is made of them: a word twice, a row of the keyboard, a name and a year. So the whole password is taken
apart, and refused when hardly anything is left that is not such a piece.
"""

import re
from functools import cache
from pathlib import Path

SHORTEST, LONGEST = 15, 128
LEAST_REST = SHORTEST // 2
SITE_WORDS = ("tracker", "sanctions", "magnitsky", "policy", "campaign")
FEWEST_CHARACTERS = 5
SHORTEST_WORD = 4
SHORTEST_RUN = 4
ROWS = (
    "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "1234567890",
    "0123456789", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8", "1a2b3c4d5e6f7g8h",
)  # fmt: skip
RUNS = (*ROWS, *(row[::-1] for row in ROWS))
LOOKALIKES = str.maketrans("@031$5!", "aoelssi")
ADVICE = "Three or four unrelated words make a good password."


def check_password(password: str, email: str, name: str = "") -> str | None:
    """Why a password is refused, or None. Every character counts as it was typed."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. {ADVICE}"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold()
    if len(set(folded)) < FEWEST_CHARACTERS:
        return f"This repeats too few characters. {ADVICE}"
    if _is_phrase(folded) or len(_rest(folded, own_words(email, name))) < LEAST_REST:
        return "This is made mostly of words that are easy to guess here. Choose unrelated words."
    if re.fullmatch(r"(.+?)\1+", re.sub(r"[\W\d_]+", "", folded)):
        return f"This says the same thing again and again. {ADVICE}"
    return None


def own_words(email: str, name: str) -> list[str]:
    """What others know of a person: the address, its parts, and the parts of the name; the longest first."""
    address = email.casefold()
    parts = re.split(r"[\W\d_]+", f"{address} {name.casefold()}")
    words = {address, address.partition("@")[0], *(part for part in parts if len(part) >= SHORTEST_WORD)}
    return sorted(filter(None, words), key=len, reverse=True)


def _rest(folded: str, known: list[str]) -> str:
    """What is left of a password without words that are easy to guess and without rows of the keyboard."""
    for word in known:
        folded = folded.replace(word, "")
    rest = _without_runs(folded).translate(LOOKALIKES)
    for word in (*known, *SITE_WORDS, *_common()):
        rest = rest.replace(word, "")
    return rest


def _without_runs(text: str) -> str:
    """The text without pieces of four or more characters that stand side by side on a keyboard or in the alphabet."""
    kept, at = "", 0
    while at < len(text):
        length = SHORTEST_RUN
        while at + length <= len(text) and any(text[at : at + length] in run for run in RUNS):
            length += 1
        if length == SHORTEST_RUN:
            kept, at = kept + text[at], at + 1
        else:
            at += length - 1
    return kept


def _is_phrase(folded: str) -> bool:
    """Whether this is one of the known long ones, however its words are set apart."""
    return "".join(filter(str.isalnum, folded)) in _common()


@cache
def _common() -> tuple[str, ...]:
    """The list of common passwords and words, the longest first."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return tuple(sorted(words, key=len, reverse=True))
