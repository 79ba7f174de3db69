"""Files of whatever kind, told by their first bytes, as the tables that they hold."""

from collections.abc import Iterable
from typing import IO

from tracker.imports.delimited import open_delimited
from tracker.imports.encodings import Refused
from tracker.imports.lines import Sheet, table_called
from tracker.imports.plan import Plan

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
File = tuple[str, IO[bytes]]


def find_sheets(files: Iterable[File], plan: Plan) -> list[Sheet]:
    """The tables of all files; the plan is told of each file that cannot be read."""
    sheets: list[Sheet] = []
    for name, file in files:
        try:
            for sheet in _open(name, file):
                if sheet.table in [other.table for other in sheets]:
                    raise Refused(f"A second file with {sheet.table.name}.", "Each table once.")
                sheets.append(sheet)
        except Refused as error:
            plan.fault(name, 0, "", error.found, error.expected)
    return sheets


def _open(name: str, file: IO[bytes]) -> list[Sheet]:
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
        raise Refused("The file is a workbook.", "Save each sheet as “CSV UTF-8”.")
    table, csv = table_called(name), open_delimited(file)
    return [Sheet(name, table, csv.rows, csv.encoding.lines + 1)]
