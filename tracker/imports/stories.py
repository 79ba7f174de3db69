"""Rows of updates, evidence and results: new entries are posted, and history stays as it is."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from tracker.imports.compare import missing
from tracker.imports.lines import Line
from tracker.imports.records import NotEdited, find_ask, find_asks
from tracker.imports.take import take
from tracker.imports.work import STEP, Values, Work, waits
from tracker.models import Ask, SuccessTest, Update
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.text import is_slug
from tracker.rules.updates import EvidenceDraft, Result, UpdateDraft
from tracker.services import approval, drafts, updates

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

    @property
    def key(self) -> tuple[str, str]:
        """The short name of its ask, and its own key."""
        return _key_of(self.line)


class Stories:
    """Gathers the new entries from three tables, then posts them in the order of the file."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}

    def take(self, work: Work, lines: Lines) -> None:
        for kind in (_Updates, _Evidence, _Results):
            take(work, kind(self), lines(kind.name))
        for step in self._steps(work):
            _post(work, step)

    def entry_of(self, work: Work, name: str, line: Line, values: Values) -> Entry | None:
        """The new entry that a row of evidence or results belongs to; None where either is faulty."""
        key = _key_of(line)
        entry = self.entries.get(key)
        if entry is None and ("updates", *key) not in work.failed:
            known = key in _find_keys(work, [line])
            expected = HISTORY if known else "The key of an entry that updates.csv adds."
            work.refuse(line, "update_key", expected)
        if entry and missing(work, name, line, values):
            entry.is_faulty = True
            return None
        return entry

    def _steps(self, work: Work) -> Iterator[list[Entry]]:
        """The entries in steps, in their order; one that names another, or waits for somebody, makes its own step."""
        step: list[Entry] = []
        for entry in self.entries.values():
            is_alone = bool(entry.values.get("corrects")) or waits(work, entry.values)
            if step and (is_alone or len(step) == STEP):
                yield step
                step = []
            step.append(entry)
            if is_alone:
                yield step
                step = []
        if step:
            yield step


class _History(NotEdited):
    """Rows that are known already may not differ. Entries are posted when all their parts are read."""

    def __init__(self, stories: Stories) -> None:
        self.stories = stories

    def edited(self, work: Work, line: Line, record: None, values: Values) -> None:
        for column in values:
            work.refuse(line, column, HISTORY)


class _Updates(_History):
    name = "updates"

    def new(self, work: Work, line: Line, values: Values) -> Entry:
        ask_id, key = find_ask(work, line), line.cells["update_key"]
        entry = Entry(line, values)
        self.stories.entries[entry.key] = entry
        if not is_slug(key):
            work.refuse(line, "update_key", "A key of its own in small letters, digits and hyphens: the date will do.")
            entry.is_faulty = True
        else:
            entry.is_faulty = missing(work, self.name, line, values) or ask_id is None
        return entry


class _Evidence(_History):
    name = "evidence"

    def new(self, work: Work, line: Line, values: Values) -> Entry | None:
        if entry := self.stories.entry_of(work, self.name, line, values):
            if line.cells["position"] != str(len(entry.evidence) + 1):
                work.refuse(line, "position", f"{len(entry.evidence) + 1}, its place among the evidence of the entry.")
            entry.evidence.append((line, EvidenceDraft(**values)))
        return entry


class _Results(_History):
    name = "results"

    def new(self, work: Work, line: Line, values: Values) -> Entry | None:
        if entry := self.stories.entry_of(work, self.name, line, values):
            entry.results.append((line, values["result"]))
        return entry


def _post(work: Work, step: Sequence[Entry]) -> None:
    """Publish entries by the rules; send those for approval that somebody else must publish."""
    taken = _find_keys(work, [entry.line for entry in step])
    for entry in step:
        if entry.key in taken:
            work.refuse(entry.line, "update_key", "Another key: a draft has this one. Look at it in the staff area.")
            entry.is_faulty = True
    good = [entry for entry in step if not entry.is_faulty]
    found = find_asks(work, {work.find_id(Ask, entry.key[0]) or 0 for entry in good})
    asks = {ask.slug: ask for ask in found.values()}
    tests = _find_tests(work, found)
    new = []
    for entry in good:
        draft = _draft(work, asks[entry.key[0]], tests, entry)
        if draft and waits(work, entry.values):
            _submit(work, asks[entry.key[0]], draft, entry)
        elif draft:
            new.append((entry, (asks[entry.key[0]], draft, entry.key[1])))
    for place, problems in updates.post_many(work.change, [draft for _, draft in new]).refused.items():
        _refuse(work, new[place][0], problems)


def _submit(work: Work, ask: Ask, draft: UpdateDraft, entry: Entry) -> None:
    try:
        approval.submit(work.change, ask, drafts.save(work.change, ask, draft, entry.key[1]))
        work.drafted.add(ask.slug)
    except RuleBroken as broken:
        _refuse(work, entry, broken.problems)


def _draft(work: Work, ask: Ask, tests: Mapping[tuple[int, str], int], entry: Entry) -> UpdateDraft | None:
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
        test_id = tests.get((ask.id, line.cells["test_key"]))
        if test_id is None:
            work.refuse(line, "test_key", "The key of a test of the ask.")
        else:
            results.append((test_id, result))
    if len(work.plan.faults) > known:
        return None
    return UpdateDraft(**values, results=tuple(results), evidence=tuple(evidence for _, evidence in entry.evidence))


def _refuse(work: Work, entry: Entry, problems: Iterable[Problem]) -> None:
    """Put what the rules say of a piece of evidence beside that piece, all else beside the entry."""
    for problem in problems:
        part, _, rest = (problem.field or "").partition("-")
        number, _, column = rest.partition("-")
        if part == "evidence" and number.isdigit() and int(number) < len(entry.evidence):
            work.refuse(entry.evidence[int(number)][0], column, problem.message)
        else:
            work.refuse_all(entry.line, [problem])


def _key_of(line: Line) -> tuple[str, str]:
    """Which entry a row of any of the three tables is about."""
    return line.cells["ask_slug"], line.cells["update_key"]


def _find_tests(work: Work, ask_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """The ids of the tests of asks, by ask and key."""
    tests = sa.select(SuccessTest.ask_id, SuccessTest.key, SuccessTest.id).where(SuccessTest.ask_id.in_(ask_ids))
    return {(ask_id, key): number for ask_id, key, number in work.change.session.execute(tests)}


def _find_keys(work: Work, lines: Iterable[Line]) -> set[tuple[str, str]]:
    """Those of the entries named by rows that the asks have, published or not."""
    named = set(map(_key_of, lines))
    of_asks = sa.select(Ask.slug, Update.key).join(Update.ask).where(Ask.slug.in_({slug for slug, _ in named}))
    return named & set(map(tuple, work.change.session.execute(of_asks)))
