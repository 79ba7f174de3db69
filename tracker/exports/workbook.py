"""The tables as one workbook for spreadsheet programs (.xlsx): a sheet for each, and one that says what they are.

Every cell is text and is shown as text, so that no program makes a day of "2018-03" or runs what begins with "=".
The apostrophe that guards a cell of a CSV file stands here too: the two hold the same, also when one is saved as the
other.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from tracker.exports import licence
from tracker.exports.columns import cell
from tracker.exports.csv import guard
from tracker.exports.tables import TABLES

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_ROW = 1_048_576
LONGEST_CELL = 32_767
WIDTH, NARROW, HEADER_HEIGHT = 22, 14, 18
# xlsxwriter takes such a text for markup of its own and writes it as it is.
LIKE_MARKUP = re.compile(r"<r>.*</r>", re.DOTALL)
RowsOf = Callable[[str], Iterable[object]]


class TooLarge(Exception):
    """There is more than fits into a workbook, or than was asked for."""


@dataclass(frozen=True)
class Edition:
    """Which state of the data a workbook holds, and where it is from."""

    site_url: str
    revision: int
    published_at: datetime | None


def write(file: IO[bytes], edition: Edition, rows_of: RowsOf, most: int | None = None) -> int:
    """Write all tables; answer how many rows. TooLarge when they are more than `most`, or than a sheet holds."""
    number = 0
    with open_workbook(file) as book:
        for table in TABLES.values():
            sheet = add_sheet(book, table.name, [column.name for column in table.columns])
            for line, row in enumerate(rows_of(table.name), 1):
                if number == most or line == LAST_ROW:
                    raise TooLarge
                number += 1
                put(sheet, line, [cell(column.read(row), edition.site_url) for column in table.columns])
        tell(book, "About", _about(edition))
    return number


@contextmanager
def open_workbook(file: IO[bytes]) -> Iterator[Any]:
    """A workbook that keeps one row in memory, so that its sheets are written one after the other.

    Raises OSError when the disk is full.
    """
    try:
        with Workbook(file, {"constant_memory": True}) as book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from None


def add_sheet(book: Any, name: str, header: Sequence[str]) -> Worksheet:
    """A sheet whose columns show text as it is, under a header that stays in sight."""
    sheet: Worksheet = book.add_worksheet(name)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    sheet.set_column(0, max(len(header) - 1, 0), WIDTH, text)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, HEADER_HEIGHT, bold)
    put(sheet, 0, header)
    return sheet


def put(sheet: Worksheet, line: int, cells: Iterable[str]) -> None:
    """Write a row of texts."""
    for at, text in enumerate(cells):
        if len(text) >= LONGEST_CELL:
            raise TooLarge
        if LIKE_MARKUP.fullmatch(text):
            sheet.write_rich_string(line, at, "<", "r", text[2:])
        elif text:
            sheet.write_string(line, at, guard(text))


def tell(book: Any, name: str, lines: Iterable[Sequence[str]]) -> None:
    """A sheet of plain words."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 2, 3 * WIDTH, book.add_format({"num_format": "@"}))
    sheet.set_column(0, 0, WIDTH)
    for number, line in enumerate(lines):
        put(sheet, number, line)


def _about(edition: Edition) -> list[Sequence[str]]:
    published_at = edition.published_at.isoformat(timespec="seconds") if edition.published_at else "none yet"
    return [
        ("From", edition.site_url),
        ("Revision", str(edition.revision)),
        ("Latest entry", published_at),
        ("Licence", f"{licence.TITLE} ({licence.NAME})", licence.ADDRESS),
        ("Source", f"{licence.PUBLISHER}, {edition.site_url}", "Name it so, with the date and the revision."),
        (),
        *((table.name, f"Each row is {table.row_is}.") for table in TABLES.values()),
        (),
        ("Dates", "A day is 2018-03-19, a month 2018-03, a year 2018. All cells are text: leave them so."),
        ("Apostrophes", "One stands in front of a text that a spreadsheet would run. It is no part of the text."),
    ]
