"""What an import would do, or did: rows added, changed and left, each change, and everything that is wrong."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tracker.exports import csv
from tracker.imports.cells import EDITABLE
from tracker.rules.errors import Problem

if TYPE_CHECKING:
    from tracker.imports.files import Line

MOST_CHANGES = 1000
MOST_FAULTS = 10_000
SHOWN_LENGTH = 200
FAULT_COLUMNS = ("file", "row", "column", "found", "expected")
# What the rules call a field, where its column is called something else.
COLUMN_OF = {
    "slug": "ask_slug",
    "becomes_id": "becomes",
    "corrects_id": "corrects",
    "superseded_by_id": "superseded_by",
    "same_as_id": "same_as",
    "source_id": "source_title",
    "change_reason": "",
}
Differences = Sequence[tuple[str, str, str]]
Rows = Iterable[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file: where, what was found, and what was expected. Row 0 is the whole file."""

    file: str
    row: int
    column: str
    found: str
    expected: str

    @property
    def place(self) -> str:
        """For people: "asks.csv, row 3, column title"."""
        parts = [self.file, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        return ", ".join(filter(None, parts))


class Step(NamedTuple):
    """What happens to one row; `differences` holds column, before and after."""

    table: str
    name: str
    what: str
    differences: Differences
    note: str = ""


@dataclass
class Plan:
    """Steps and faults as they are found; the first ones are kept, all are counted.

    The fingerprint of two plans is the same only when they do the same to the same. `is_cut_off` says that there
    may be more faults than were found. `notes` say what is ignored; `files` are all files in their order. `unread` are
    the cells, by file, row and column, that could not be read, and are not held against the rules as well.
    """

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    garbled: set[str] = field(default_factory=set)
    unread: set[tuple[str, int, str]] = field(default_factory=set)
    is_cut_off: bool = False
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def has_changes(self) -> bool:
        return bool(self.added or self.changed)

    @property
    def fingerprint(self) -> str:
        return self.digest.hexdigest()

    @property
    def number_of_steps(self) -> int:
        return self.added.total() + self.changed.total()

    @property
    def tables(self) -> list[str]:
        """The tables of which there are rows."""
        return [name for name in EDITABLE if self.added[name] or self.changed[name] or self.left[name]]

    def add(self, table: str, name: str, differences: Differences, note: str = "") -> None:
        """A new row with these cells."""
        self.added[table] += 1
        self._keep(Step(table, name, "added", tuple(differences), note))

    def change(self, table: str, name: str, differences: Differences) -> None:
        """A row of which some cells differ from what the tracker says."""
        self.changed[table] += 1
        self._keep(Step(table, name, "changed", tuple(differences)))

    def leave(self, table: str) -> None:
        """A row that says what the tracker says."""
        self.left[table] += 1

    def fault(self, file: str, row: int, column: str, found: str, expected: str) -> None:
        """Something is wrong; TooMany when so much is that nobody would read on."""
        shown = found if len(found) <= SHOWN_LENGTH else f"{found[:SHOWN_LENGTH]}…"
        self.faults.append(Fault(file, row, column, shown, expected))
        if len(self.faults) >= MOST_FAULTS:
            self.is_cut_off = True
            raise TooMany

    def refuse(self, line: "Line", column: str, expected: str) -> None:
        """A cell is wrong."""
        if (line.file, line.number, column) not in self.unread:
            self.fault(line.file, line.number, column, line.cells.get(column, ""), expected)

    def refuse_unread(self, line: "Line", column: str, expected: str) -> None:
        """A cell cannot be read, or is empty where it must not be; that is all that is said of it."""
        self.refuse(line, column, expected)
        self.unread.add((line.file, line.number, column))

    def refuse_all(self, line: "Line", problems: Iterable[Problem]) -> None:
        """The rules refuse a row: each sentence in its column. "key" is the last column of its key."""
        for problem in problems:
            field = (problem.field or "").removeprefix("-")
            self.refuse(line, line.table.key[-1] if field == "key" else COLUMN_OF.get(field, field), problem.message)

    def refuse_garbled(self, line: "Line", column: str) -> None:
        """A text went through a wrong encoding; so did all others of the file, and one sentence is enough."""
        if line.file not in self.garbled:
            self.garbled.add(line.file)
            self.refuse(line, column, "A text that was read in the right encoding. Export it once more as “CSV UTF-8”.")
        self.unread.add((line.file, line.number, column))

    def note(self, file: str, column: str, why: str) -> None:
        """Cells of a column differ, and are ignored; said once a column."""
        self.notes.setdefault((file, column), f"{file}, column {column}: what differs here is ignored. {why}")

    def begun(self) -> "Plan":
        """Return the plan of an import that was checked: with its notes, and the rows that are left as they are."""
        return Plan(left=Counter(self.left), notes=dict(self.notes), files=self.files)

    def sort(self) -> None:
        """Bring the faults into the order of the files and their rows."""
        places = {file: place for place, file in enumerate(self.files)}
        self.faults.sort(key=lambda fault: (places.get(fault.file, -1), fault.row))

    def give_up(self, file: str, found: str, expected: str) -> None:
        """A file cannot be read, or not to its end."""
        self.is_cut_off = True
        self.fault(file, 0, "", found, expected)

    def _keep(self, step: Step) -> None:
        self.digest.update(repr(tuple(step)).encode("utf-8", "surrogatepass"))
        if len(self.steps) < MOST_CHANGES:
            self.steps.append(step)


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


class TooMany(Exception):
    """There are too many faults to go on."""


def write_faults(faults: Iterable[Fault]) -> Iterator[str]:
    """The faults as a CSV file."""
    rows = ([fault.file, str(fault.row or ""), fault.column, fault.found, fault.expected] for fault in faults)
    return csv.write(FAULT_COLUMNS, rows)
