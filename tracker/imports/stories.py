"""Rows of updates, evidence and results: new entries are posted, and history stays as it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tracker.imports.lines import Line
from tracker.imports.records import find_ask
from tracker.imports.work import Subject, Values, Work, missing, take
from tracker.models import Ask, SuccessTest, Update
from tracker.rules.errors import RuleBroken
from tracker.rules.text import is_slug
from tracker.rules.updates import EvidenceDraft, Result, UpdateDraft
from tracker.services import approval, updates

HISTORY = "Nothing else than before: history is not edited. Post a correction: a new row with kind “correction”."
Lines = Callable[[str], Iterable[Line]]


@dataclass
class Entry:
    """A new entry with its evidence and results, as they are read."""

    line: Line
    values: Values
    evidence: list[tuple[Line, EvidenceDraft]] = field(default_factory=list)
    results: list[tuple[Line, Result]] = field(default_factory=list)
    is_faulty: bool = False


class Stories:
    """Gathers the new entries from three tables, then posts them in the order of the file."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}

    def take(self, work: Work, lines: Lines) -> None:
        for kind in (_Updates, _Evidence, _Results):
            take(work, kind(self), lines(kind.name))
        for entry in self.entries.values():
            if not entry.is_faulty:
                _post(work, entry)

    def of(self, work: Work, line: Line) -> Entry | None:
        """The new entry that a row of evidence or results belongs to."""
        key = (line.cells["ask_slug"], line.cells["update_key"])
        entry = self.entries.get(key)
        if entry is None and ("updates", *key) not in work.failed:
            known = _find_entry(work, line)
            expected = HISTORY if known else "The key of an entry that updates.csv adds."
            work.refuse(line, "update_key", expected)
        return entry


class _History(Subject):
    """Rows that are known already may not differ."""

    def __init__(self, stories: Stories) -> None:
        self.stories = stories

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        for column in values:
            work.refuse(line, column, HISTORY)
        return False


class _Updates(_History):
    name = "updates"

    def add(self, work: Work, line: Line, values: Values) -> None:
        ask_id, key = find_ask(work, line), line.cells["update_key"]
        entry = Entry(line, values)
        self.stories.entries[line.cells["ask_slug"], key] = entry
        if not is_slug(key):
            work.refuse(line, "update_key", "A key of its own in small letters, digits and hyphens: the date will do.")
        elif ask_id is not None and _find_entry(work, line):
            work.refuse(line, "update_key", "Another key: a draft has this one. Look at it in the staff area.")
        elif not missing(work, self.name, line, values) and ask_id is not None:
            return
        entry.is_faulty = True


class _Evidence(_History):
    name = "evidence"

    def add(self, work: Work, line: Line, values: Values) -> None:
        entry = self.stories.of(work, line)
        if entry is None:
            return
        if missing(work, self.name, line, values):
            entry.is_faulty = True
            return
        if line.cells["position"] != str(len(entry.evidence) + 1):
            work.refuse(line, "position", f"{len(entry.evidence) + 1}, its place among the evidence of the entry.")
        entry.evidence.append((line, EvidenceDraft(**values)))


class _Results(_History):
    name = "results"

    def add(self, work: Work, line: Line, values: Values) -> None:
        entry = self.stories.of(work, line)
        if entry is None:
            return
        if missing(work, self.name, line, values):
            entry.is_faulty = True
            return
        entry.results.append((line, values["result"]))


def _post(work: Work, entry: Entry) -> None:
    """Publish an entry by the rules; send it for approval where somebody else must publish it."""
    line = entry.line
    ask_id = work.find_id(Ask, line.cells["ask_slug"])
    if ask_id is None:
        return
    ask = work.change.session.get_one(Ask, ask_id)
    draft = _draft(work, ask, entry)
    if draft is None:
        return
    try:
        if work.change.four_eyes and draft.status:
            approval.submit(work.change, ask, updates.save_draft(work.change, ask, draft, line.cells["update_key"]))
            work.drafted.add(ask.slug)
        else:
            updates.post(work.change, ask, draft, key=line.cells["update_key"])
    except RuleBroken as broken:
        _refuse(work, entry, broken)


def _draft(work: Work, ask: Ask, entry: Entry) -> UpdateDraft | None:
    """The entry as typed; None when it names what does not exist."""
    values, known = dict(entry.values), len(work.plan.faults)
    corrects, superseded_by = values.pop("corrects", ""), values.pop("superseded_by", "")
    results = []
    if corrects:
        of_ask = sa.select(Update.id).where(Update.ask_id == ask.id, Update.key == corrects)
        values["corrects_id"] = work.change.session.scalar(of_ask)
        if values["corrects_id"] is None:
            work.refuse(entry.line, "corrects", "The key of an entry of the same ask.")
    if superseded_by:
        values["superseded_by_id"] = work.find_id(Ask, superseded_by)
        if values["superseded_by_id"] is None:
            work.refuse(entry.line, "superseded_by", "The short name of another ask.")
    for line, result in entry.results:
        of_key = sa.select(SuccessTest.id).where(SuccessTest.key == line.cells["test_key"])
        test_id = work.change.session.scalar(of_key.where(SuccessTest.ask_id == ask.id))
        if test_id is None:
            work.refuse(line, "test_key", "The key of a test of the ask.")
        else:
            results.append((test_id, result))
    if len(work.plan.faults) > known:
        return None
    return UpdateDraft(**values, results=tuple(results), evidence=tuple(evidence for _, evidence in entry.evidence))


def _refuse(work: Work, entry: Entry, broken: RuleBroken) -> None:
    """Put what the rules say of a piece of evidence beside that piece, all else beside the entry."""
    for problem in broken.problems:
        part, _, rest = (problem.field or "").partition("-")
        number, _, column = rest.partition("-")
        if part == "evidence" and number.isdigit() and int(number) < len(entry.evidence):
            work.refuse(entry.evidence[int(number)][0], column, problem.message)
        else:
            work.refuse_all(entry.line, RuleBroken([problem]))


def _find_entry(work: Work, line: Line) -> bool:
    """Whether the ask has an entry with this key, published or not."""
    ask_id = work.find_id(Ask, line.cells["ask_slug"])
    of_ask = sa.select(Update.id).where(Update.ask_id == ask_id, Update.key == line.cells["update_key"])
    return work.change.session.scalar(of_ask) is not None
