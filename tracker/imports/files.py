"""Files of whatever kind, told by their first bytes, as the rows of the tables that they hold.

Each row has its place, and its cells by the names of the columns.

A text file is UTF-8 or UTF-16. Any other encoding is refused, for nothing in a file tells Windows-1252 from
Windows-1250; taken for the wrong one, names would change.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from tracker.exports.columns import Table
from tracker.exports.csv import unguard
from tracker.exports.folder import WHOLE
from tracker.exports.tables import TABLES
from tracker.imports.plan import Mangled, Plan, Refused, Rows, TooMany
from tracker.rules.text import clean

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_ROOM = 1 << 30
CSV_NAME = re.compile(r"([a-z]+)(?:[ _.(-].*)?\.(?:csv|txt|tsv)", re.IGNORECASE)
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# The line by which spreadsheet programs note what separates the cells.
NOTED_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
HOW_TO_SAVE = "Save it as “CSV UTF-8” in the spreadsheet program, or take an .xlsx workbook instead."
LONGEST_CELL = 20_000
# A row whose key begins so is a note to whoever fills in the file: no key of a record does.
NOTE = "# "


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


Lines = Mapping[str, Sequence[Line]]


def read_files(files: Iterable[tuple[str, bytes]], plan: Plan, room: int = MOST_ROOM) -> Lines:
    """Return the rows of all files by table; the plan is told of each file and each row that cannot be read.

    A workbook may unpack to at most `room` bytes.
    """
    lines: dict[str, list[Line]] = {}
    with suppress(TooMany):
        for name, content in files:
            plan.files.append(name)
            try:
                for place, table, rows in _open(name, content, plan, room):
                    plan.files.append(place)
                    if table.name in lines:
                        raise Refused(f"A second file with {table.name}.", "Each table once.")
                    lines[table.name] = []  # taken, even if the file breaks off
                    lines[table.name] = lines_of(place, table, rows, plan)
            except Refused as error:
                plan.give_up(name, error.found, error.expected)
    return lines


def _open(name: str, content: bytes, plan: Plan, room: int) -> Iterator[tuple[str, Table, Rows]]:
    """Yield each table of a file with its place and its rows."""
    if not content:
        raise Refused("The file is empty.", "A header at least.")
    if content.startswith(OLD_OFFICE):
        raise Refused(
            "The file is an old Excel workbook (.xls), or one that is locked with a password.",
            "Save it as .xlsx without a password, or as “CSV UTF-8”.",
        )
    if content.startswith(ZIP):
        from tracker.imports.workbook import read_workbook  # its readers take their time, and most files are CSV

        yield from read_workbook(name, content, plan, room)
    else:
        yield name, _table_called(name), read_csv(content)


def _table_called(name: str) -> Table:
    """Return the table that a CSV file holds by its name, as "asks (2).csv", or "Our list - asks.csv" from Google."""
    found = [match[1].lower() for part in (name.rpartition(" - ")[2], name) if (match := CSV_NAME.fullmatch(part))]
    called = next(filter(WHOLE.__contains__, found), "")
    if called in TABLES:
        return TABLES[called]
    if called in WHOLE:
        raise Refused(f"{name} goes into an empty tracker only, with its folder.", "Leave it out.")
    names = ", ".join(f"{table}.csv" for table in TABLES)
    raise Refused(f"The file is called {name}.", f"Call it what it holds: {names}; or bring an .xlsx workbook.")


def read_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with its number, as a spreadsheet counts; raises Refused for what cannot be read."""
    text = _decoded(content)
    noted = NOTED_SEPARATOR.match(text)
    text = text[noted.end() :] if noted else text
    separator = noted[1] if noted else _separator(re.split(r"[\r\n]", text, maxsplit=1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            yield number, row
    except csv.Error as error:
        where = f"Row {number + 1} (line {reader.line_num}) cannot be read: {error}."
        raise Refused(where, "Look for a quotation mark that is not doubled, or that is never closed.") from None


def _separator(header: str) -> str:
    used = [separator for separator in SEPARATORS if separator in header]
    if len(used) > 1:
        names = " and ".join(SEPARATORS[separator] for separator in used)
        raise Refused(f"The first row holds {names}.", "It must hold the names of the columns, with one separator.")
    return used[0] if used else ","


def _decoded(content: bytes) -> str:
    """Return the text of a file; raises Refused, with the line, when it is in no encoding of ours."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused("The file is in UTF-32.", HOW_TO_SAVE)
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_utf16 and b"\0" in content[:2]:
        raise Refused("The file looks like UTF-16 without the mark that says so.", HOW_TO_SAVE)
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if is_utf16:
            raise Refused("The file is not valid UTF-16.", HOW_TO_SAVE) from None
        line, wrong = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start : error.start + 1]
        meant = wrong.decode("cp1252", "replace")
        found = f"Line {line} holds the byte {wrong.hex().upper()}, which is not UTF-8 (“{meant}” in Windows-1252)."
        raise Refused(found, HOW_TO_SAVE) from None


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
        if not "".join(row).strip():
            continue
        # Spreadsheet programs leave out empty cells at the end of a row, or write more of them than the header has.
        if "".join(row[len(header) :]).strip():
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
    whole = [column.name for column in WHOLE[table.name].columns]
    for name in header:
        if name not in known:
            near = get_close_matches(name.casefold(), whole, n=1)
            expected = f"Perhaps {near[0]} is meant." if near else "A column that the tracker exports; or leave it out."
            if {*near} - {*known}:
                expected = f"Leave it out: {near[0]} goes into an empty tracker only, with its folder."
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
