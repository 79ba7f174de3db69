"""Files of whatever kind, told by their first bytes, as the tables that they hold."""

from collections.abc import Iterable
from typing import IO

from tracker.imports.delimited import open_delimited
from tracker.imports.encodings import Refused
from tracker.imports.lines import Sheet, table_called
from tracker.imports.plan import Plan
from tracker.imports.workbook import open_workbook

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_ROOM = 1 << 30
File = tuple[str, IO[bytes]]


def find_sheets(files: Iterable[File], plan: Plan, room: int = MOST_ROOM) -> list[Sheet]:
    """The tables of all files; the plan is told of each file that cannot be read.

    A workbook may unpack to at most `room` bytes.
    """
    sheets: list[Sheet] = []
    for name, file in files:
        plan.files.append(name)
        try:
            for sheet in _open(name, file, plan, room):
                if sheet.table in [other.table for other in sheets]:
                    raise Refused(f"A second file with {sheet.table.name}.", "Each table once.")
                plan.files.append(sheet.file)
                sheets.append(sheet)
        except Refused as error:
            plan.give_up(name, error.found, error.expected)
    return sheets


def _open(name: str, file: IO[bytes], plan: Plan, room: int) -> list[Sheet]:
    start = file.read(len(ZIP))
    file.seek(0)
    if not start:
        raise Refused("The file is empty.", "A header at least.")
    if start == OLD_OFFICE:
        raise Refused(
            "The file is an old Excel workbook (.xls), or one that is locked with a password.",
            "Save it as .xlsx without a password, or as “CSV UTF-8”.",
        )
    if start == ZIP:
        return open_workbook(name, file, plan, room)
    table, csv = table_called(name), open_delimited(file)
    return [Sheet(name, table, csv.rows, csv.encoding.lines + 1)]
