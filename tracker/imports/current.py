"""What the tracker says about the rows of a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.exports.columns import cell
from tracker.exports.tables import TABLES
from tracker.imports.lines import Line
from tracker.models import Ask, Legislation, Source, Update
from tracker.queries.public import tables
from tracker.rules.asks import Publication

Key = tuple[str, ...]
Condition = sa.ColumnElement[bool]
EVERY = tuple(Publication)


def find_rows(session: Session, name: str, lines: Sequence[Line]) -> dict[Key, Any]:
    """The rows of the table `name` that have the keys of these lines, drafts of records included, by key."""
    table = TABLES[name]
    statement = STATEMENTS[name]().where(*_conditions(name, lines))
    keys = [column.read for part in table.key for column in table.columns if column.name == part]
    session.flush()
    rows = session.connection().execute(statement)  # past the models, which would take as long again
    return {tuple([cell(read(row), "") for read in keys]): row for row in rows}


def text_of(name: str, header: Iterable[str], site_url: str) -> Callable[[Any], list[str]]:
    """Answers what the tracker says in these columns of a row: most rows of a long file say the same."""
    readers = [column.read for title in header for column in TABLES[name].columns if column.name == title]
    return lambda row: [value if type(value := read(row)) is str else cell(value, site_url) for read in readers]


def _conditions(name: str, lines: Sequence[Line]) -> list[Condition]:
    def named(column: str) -> list[str]:
        return sorted({line.cells[column] for line in lines})

    if name == "legislation":
        return [Legislation.key.in_(named("law_key"))]
    if name == "sources":
        return [Source.key.in_(named("source_key"))]
    conditions: list[Condition] = [Ask.slug.in_(named("ask_slug"))]
    if "update_key" in TABLES[name].key:
        conditions.append(Update.key.in_(named("update_key")))
    return conditions


STATEMENTS: Mapping[str, Callable[[], tables.Statement]] = {
    "asks": lambda: tables.asks(EVERY),
    "updates": lambda: tables.updates(of_asks=EVERY),
    "evidence": lambda: tables.evidence(of_asks=EVERY),
    "tests": lambda: tables.success_tests(EVERY),
    "results": lambda: tables.results(of_asks=EVERY),
    "legislation": lambda: tables.legislation(EVERY),
    "links": lambda: tables.links(EVERY, EVERY, EVERY),
    "replies": lambda: tables.replies(of_asks=EVERY),
    "sources": lambda: tables.sources(EVERY),
}
