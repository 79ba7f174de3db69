"""The tables as one workbook for spreadsheet programs (.xlsx): a sheet for each, and one that says what they are.

Every cell is text and is shown as text, so that no program makes a day of "2018-03" or runs what begins with "=".
The apostrophe that guards a cell of a CSV file stands here too: the two hold the same, also when one is saved as the
other.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import IO, TYPE_CHECKING, Any

from tracker.exports.columns import Column, Origin, Type, cell
from tracker.exports.csv import guard
from tracker.exports.tables import TABLES
from tracker.rules.legislation import EXTENTS, KINDS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_ROW = 1_048_576
LONGEST_CELL = 32_767
WIDTH, NARROW, HEADER_HEIGHT = 22, 14, 18
# xlsxwriter takes such a text for markup of its own and writes it as it is.
LIKE_MARKUP = re.compile(r"<r>.*</r>", re.DOTALL)
RowsOf = Callable[[str], Iterable[object]]
Columns = Mapping[str, Sequence[Column]]


class TooLarge(Exception):
    """There is more than fits into a workbook, or than was asked for."""


def write_workbook(file: IO[bytes], edition: Origin, rows_of: RowsOf, most: int | None = None) -> None:
    """Write all tables; raises TooLarge when the rows are more than `most`, or than a sheet holds."""
    number = 0
    with new_workbook(file) as book:
        if edition.published_at:  # else the same data would be another file each time
            book.set_properties({"created": edition.published_at})
        for table in TABLES.values():
            sheet = add_sheet(book, table.name, [column.name for column in table.columns])
            for line, row in enumerate(rows_of(table.name), 1):
                if number == most or line == LAST_ROW:
                    raise TooLarge
                number += 1
                put(sheet, line, [cell(column.read(row), edition.site_url) for column in table.columns])
        tell(book, _about(edition))


@contextmanager
def new_workbook(file: IO[bytes]) -> Iterator[Any]:
    """A workbook that keeps one row in memory, so that its sheets are written one after the other.

    Raises OSError when the disk is full.
    """
    from xlsxwriter import Workbook  # a hundredth of a second, and few ask for one
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(file, {"constant_memory": True}) as book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from None


def add_sheet(book: Any, name: str, header: Sequence[str]) -> "Worksheet":
    """A sheet whose columns show text as it is, under a header that stays in sight."""
    sheet: Worksheet = book.add_worksheet(name)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    sheet.set_column(0, max(len(header) - 1, 0), WIDTH, text)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, HEADER_HEIGHT, bold)
    put(sheet, 0, header)
    return sheet


def put(sheet: "Worksheet", line: int, cells: Iterable[str]) -> None:
    """Write a row of texts."""
    for at, text in enumerate(cells):
        if len(text) >= LONGEST_CELL:
            raise TooLarge
        if LIKE_MARKUP.fullmatch(text):
            sheet.write_rich_string(line, at, "<", "r", text[2:])
        elif text:
            sheet.write_string(line, at, guard(text))


def tell(book: Any, lines: Iterable[Sequence[str]]) -> None:
    """A sheet of plain words."""
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 2, 3 * WIDTH, book.add_format({"num_format": "@"}))
    sheet.set_column(0, 0, WIDTH)
    for number, line in enumerate(lines):
        put(sheet, number, line)


def _about(edition: Origin) -> list[Sequence[str]]:
    return [
        ("From", edition.site_url),
        ("Revision", str(edition.revision)),
        ("Latest entry", cell(edition.published_at, "") or "none yet"),
        ("Licence", edition.face.licence, edition.face.licence_url),
        ("Source", f"{edition.face.name}, {edition.site_url}", "Name it so, with the date and the revision."),
        (),
        *((table.name, f"Each row is {table.row_is}.") for table in TABLES.values()),
        (),
        ("Dates", "A day is 2018-03-19, a month 2018-03, a year 2018. All cells are text: leave them so."),
        ("Apostrophes", "One stands in front of a text that a spreadsheet would run. It is no part of the text."),
    ]


def write_template(file: IO[bytes], columns: Columns) -> None:
    """Write a workbook to fill in: a sheet for each table with these columns, and what its values mean.

    Some columns offer their values as lists, from the sheet "Values".
    """
    from xlsxwriter.utility import xl_col_to_name

    offered = {
        f"{name}.{column.name}": labels
        for name, wanted in columns.items()
        for column in wanted
        if (labels := _labels(name, column))
    }
    places = {title: xl_col_to_name(2 * place, col_abs=True) for place, title in enumerate(offered)}
    with new_workbook(file) as book:
        for name, wanted in columns.items():
            sheet: Any = add_sheet(book, name, [column.name for column in wanted])
            for at, column in enumerate(wanted):
                if letters := places.get(title := f"{name}.{column.name}"):
                    source = f"=Values!{letters}$2:{letters}${len(offered[title]) + 1}"
                    sheet.data_validation(1, at, LAST_ROW - 1, at, {"validate": "list", "source": source})
        # Two columns for each: the values, and what they are called. Then the extents, of which cells list some.
        sheet = add_sheet(book, "Values", [*(part for title in offered for part in (title, "means")), "links.extent"])
        lists = [part for labels in offered.values() for part in (list(labels), list(labels.values()))]
        for number, row in enumerate(zip_longest(*lists, EXTENTS, fillvalue=""), 1):
            put(sheet, number, row)
        tell(book, _explained(columns))


def _labels(table: str, column: Column) -> Mapping[str, str]:
    """Return the values of which a column holds one, with what each is called; nothing where it may hold others."""
    if (table, column.name) == ("legislation", "kind"):
        return KINDS
    return {key: getattr(value, "label", key) for key, value in column.choices.items()}


def _explained(columns: Columns) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = [
        ("Dates", "A day is 2018-03-19, a month 2018-03, a year 2018. All cells are text: leave them so."),
        ("Lists", "Separate several names by semicolons."),
        ("Sheets", "Leave out those that you do not need. Leave the names of sheets and columns as they are."),
    ]
    for name, wanted in columns.items():
        lines += [(), (name, f"Each row is {TABLES[name].row_is}.")]
        for column in wanted:
            is_needed = "Never empty." if column.is_always else ""
            told = "One of the sheet Values." if column.type is Type.CHOICE else is_needed
            lines.append((column.name, column.meaning, told))
    return lines
