"""The words of a text as the search knows them: without accents, case and endings.

So "sanction" finds "sanctions". The same stems are written to the index, looked up in it and marked on the page, on
both engines alike.
"""

import re
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from tracker.rules.text import fold, without_invisible

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Of a longer one only this much is known: the index takes no word without end, and some scripts put no spaces.
LONGEST_WORD = 60
# Words that say nothing about what is looked for, and would make every text fit.
COMMON = frozenset(
    """
    a an and any are as at be but by did do does for from had has have how i if in into is it its no not of on or our
    shall so that the their there these they this to was we were what when where which who will with
    """.split()  # noqa: SIM905 (a sentence is easier to read and to change than a list)
)
Parts = tuple[tuple[str, bool], ...]
_one_at_a_time = Lock()  # it keeps the word that it works on in itself


def stems(text: str) -> list[str]:
    """The stems of a text in its order; common words are left out."""
    words = WORD.findall(without_invisible(text))
    return [stem for word in words if (stem := _stem_of(word[:LONGEST_WORD]))]


def stem_of(word: str) -> str:
    """The stem of one word; empty for a common word."""
    return _stem_of(word[:LONGEST_WORD])


@lru_cache(maxsize=50_000)
def _stem_of(word: str) -> str:
    folded = fold(word)[:LONGEST_WORD].replace("’", "'")
    if folded in COMMON:
        return ""
    with _one_at_a_time:
        return str(_stemmer().stemWord(folded)).replace("'", "")


@cache
def _stemmer() -> Any:
    import snowballstemmer  # thirty languages come with it

    return snowballstemmer.stemmer("english")


def mark(text: str, wanted: frozenset[str]) -> Parts:
    """Cut a text into parts, each with whether it is one of the words that are looked for."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in WORD.finditer(text):
        if stem_of(found.group()) in wanted:
            parts += [(text[end : found.start()], False), (found.group(), True)]
            end = found.end()
    return tuple(part for part in (*parts, (text[end:], False)) if part[0])


def excerpt(text: str, wanted: frozenset[str], length: int = 200) -> Parts:
    """The part of a text, at most about `length` characters, where the first of the words stands; marked."""
    first, last = next((found.span() for found in WORD.finditer(text) if stem_of(found.group()) in wanted), (0, 0))
    start = max(0, min(first - length // 3, len(text) - length))
    if start:
        start = text.find(" ", start, first) + 1 or first
    end = min(start + length, len(text))
    if end < len(text):
        space = text.rfind(" ", last, end)
        end = space if space > start else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark(f"{before}{text[start:end]}{after}", wanted)
