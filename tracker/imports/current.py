"""What the tracker says about the rows of a file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.exports.columns import cell
from tracker.exports.tables import TABLES
from tracker.imports.lines import Line
from tracker.models import Ask, Legislation, Update
from tracker.queries.public import tables
from tracker.rules.asks import Publication

Key = tuple[str, ...]
Condition = sa.ColumnElement[bool]
EVERY = tuple(Publication)


def find_rows(session: Session, name: str, lines: Sequence[Line]) -> dict[Key, Any]:
    """The rows of the table `name` that have the keys of these lines, drafts of records included, by key."""
    table = TABLES[name]
    statement = STATEMENTS[name]().where(*_conditions(name, lines))
    keys = [column for column in table.columns if column.name in table.key]
    in_order = sorted(keys, key=lambda column: table.key.index(column.name))
    return {tuple(cell(column.read(row), "") for column in in_order): row for row in session.execute(statement)}


def _conditions(name: str, lines: Sequence[Line]) -> list[Condition]:
    def named(column: str) -> list[str]:
        return sorted({line.cells[column] for line in lines})

    if name == "legislation":
        return [Legislation.key.in_(named("law_key"))]
    conditions: list[Condition] = [Ask.slug.in_(named("ask_slug"))]
    if "update_key" in TABLES[name].key:
        conditions.append(Update.key.in_(named("update_key")))
    return conditions


STATEMENTS: Mapping[str, Callable[[], tables.Statement]] = {
    "asks": tables.asks,
    "updates": tables.updates,
    "evidence": tables.evidence,
    "tests": tables.tests,
    "results": tables.results,
    "legislation": lambda: tables.legislation(EVERY),
    "links": lambda: tables.links(EVERY, EVERY),
    "replies": tables.replies,
}
