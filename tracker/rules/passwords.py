"""Which passwords are accepted: NIST SP 800-63B-4 section 3.1.1 (length over composition, no expiry)."""

SHORTEST, LONGEST = 15, 128
SITE_WORDS = ("tracker", "sanctions", "password", "magnitsky")
FEWEST_CHARACTERS = 5


def check_password(password: str, email: str) -> str | None:
    """Why a password is refused, or None. Every character counts as it was typed."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Three or four unrelated words make a good password."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold()
    if len(set(folded)) < FEWEST_CHARACTERS:
        return "This repeats too few characters. Three or four unrelated words make a good password."
    easy_words = (*SITE_WORDS, email.casefold(), email.casefold().partition("@")[0])
    rest = folded
    for word in filter(None, easy_words):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST // 2:
        return "This is made mostly of words that are easy to guess here. Choose unrelated words."
    return None
