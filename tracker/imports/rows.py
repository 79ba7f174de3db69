"""The rows of one table, out of whatever file: each with its place, its cells by the names of the columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from tracker.exports.columns import Table
from tracker.exports.csv import unguard
from tracker.imports.plan import Plan
from tracker.rules.text import clean

LONGEST_CELL = 20_000
# A row whose key begins so is a note to whoever fills in the file: no key of a record does.
NOTE = "# "
Rows = Iterable[tuple[int, Sequence[str]]]


class Refused(Exception):
    """A file cannot be read at all, or not to its end; `found` and `expected` say why."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"{found} {expected}")
        self.found, self.expected = found, expected


class Mangled(str):
    """A cell that is no text any more, in the words of the program that changed it; `expected` says what to do."""

    expected: str

    def __new__(cls, shown: str, expected: str) -> "Mangled":
        cell = super().__new__(cls, shown)
        cell.expected = expected
        return cell


@dataclass(frozen=True)
class Line:
    """One row of a file: its cells by column, and those that are the key of its table."""

    file: str
    number: int
    table: Table
    cells: Mapping[str, str]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The cells by which no two rows of the table are the same."""
        return tuple(self.cells[name] for name in self.table.key)

    @property
    def label(self) -> str:
        """The key, for people."""
        return " ".join(self.key).strip()


def lines_of(file: str, table: Table, rows: Rows, plan: Plan) -> list[Line]:
    """Return the rows that fit the header and have a key of their own; the plan is told of all others but notes."""
    numbered = iter(rows)
    header = [name.strip() for name in next(numbered, (1, ()))[1]]
    while header and not header[-1]:
        header.pop()
    if not _can_be_read(file, header, table, plan):
        plan.is_cut_off = True
        return []
    known = {column.name for column in table.columns}
    lines: dict[tuple[str, ...], Line] = {}
    for number, row in numbered:
        if not any(row):
            continue
        # Spreadsheet programs leave out empty cells at the end of a row, or write more of them than the header has.
        if any(row[len(header) :]):
            plan.fault(file, number, "", f"{len(row)} cells", f"As many cells as the header has: {len(header)}.")
            continue
        padded = [*row, *[""] * (len(header) - len(row))]
        named = {name: unguard(cell) for name, cell in zip(header, padded, strict=False) if name in known}
        line = Line(file, number, table, named)
        if line.key[0].startswith(NOTE):
            continue
        if same := lines.get(line.key):
            expected = f"No two rows with the same {', '.join(table.key)}; row {same.number} has it too."
            plan.fault(file, number, table.key[-1], " ".join(line.key), expected)
        elif _can_be_compared(line, plan):
            lines[line.key] = line
    return list(lines.values())


def _can_be_read(file: str, header: Sequence[str], table: Table, plan: Plan) -> bool:
    """Return True if each column is there once and the key is whole; an unknown column is a fault but no hindrance."""
    known = [column.name for column in table.columns]
    for name in header:
        if name not in known:
            near = get_close_matches(name.casefold(), known, n=1)
            expected = f"Perhaps {near[0]} is meant." if near else "A column that the tracker exports; or leave it out."
            plan.fault(file, 1, name, "a column that is not known", expected)
    twice = [name for name in known if header.count(name) > 1]
    for name in twice:
        plan.fault(file, 1, name, "a column that stands there twice", "Each column once.")
    missing = [name for name in table.key if name not in header]
    for name in missing:
        plan.fault(file, 1, name, "no such column", f"The columns that say which row is meant: {', '.join(table.key)}.")
    return not twice and not missing


def _can_be_compared(line: Line, plan: Plan) -> bool:
    """Return True if every cell is a text of usual length, and the key has no forbidden characters."""
    known = len(plan.faults)
    for name, cell in line.cells.items():
        if isinstance(cell, Mangled):
            plan.refuse(line, name, cell.expected)
        elif len(cell) > LONGEST_CELL:
            plan.refuse(line, name, f"At most {LONGEST_CELL} characters; this has {len(cell)}.")
        elif name in line.table.key:
            try:
                clean(cell)
            except ValueError as error:
                plan.refuse(line, name, str(error))
    return len(plan.faults) == known
