"""What all tables have in common: each row is held against what the tracker says, and what differs is brought in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from tracker.exports.columns import Column, Page, cell
from tracker.exports.tables import TABLES
from tracker.imports.columns import EDITABLE, NAMES_SOURCE
from tracker.imports.current import Key, find_rows, text_of
from tracker.imports.lines import Line
from tracker.imports.plan import Plan
from tracker.imports.values import typed
from tracker.models import Ask, Legislation
from tracker.rules.errors import Problem, RuleBroken
from tracker.services.change import Change

STEP = 500
WAITS = "sent to somebody else for approval"
# What the rules call a field, where its column is called something else.
COLUMN_OF = {
    "slug": "ask_slug",
    "becomes_id": "becomes",
    "corrects_id": "corrects",
    "superseded_by_id": "superseded_by",
    "source_id": "source_title",
    "change_reason": "",
    "reason_for_log": "",
}
STATUS_COLUMNS = ("status", "family", "superseded_by")
Values = dict[str, Any]
T = TypeVar("T")


@dataclass
class Work:
    """An import under way.

    `doubtful` are cells that the tracker works out by itself and that differ now, but perhaps not at the end; `drafted`
    the asks of which entries wait for somebody else; `failed` the new rows that are faulty, with their table: rows
    that hang on one of these are not faulty for that.
    """

    change: Change
    plan: Plan
    site_url: str
    reason: str = ""
    doubtful: list[tuple[str, Line, tuple[str, ...]]] = field(default_factory=list)
    drafted: set[str] = field(default_factory=set)
    failed: set[tuple[str, ...]] = field(default_factory=set)
    ids: dict[tuple[type, str], int | None] = field(default_factory=dict)

    def learn_ids(self, name: str, lines: Sequence[Line]) -> None:
        """Look up at once the asks and laws that these rows of a table name."""
        for model, column, title, own_table in (
            (Ask, Ask.slug, "ask_slug", "asks"),
            (Legislation, Legislation.key, "law_key", "legislation"),
        ):
            if title in TABLES[name].key and name != own_table:
                keys = {line.cells[title] for line in lines}
                found = self.change.session.execute(sa.select(column, model.id).where(column.in_(keys)))
                self.ids |= {(model, key): number for key, number in found}

    def find_id(self, model: type[Ask] | type[Legislation], key: str) -> int | None:
        """The id of an ask by its slug, or of a law by its key."""
        if self.ids.get((model, key)) is None:
            column = Ask.slug if model is Ask else Legislation.key
            self.ids[model, key] = self.change.session.scalar(sa.select(model.id).where(column == key))
        return self.ids[model, key]

    def refuse(self, line: Line, column: str, expected: str) -> None:
        """Say that a cell is wrong."""
        self.plan.fault(line.file, line.number, column, line.cells.get(column, ""), expected)

    def refuse_all(self, line: Line, problems: Iterable[Problem], own_key: str = "") -> None:
        """Say what the rules refuse, each in its column."""
        for problem in problems:
            name = problem.field or ""
            self.refuse(line, own_key if name == "key" else COLUMN_OF.get(name, name), problem.message)


class Subject(Protocol):
    """How the rows of a table come in. `values` holds what differs, by column."""

    name: str

    def add(self, work: Work, line: Line, values: Values) -> None:
        """A row that the tracker does not know."""

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        """A row that differs; answer whether anything changed."""

    def finish_step(self, work: Work) -> None:
        """These rows were given; what is new can be entered at once."""


def take(work: Work, subject: Subject, lines: Iterable[Line]) -> None:
    """Bring in all rows of a table."""
    for batch in batches(lines):
        rows = find_rows(work.change.session, subject.name, batch)
        work.learn_ids(subject.name, batch)
        says = text_of(subject.name, tuple(batch[0].cells), work.site_url)
        for line in batch:
            row = rows.get(line.key)
            if row is not None and says(row) == list(line.cells.values()):
                work.plan.leave(subject.name)
            else:
                _take(work, subject, line, row)
        subject.finish_step(work)


def enter(
    work: Work, name: str, new: list[tuple[Line, T]], create: Callable[[Sequence[T]], Mapping[int, list[Problem]]]
) -> None:
    """Enter new rows together: one by one they take ten times as long. `create` answers what is refused, by place."""
    refused = create([draft for _, draft in new]) if new else {}
    for place, problems in refused.items():
        line = new[place][0]
        work.refuse_all(line, problems, own_key=TABLES[name].key[-1])
        work.failed.add((name, *line.key))
    new.clear()


def batches(lines: Iterable[Line]) -> Iterator[Sequence[Line]]:
    """The lines, some hundreds at a time."""
    iterator = iter(lines)
    while batch := list(islice(iterator, STEP)):
        yield batch


def _take(work: Work, subject: Subject, line: Line, row: Any) -> None:
    name, known = subject.name, len(work.plan.faults)
    values, differences = compare(work, name, line, row)
    label = " ".join(line.key).strip()
    try:
        if len(work.plan.faults) > known:
            if row is None:
                missing(work, name, line, line.cells | {"before": "unknown"})
        elif row is None:
            subject.add(work, line, values)
            if len(work.plan.faults) == known:
                note = WAITS if waits(work, values) else ""
                work.plan.add(name, label, differences, note)
        elif differences and subject.edit(work, line, row, values):
            work.plan.change(name, label, differences)
        else:
            work.plan.leave(name)
    except RuleBroken as broken:
        work.refuse_all(line, broken.problems, own_key=TABLES[name].key[-1])
    if row is None and len(work.plan.faults) > known:
        work.failed.add((name, *line.key))


def waits(work: Work, values: Values) -> bool:
    """Whether somebody else must approve a new entry with these values."""
    return work.change.four_eyes and bool(values.get("status"))


def compare(work: Work, name: str, line: Line, row: Any) -> tuple[Values, list[tuple[str, str, str]]]:
    """What a row says that the tracker does not: values by column, and column, before and after in words."""
    values: Values = {}
    differences: list[tuple[str, str, str]] = []
    doubtful = []
    columns = columns_of(name)
    for title, found in line.cells.items():
        column = columns.get(title)
        if column is None:
            continue
        said = "" if row is None else cell(column.read(row), work.site_url)
        if found == said:
            continue
        if column.name not in EDITABLE[name]:
            if found.strip() and not (row is None and column.name in NAMES_SOURCE):
                doubtful.append(column.name)
            continue
        try:
            value = typed(column, found)
        except ValueError as error:
            work.refuse(line, column.name, str(error))
            continue
        text = value if type(value) is str else cell(value, work.site_url)
        if row is not None and column.is_always and not text:
            work.refuse(line, column.name, f"{column.meaning.removesuffix(' (key)')}; it is never empty.")
        elif text != said:
            values[column.name] = value
            differences.append((column.name, said, text))
    if doubtful:
        work.doubtful.append((name, line, tuple(doubtful)))
    return values, differences


def missing(work: Work, name: str, line: Line, values: Mapping[str, object]) -> bool:
    """Refuse a new row without what it must have; answer whether something is missing."""
    empty = [column for column in needed(name) if not values.get(column.name)]
    for column in empty:
        choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
        work.refuse(line, column.name, f"{column.meaning.removesuffix(' (key)')}; a new row needs it.{choices}")
    return bool(empty)


@cache
def columns_of(name: str) -> dict[str, Column]:
    """The columns of a table outside its key, by name."""
    return {column.name: column for column in TABLES[name].columns if column.name not in TABLES[name].key}


@cache
def needed(name: str) -> list[Column]:
    """The columns that a new row must fill in."""
    return [column for column in TABLES[name].columns if column.is_always and column.name in EDITABLE[name]]


def check_doubtful(work: Work) -> None:
    """Hold what the tracker works out by itself against what it says now that everything is in."""
    for name in EDITABLE:
        of_table = [(line, columns) for table, line, columns in work.doubtful if table == name]
        rows: dict[Key, Any] = {}
        for batch in batches(line for line, _ in of_table):
            rows |= find_rows(work.change.session, name, batch)
        for line, columns in of_table:
            row = rows.get(line.key)
            if row is not None and line.cells.get("ask_slug") not in work.drafted:
                _check_doubtful(work, name, line, row, [columns_of(name)[column] for column in columns])


def _check_doubtful(work: Work, name: str, line: Line, row: Any, columns: Sequence[Column]) -> None:
    for column in columns:
        value, found = column.read(row), line.cells[column.name].strip()
        said = cell(value, work.site_url)
        is_same = found.endswith(value.path) if isinstance(value, Page) else found == said
        if not is_same:
            work.refuse(
                line, column.name, f"{f'“{said}”' if said else 'Nothing'}, or leave it empty. {_why(name, column)}"
            )


def _why(name: str, column: Column) -> str:
    if name == "replies":
        return "A reply is changed on the ask's page in the staff area."
    if column.name.startswith("disputed"):
        return "What is disputed is entered on the ask's page in the staff area."
    if column.name.startswith(STATUS_COLUMNS):
        return "A status changes only by a row of updates, with its evidence."
    return "The tracker works this column out by itself."
