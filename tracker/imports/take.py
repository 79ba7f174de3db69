"""What all tables have in common: each row is held against what the tracker says, and what differs is brought in."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from tracker.exports.tables import TABLES
from tracker.imports.compare import compare, missing
from tracker.imports.current import find_rows, text_of
from tracker.imports.lines import Line
from tracker.imports.plan import Differences
from tracker.imports.work import Values, Work, batches, waits
from tracker.rules.errors import RuleBroken
from tracker.services.outcome import Outcome

WAITS = "sent to somebody else for approval"
Options = tuple[ExecutableOption, ...]
R = TypeVar("R")
D = TypeVar("D")


class Subject(Protocol):
    """How the rows of a table come in. `values` holds what differs, by column; there is no draft of what is faulty.

    `model` are the records that can be edited, None where none can; `options` say what an edit needs loaded.
    """

    name: str
    model: Any
    options: Options

    def new(self, work: Work, line: Line, values: Values) -> Any:
        """The draft of a row that the tracker does not know."""

    def edited(self, work: Work, line: Line, record: Any, values: Values) -> Any:
        """The draft of a record from which its row differs."""

    def create(self, work: Work, drafts: Sequence[Any]) -> Outcome[Any]:
        """Enter what is new."""

    def edit(self, work: Work, edits: Sequence[tuple[Any, Any]]) -> Outcome[bool]:
        """Bring records to their drafts; whether anything changed is what comes of it."""


class Wanted(NamedTuple):
    """A row that is new or differs, with what it is to become."""

    line: Line
    draft: Any
    differences: Differences
    note: str = ""
    record: Any = None

    @property
    def label(self) -> str:
        return " ".join(self.line.key).strip()


def take(work: Work, subject: Subject, lines: Iterable[Line]) -> None:
    """Bring in all rows of a table, some hundreds together: one by one they take ten times as long."""
    for batch in batches(lines):
        rows = find_rows(work.change.session, subject.name, batch)
        says = text_of(subject.name, tuple(batch[0].cells), work.site_url)
        other = [line for line in batch if line.key not in rows or says(rows[line.key]) != list(line.cells.values())]
        work.plan.leave(subject.name, len(batch) - len(other))
        work.learn_ids(subject.name, other)
        _create(work, subject, [line for line in other if line.key not in rows])
        _edit(work, subject, [(line, rows[line.key]) for line in other if line.key in rows])


def _create(work: Work, subject: Subject, lines: Iterable[Line]) -> None:
    wanted = []
    for line in lines:
        known = len(work.plan.faults)
        values, differences = compare(work, subject.name, line, None)
        if len(work.plan.faults) > known:
            missing(work, subject.name, line, line.cells | {"before": "unknown"})
        elif (draft := subject.new(work, line, values)) is not None:
            wanted.append(Wanted(line, draft, differences, WAITS if waits(work, values) else ""))
        if len(work.plan.faults) > known:
            work.failed.add((subject.name, *line.key))
    outcome = subject.create(work, [row.draft for row in wanted]) if wanted else Outcome()
    for place, row in enumerate(wanted):
        if problems := outcome.refused.get(place):
            work.refuse_all(row.line, problems, own_key=TABLES[subject.name].key[-1])
            work.failed.add((subject.name, *row.line.key))
        else:
            work.plan.add(subject.name, row.label, row.differences, row.note)


def _edit(work: Work, subject: Subject, told: Sequence[tuple[Line, Any]]) -> None:
    wanted, records = [], _find_records(work.change.session, subject, [row for _, row in told])
    for line, row in told:
        known = len(work.plan.faults)
        values, differences = compare(work, subject.name, line, row)
        record = records[row.id] if records else None
        draft = subject.edited(work, line, record, values) if differences else None
        if draft is not None and len(work.plan.faults) == known:
            wanted.append(Wanted(line, draft, differences, record=record))
        elif len(work.plan.faults) == known:
            work.plan.leave(subject.name)
    outcome = subject.edit(work, [(row.record, row.draft) for row in wanted]) if wanted else Outcome()
    for place, row in enumerate(wanted):
        if problems := outcome.refused.get(place):
            work.refuse_all(row.line, problems, own_key=TABLES[subject.name].key[-1])
        elif outcome.done[place]:
            work.plan.change(subject.name, row.label, row.differences)
        else:
            work.plan.leave(subject.name)


def _find_records(session: Session, subject: Subject, rows: Sequence[Any]) -> dict[int, Any]:
    """The records behind rows, by their ids."""
    if subject.model is None or not rows:
        return {}
    found = sa.select(subject.model).where(subject.model.id.in_([row.id for row in rows]))
    return {record.id: record for record in session.scalars(found.options(*subject.options))}


def one_by_one(edits: Iterable[tuple[R, D]], edit: Callable[[R, D], bool]) -> Outcome[bool]:
    """Bring each record to its draft for itself."""
    outcome: Outcome[bool] = Outcome()
    for place, (record, draft) in enumerate(edits):
        try:
            outcome.done[place] = edit(record, draft)
        except RuleBroken as broken:
            outcome.refused[place] = list(broken.problems)
    return outcome
