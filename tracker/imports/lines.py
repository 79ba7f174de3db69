"""The rows of one table, out of whatever file: each with its place, its cells by the names of the columns."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from tracker.db.progress import Progress
from tracker.exports.columns import Table
from tracker.exports.csv import unguard
from tracker.exports.tables import TABLES
from tracker.imports.encodings import Refused
from tracker.imports.plan import Plan
from tracker.rules.text import clean

LONGEST_CELL = 20_000
PROGRESS_ROWS = 100
CSV_NAME = re.compile(r"([a-z]+)(?:[ _.(-].*)?\.(?:csv|txt|tsv)", re.IGNORECASE)
Rows = Iterable[tuple[int, Sequence[str]]]


class Mangled(str):
    """A cell that is no text any more, in the words of the program that changed it; `expected` says what to do."""

    expected: str

    def __new__(cls, shown: str, expected: str) -> "Mangled":
        cell = super().__new__(cls, shown)
        cell.expected = expected
        return cell


class Line(NamedTuple):
    """One row of a file: its cells by column, and those that are the key of its table."""

    file: str
    number: int
    cells: dict[str, str]
    key: tuple[str, ...]

    @property
    def label(self) -> str:
        """The key, for people."""
        return " ".join(self.key).strip()


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `rows` reads it from its start, the header first; `size` is at least their number."""

    file: str
    table: Table
    rows: Callable[[], Rows]
    size: int


def table_called(name: str) -> Table:
    """The table that a CSV file holds, told by its name, such as "asks.csv" or "asks (2).csv"; raises Refused."""
    found = CSV_NAME.fullmatch(name)
    if found and found[1].lower() in TABLES:
        return TABLES[found[1].lower()]
    names = ", ".join(f"{table}.csv" for table in TABLES)
    raise Refused(f"The file is called {name}.", f"Call it what it holds: {names}; or bring an .xlsx workbook.")


def read(sheet: Sheet, plan: Plan, progress: Progress = lambda number: None) -> Iterator[Line]:
    """The rows that have the width of the header and a key that no other has; the plan is told of all others."""
    try:
        yield from _lines(sheet, plan, progress)
    except Refused as error:
        plan.give_up(sheet.file, error.found, error.expected)


def count_rows(sheets: Iterable[Sheet]) -> int:
    """How many rows the sheets hold, without headers and empty rows; a sheet that cannot be read counts for none."""
    number = 0
    for sheet in sheets:
        with suppress(Refused):
            number += sum(1 for at, row in sheet.rows() if at > 1 and any(row))
    return number


def _lines(sheet: Sheet, plan: Plan, progress: Progress) -> Iterator[Line]:
    rows = iter(sheet.rows())
    header = [name.strip() for name in next(rows, (1, ()))[1]]
    if not _can_be_read(header, sheet, plan):
        plan.is_cut_off = True
        return
    strange = set(header).difference(column.name for column in sheet.table.columns)
    seen: dict[tuple[str, ...], int] = {}
    places = [header.index(name) for name in sheet.table.key]
    for number, row in rows:
        if number % PROGRESS_ROWS == 0:
            progress(PROGRESS_ROWS)
        if not any(row):
            continue
        if len(row) != len(header):
            plan.fault(sheet.file, number, "", _counted(len(row)), f"As many cells as the header has: {len(header)}.")
            continue
        bare = [unguard(cell) if cell[:1] == "'" else cell for cell in row]
        key = tuple([bare[place] for place in places])
        cells = dict(zip(header, bare, strict=True))
        for name in strange:
            del cells[name]
        line = Line(sheet.file, number, cells, key)
        if key in seen:
            names = ", ".join(sheet.table.key)
            expected = f"No two rows with the same {names}; row {seen[key]} has it too."
            plan.fault(sheet.file, number, sheet.table.key[-1], " ".join(key), expected)
        elif _fits(line, plan):
            yield line
        seen.setdefault(key, number)


def _can_be_read(header: Sequence[str], sheet: Sheet, plan: Plan) -> bool:
    """Whether each column stands there once, and the key is whole; a column that is not known is only a fault."""
    known = [column.name for column in sheet.table.columns]
    expected = f"Columns of the table {sheet.table.name}: {', '.join(known)}."
    strange = [(name, "a column that is not known") for name in header if name not in known]
    faults = [(name, "a column that stands there twice") for name in known if header.count(name) > 1]
    faults += [(name, "no such column") for name in sheet.table.key if name not in header]
    for name, found in strange + faults:
        plan.fault(sheet.file, 1, name, found, expected)
    return not faults


def _fits(line: Line, plan: Plan) -> bool:
    if max(map(len, line.cells.values())) <= LONGEST_CELL and Mangled not in set(map(type, line.cells.values())):
        return _is_clean(line, plan)
    for name, cell in line.cells.items():
        if isinstance(cell, Mangled):
            plan.fault(line.file, line.number, name, cell, cell.expected)
        elif len(cell) > LONGEST_CELL:
            expected = f"At most {LONGEST_CELL} characters; this has {len(cell)}."
            plan.fault(line.file, line.number, name, cell, expected)
    return False


def _is_clean(line: Line, plan: Plan) -> bool:
    """Whether the key can be looked for; other cells are read where they differ."""
    try:
        for cell in line.key:
            clean(cell)
    except ValueError as error:
        name = next(name for name, value in line.cells.items() if value == cell)
        plan.fault(line.file, line.number, name, cell, str(error))
        return False
    return True


def _counted(number: int) -> str:
    return f"{number} cell" if number == 1 else f"{number} cells"
