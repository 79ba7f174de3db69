"""What a row says, held against what the tracker says."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tracker.exports.columns import Column, Page, cell
from tracker.exports.tables import TABLES
from tracker.imports.columns import EDITABLE, NAMES_SOURCE
from tracker.imports.current import Key, find_rows
from tracker.imports.lines import Line
from tracker.imports.values import typed
from tracker.imports.work import Values, Work, batches

STATUS_COLUMNS = ("status", "family", "superseded_by")


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
    if name == "sources":
        return "A source is edited in the staff area."
    if column.name.startswith("disputed"):
        return "What is disputed is entered on the ask's page in the staff area."
    if column.name.startswith(STATUS_COLUMNS):
        return "A status changes only by a row of updates, with its evidence."
    return "The tracker works this column out by itself."
