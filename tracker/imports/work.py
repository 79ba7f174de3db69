"""An import under way, and what all tables need of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tracker.exports.tables import TABLES
from tracker.imports.lines import Line
from tracker.imports.plan import Plan
from tracker.models import Ask, Legislation
from tracker.rules.errors import Problem
from tracker.services.change import Change

STEP = 500
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
Values = dict[str, Any]


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


def batches(lines: Iterable[Line]) -> Iterator[Sequence[Line]]:
    """The lines, some hundreds at a time."""
    iterator = iter(lines)
    while batch := list(islice(iterator, STEP)):
        yield batch


def waits(work: Work, values: Values) -> bool:
    """Whether somebody else must approve a new entry with these values."""
    return work.change.four_eyes and bool(values.get("status"))
