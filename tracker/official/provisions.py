"""Which provisions a text names, as far as it takes to say whether two texts mean the same ones."""

import re

KINDS = re.compile(
    r"\b(?P<kind>schs?|schedules?|paras?|paragraphs?|ss?|sections?|regs?|regulations?|arts?|articles?|rules?|r|parts?|pts?)\.?"
    r"\s+(?P<numbers>\d+[A-Za-z]*(?:\(\w+\))*(?:\s*(?:,|-|–|and|to|&)\s*\d+[A-Za-z]*(?:\(\w+\))*)*)",
    re.IGNORECASE | re.ASCII,
)
NUMBERS = re.compile(r"(\d+[A-Za-z]*)(?:\(\w+\))*(?:\s*(?:-|–|to)\s*(\d+)\b)?", re.ASCII)
MOST_IN_RANGE = 300


def provisions_of(text: str) -> frozenset[tuple[str, str]]:
    """Return the sections, regulations, articles, schedules … that a text names, such as ("s", "51").

    Subsections are left out, and a paragraph counts by its schedule. A text that names none gives an empty set.
    """
    found = set()
    for named in KINDS.finditer(text):
        kind = _kind_of(named["kind"].casefold())
        if kind == "para":
            continue
        for first, last in NUMBERS.findall(named["numbers"]):
            found.add((kind, first.upper()))
            if last and first.isdigit() and 0 < int(last) - int(first) <= MOST_IN_RANGE:
                found |= {(kind, str(number)) for number in range(int(first), int(last) + 1)}
    return frozenset(found)


def _kind_of(word: str) -> str:
    """One name for "s.", "ss." and "section"."""
    for kind in ("sch", "para", "reg", "art", "part", "s", "r"):
        if word.startswith(kind) or (kind == "part" and word.startswith("pt")):
            return kind
    return word
