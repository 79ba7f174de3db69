"""Taking words down: where in a text they stand, and what stands in their place afterwards."""

import re
from collections.abc import Collection
from typing import Any, TypeVar, cast
from urllib.parse import unquote

from tracker.rules import checks
from tracker.rules.checks import MARK, SHORTEST
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, fold, spelt_out

# An address that spells the words goes as a whole; what stands in its place leads to this page of ours.
CORRECTIONS = "/corrections#taken-down"
MOST_PLACES = 100
AROUND = 60
# A text that was cut short ends with "…"; so many of the words at most can stand before it.
MOST_BEFORE_CUT = 60
ADDRESSES = ("url", "archived_url")
ALIKE = {letter: f"[{letters}]" for letters in ("'’", '"“”', "‐‑–—-") for letter in letters}
Value = TypeVar("Value")


class WordsSought:
    """Words to be taken down, in small or capital letters, across line ends, with any kind of quotes and hyphens.

    Their beginning, two words or more, goes too where a text was cut short behind it. `spelt` gathers how they were
    spelt where they were taken out, and `is_found` says if it was the whole of them somewhere. `needle` are letters and
    digits that stand wherever they do, for SQL to look for; an address that spells them leads to our `site` then.
    """

    def __init__(self, text: str, site: str) -> None:
        self.site = site
        parts = ["".join(ALIKE.get(letter, re.escape(letter)) for letter in word) for word in text.split()]
        most = min(len(parts) - 1, MOST_BEFORE_CUT)
        beginnings = [r"\s+".join(parts[:number]) + "(?=…)" for number in range(most, 1, -1)]
        self.pattern = re.compile("|".join([r"\s+".join(parts), *beginnings]), re.IGNORECASE)
        runs = re.findall(r"[a-z0-9]+", " ".join(text.split()[:2]).lower(), re.ASCII)
        self.needle = max(runs, key=len, default="")
        is_latin = all(map(str.isascii, filter(str.isalnum, fold(text))))
        self.slug = spelt_out(text).strip("-") if is_latin else ""
        self.spelt: set[str] = set()
        self.length, self.is_found = len(parts), False

    def taken_from(self, value: Value, kept: Collection[str] = (), name: str = "") -> Value:
        """Return a value of a record or of the log with the mark in place of the words; what `kept` names stays."""
        new: Any = value
        match value:
            case _ if name in kept:
                pass
            case str() if name in ADDRESSES:
                if self.slug and f"-{self.slug}-" in f"-{spelt_out(unquote(value))}-":
                    self.spelt.add(value)
                    self.is_found = True
                    new = f"{self.site}{CORRECTIONS}"
            case str():
                spelt = set(self.pattern.findall(value))
                self.spelt |= spelt
                self.is_found |= any(len(it.split()) == self.length for it in spelt)
                new = self.pattern.sub(MARK, value)
            case list():
                new = [self.taken_from(part, kept, name) for part in value]
            case dict():
                new = {key: self.taken_from(part, kept, key) for key, part in value.items()}
        return cast(Value, new)

    def check(self, text: str, reason: str) -> list[Problem]:
        """Check the words, as typed, and the sentence that says in public why they go."""
        problems = checks.at_most(text, NOTE_LENGTH, "words") + checks.at_most(reason, SENTENCE_LENGTH, "reason")
        problems += checks.required(reason, "reason", "the reason, which everybody reads")
        if sum(map(str.isalnum, text)) < SHORTEST:
            problems.append(Problem(f"Give at least {SHORTEST} letters or digits.", "words"))
        elif self.pattern.search(MARK):
            problems.append(Problem("These words are part of the mark that stands for words taken down.", "words"))
        elif self.pattern.search(reason):
            problems.append(Problem("The reason stays, so it must not repeat the words.", "reason"))
        return problems


def excerpt(text: str) -> str:
    """Return the part of a text around the first mark in it."""
    start, end = max(text.find(MARK) - AROUND, 0), text.find(MARK) + len(MARK) + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
