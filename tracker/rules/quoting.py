"""Whether quoted words stand in a text, however the two set their spaces, quotation marks, dashes and capitals."""

import re
import unicodedata

from tracker.rules.text import without_invisible

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
