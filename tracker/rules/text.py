"""What text may contain, how it is folded for search, and how slugs look."""

import re
import unicodedata

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
SLUG_LENGTH = 80
TITLE_LENGTH = 200
SENTENCE_LENGTH = 400
PARAGRAPH_LENGTH = 1000
NOTE_LENGTH = 4000


def clean(text: str) -> str:
    """Answer the text in Unicode form NFC, with LF line ends and without outer space.

    Raises ValueError for characters that make invalid HTML, XML or database text: control characters
    other than TAB and LF, lone surrogates and noncharacters.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in text:
        if _is_forbidden(character):
            raise ValueError(
                f"The text contains a character that cannot be stored (U+{ord(character):04X}). "
                "It may have come from copying out of another program; please delete it."
            )
    return unicodedata.normalize("NFC", text).strip()


def _is_forbidden(character: str) -> bool:
    code = ord(character)
    is_control = (code < 0x20 and character not in "\t\n") or 0x7F <= code <= 0x9F
    is_surrogate = 0xD800 <= code <= 0xDFFF
    is_noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return is_control or is_surrogate or is_noncharacter


def fold(text: str) -> str:
    """Answer the text without accents and case, so that "Škoda" is found by "skoda"."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def slugify(text: str) -> str:
    """Answer "uk-and-eu" for "UK and EU"; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:SLUG_LENGTH].strip("-")


def is_slug(text: str) -> bool:
    """Whether the text is fit to stand in an address."""
    return len(text) <= SLUG_LENGTH and SLUG.fullmatch(text) is not None
