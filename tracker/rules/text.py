"""Text: what it may contain, how it is folded for search, how slugs look, and whether quoted words stand in it."""

import hashlib
import re
import unicodedata
from collections.abc import Container
from enum import StrEnum
from functools import lru_cache
from typing import Self

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
SLUG_LENGTH = 80
HASH_LENGTH = 12
TITLE_LENGTH = 200
TITLE_KEY_LENGTH = 80
SENTENCE_LENGTH = 400
PARAGRAPH_LENGTH = 1000
NOTE_LENGTH = 4000
# The last two code points of each plane are noncharacters.
PLANE_ENDS = "".join(chr(plane << 16 | code) for plane in range(17) for code in (0xFFFE, 0xFFFF))
FORBIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{PLANE_ENDS}]")
# Office programs break a line inside a paragraph with U+000B, and a page with U+000C.
LINE_END = re.compile("\r\n|[\r\x0b\x0c]")
# What shows nothing though it is neither space nor of the category Cf: joiners, fillers, variation selectors.
BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
LENGTH_BEFORE = 30


class Choice(StrEnum):
    """One of a few keys, such as `not_met`, with its words for readers: "Not met", or those that are given."""

    label: str
    means: str

    def __new__(cls, key: str, label: str = "", means: str = "") -> Self:
        choice = str.__new__(cls, key)
        choice._value_ = key
        choice.label, choice.means = label or key.replace("_", " ").capitalize(), means
        return choice


def clean(text: str) -> str:
    """Return the text in Unicode form NFC, with LF line ends and without outer space; empty if it shows nothing.

    Raises ValueError for characters that make invalid HTML, XML or database text: control characters
    other than TAB and LF, lone surrogates and noncharacters. The message says where it is.
    """
    if text.isascii() and text.isprintable():  # nearly all: it is in that form, and holds none of these characters
        return text.strip()
    text = LINE_END.sub("\n", text)
    if found := FORBIDDEN.search(text):
        lines = text[: found.start()].split("\n")
        before = without_invisible(lines[-1][-LENGTH_BEFORE:]).strip()
        raise ValueError(
            f"The text contains a character that cannot be stored (U+{ord(found[0]):04X}), in line {len(lines)}"
            f"{f' after “{before}”' if before else ''}. "
            "It may have come from copying out of another program; please delete it."
        )
    return unicodedata.normalize("NFC", text).strip() if shows(text) else ""


def shows(text: str) -> bool:
    """Return True if a reader sees anything of the text."""
    return bool(BLANK.sub("", without_invisible(text)).strip())


def showable(text: str) -> str:
    """Return the text less every character that `clean` refuses."""
    return FORBIDDEN.sub("", text)


# Letters that Unicode does not take apart.
PLAIN_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def fold(text: str) -> str:
    """Return the text without accents, case and invisible characters: "Škoda" is found by "skoda", "Łódź" by "lodz"."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", without_invisible(text))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(PLAIN_LETTERS)


def without_invisible(text: str) -> str:
    """Return the text without what no reader can see: marks of direction, joiners, soft hyphens (Unicode's Cf)."""
    unseen = [] if text.isascii() else [ord(c) for c in set(text) if unicodedata.category(c) == "Cf"]
    return text.translate(dict.fromkeys(unseen)) if unseen else text


def initials(name: str) -> str:
    """Return the initials of the words in capitals: "OFSI" for an Office of Financial Sanctions Implementation.

    What stands in brackets is left out; a name of one word has none.
    """
    letters = re.findall(r"\b[A-Z]", re.sub(r"\([^)]*\)", "", name))
    return "".join(letters) if len(letters) > 1 else ""


def title_key(title: str) -> str:
    """Return the text by which a title is sorted."""
    return fold(title)[:TITLE_KEY_LENGTH]


@lru_cache(maxsize=1000)
def slugify(text: str) -> str:
    """Return "uk-and-eu" for "UK and EU"; may be empty."""
    return spelt_out(text).strip("-")[:SLUG_LENGTH].strip("-")


def spelt_out(text: str) -> str:
    """Return the text in small letters and digits, with one hyphen for whatever stands between."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text))


def slug_of_name(name: str) -> str:
    """Return the slug of a name in any script: a part of its hash where it has no letter that a slug can have."""
    return slugify(name) or _hash(name)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]


def name_key(name: str) -> str:
    """Return what two spellings of a name have in common: its letters and digits, also those that no slug can have."""
    key = re.sub(r"[\W_]+", "-", fold(name)).strip("-")
    return key if slugify(name) else slug_of_name(name)


def own_slug(name: str, taken: Container[str]) -> str:
    """Return the slug of a name, with a part of its hash where another name has that slug."""
    slug = slug_of_name(name)
    return f"{slug[: SLUG_LENGTH - HASH_LENGTH - 1]}-{_hash(name)}" if slug in taken else slug


def free_slug(slug: str, taken: Container[str]) -> str:
    """Return the slug, with the next free number where it is taken."""
    number = 1
    while (free := slug if number == 1 else f"{slug[: SLUG_LENGTH - 5].rstrip('-')}-{number}") in taken:
        number += 1
    return free


def is_slug(text: str) -> bool:
    """True if the text is fit to stand in an address."""
    return len(text) <= SLUG_LENGTH and SLUG.fullmatch(text) is not None


# Quoted words stand in a text however the two set their spaces, quotation marks, dashes and capitals.
LEFT_OUT = re.compile(r"\[[^\]]*\]|\.\.\.|…")
MARKS = re.compile("[\"'`´‘’‚‛“”„‟«»‹›′″]")
DASHES = re.compile(r"\s*[-‐‑‒–—−]+\s*")


def plain(text: str) -> str:
    """Return the text with its marks of quotation left out, each dash alike, single spaces and small letters."""
    text = MARKS.sub("", without_invisible(text))
    text = DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return " ".join(text.casefold().split())


def parts_of(quote: str) -> list[str]:
    """Return the plain words between what a quotation leaves out with dots or puts in brackets."""
    return [part for piece in LEFT_OUT.split(quote) if (part := plain(piece).strip(" .,;:-"))]


def stand_in(parts: list[str], text: str) -> bool:
    """Return True if these words stand in a plain text, whole and in this order."""
    end = 0
    for part in parts:
        found = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(text, end)
        if not found:
            return False
        end = found.end()
    return True
