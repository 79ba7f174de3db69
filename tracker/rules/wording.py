"""How changes are put in words: fields and their values, differences, and the wording of an ask over time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

from tracker.rules.dates import PartialDate

WORD = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")  # a word with the space before it
# The time to compare grows with both lengths; longer texts are shown as a whole taken out and a whole put in.
MOST_WORDS = 4000
NEAR = 60
# What the log calls it when a record, or a step that its wording took elsewhere, came with a whole tracker.
IMPORTED, IMPORTED_STEP = "imported", "imported the wording of"
WORDING = ("title", "quote", "summary", "reading")
TEST_WORDING = ("label", "before")
NAMES = {"label": "Test", "before": "Result before the ask was made", "reading": "How we read it", "quote": "Words"}
MISSING = "nothing"
LONGEST_QUOTE = 160
# Fields that hold one of a few keys, such as "partly_met".
CODES = ("action", "before", "effect", "kind", "outcome", "publication", "result", "role", "status", "type")


def field_name(name: str) -> str:
    """Return "next step on" for "next_step_on", and "source" for "source_id"."""
    return name.removesuffix("_id").replace("_", " ")


def shown(value: object) -> str:
    """Return a value as a reader sees it in a sentence."""
    if value in (None, "", []):
        return MISSING
    if isinstance(value, list):
        return ", ".join(shown(part) for part in value)
    text = str(value)
    return f"“{text[:LONGEST_QUOTE]}…”" if len(text) > LONGEST_QUOTE else f"“{text}”"


def in_full(value: object, name: str = "") -> str:
    """Return the value of a field as people read it, nothing cut; empty for what is missing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            parts = ((field_name(key), in_full(part, key)) for key, part in value.items())
            return "; ".join(f"{words}: {part}" for words, part in parts if part)
        case list():
            between = " | " if any(isinstance(part, dict | list) for part in value) else ", "
            return between.join(in_full(part, name) for part in value)
        case str() if name.endswith("_on"):
            return PartialDate(value).in_words
        case str() if name.endswith("_at"):
            return f"{datetime.fromisoformat(value):%d %B %Y, %H:%M} UTC".lstrip("0")
        case str() if name in CODES:
            return value.replace("_", " ")
        case int() if name.endswith("_id"):
            return f"number {value}"
    return str(value)


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    OUT = "out"
    IN = "in"


class Piece(NamedTuple):
    """A piece of text and what became of it."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field with what was taken out of it and put into it."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        return NAMES.get(self.name) or field_name(self.name).capitalize()

    @property
    def before(self) -> str:
        """Return the text before."""
        return "".join(piece.text for piece in self.pieces if piece.mark is not Mark.IN)

    @property
    def after(self) -> str:
        """Return the text after."""
        return "".join(piece.text for piece in self.pieces if piece.mark is not Mark.OUT)


@dataclass(frozen=True)
class Happening:
    """What the history of wording needs of an entry of the event log about an ask or a test."""

    at: datetime
    action: str
    subject: str
    subject_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


@dataclass(frozen=True)
class Rewording:
    """A step in the wording of an ask that the public saw."""

    at: datetime
    what: str
    reason: str
    changes: tuple[FieldChange, ...]


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Return the differences between two texts, word by word."""
    old, new = WORD.findall(before), WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        pieces = [Piece(Mark.OUT, before), Piece(Mark.IN, after)]
    else:
        pieces = []
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
            out, put_in = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
            pieces += [Piece(Mark.SAME, out)] if out == put_in else [Piece(Mark.OUT, out), Piece(Mark.IN, put_in)]
    return tuple(piece for piece in pieces if piece.text)


def shortened(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces without the middle of what stayed the same."""
    return tuple(
        Piece(mark, f"{text[:NEAR]} … {text[-NEAR:]}" if mark is Mark.SAME and len(text) > 3 * NEAR else text)
        for mark, text in pieces
    )


def compare_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[FieldChange, ...]:
    """Return the differences of an edit, field by field; of a new record the fields that are not empty."""
    before, after = before or {}, after or {}
    names = sorted(name for name in before.keys() | after.keys() if not before or before.get(name) != after.get(name))
    changes = (
        FieldChange(name, compare(in_full(before.get(name), name), in_full(after.get(name), name))) for name in names
    )
    return tuple(change for change in changes if change.pieces)


@dataclass
class _Wording:
    """The wording of one ask while its log is read."""

    is_public: bool = False
    words: dict[str, Any] = field(default_factory=dict)
    tests: dict[int, dict[str, Any]] = field(default_factory=dict)

    def take(self, entry: Happening) -> list[Rewording]:
        """Return the public steps that an entry makes; of what is no step yet, take note."""
        if entry.action == IMPORTED_STEP:
            return [_imported(entry)]
        is_ask, publication = entry.subject == "ask", entry.after.get("publication")
        known = self.words if is_ask else self.tests.setdefault(entry.subject_id, {})
        known.update(entry.after)
        if entry.action == IMPORTED:  # how it came to be public is told by steps that were imported with it
            self.is_public |= is_ask and publication in {"published", "archived"}
            return []
        if self.is_public:
            return _reworded(entry) if is_ask or "is_archived" not in entry.after else [_moved(entry, known)]
        self.is_public = is_ask and publication == "published"
        if not self.is_public:
            return []
        tests = (_whole(test, ("label",)) for test in self.tests.values() if not test.get("is_archived"))
        return [Rewording(entry.at, "First published", entry.reason, sum(tests, _whole(self.words, WORDING)))]


def _moved(entry: Happening, test: Mapping[str, Any]) -> Rewording:
    """Return the step by which a test is taken out or brought back."""
    is_out = entry.after["is_archived"]
    label = Piece(Mark.OUT if is_out else Mark.IN, str(test.get("label", "")))
    what = "A test was taken out" if is_out else "A test was brought back"
    return Rewording(entry.at, what, entry.reason, (FieldChange("label", (label,)),))


def _reworded(entry: Happening) -> list[Rewording]:
    """Return the step by which an ask or a test got other words, if it did."""
    names, what = (WORDING, "The ask was reworded") if entry.subject == "ask" else (TEST_WORDING, "A test was reworded")
    if entry.subject != "ask" and entry.action == "created":
        what = "A test was added"
    changes = compare_fields(_only(entry.before, names), _only(entry.after, names))
    return [Rewording(entry.at, what, entry.reason, changes)] if changes else []


def _imported(entry: Happening) -> Rewording:
    """Return the step as it was taken elsewhere."""
    changes = tuple(FieldChange(name, compare(before, after)) for name, before, after in entry.after["texts"])
    at = datetime.fromisoformat(entry.after["changed_at"])
    return Rewording(at, entry.after["what"], entry.reason, changes)


def history_of(entries: Iterable[Happening]) -> tuple[Rewording, ...]:
    """Return the steps in the wording of one ask since it was first published, from its log and that of its tests."""
    wording = _Wording()
    return tuple(step for entry in entries for step in wording.take(entry))


def _only(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _whole(values: Mapping[str, Any], names: Iterable[str]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name, (Piece(Mark.SAME, str(values[name])),)) for name in names if values.get(name))
