"""An empty workbook to fill in: a header for each table, and the values that some columns allow, offered as lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import IO, Any

from xlsxwriter.utility import xl_col_to_name

from tracker.exports.columns import Column, Type
from tracker.exports.tables import TABLES
from tracker.exports.workbook import LAST_ROW, add_sheet, open_workbook, put, tell
from tracker.rules.asks import AskKind
from tracker.rules.legislation import EXTENTS, KINDS, Effect
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind

LABELS = {
    tuple(key.value for key in keys): {key.value: key.label for key in keys}
    for keys in (AskKind, Status, UpdateKind, EvidenceType, Result, Effect)
}
Columns = Mapping[str, Sequence[Column]]


@dataclass(frozen=True)
class Choice:
    """A column that holds one of these values, with what each is called."""

    table: str
    column: str
    labels: Mapping[str, str]


def write(file: IO[bytes], columns: Columns) -> None:
    """Write a sheet for each table with these columns; what the values mean stands on the sheet "Values"."""
    choices = list(_choices(columns))
    with open_workbook(file) as book:
        for name, wanted in columns.items():
            names = [column.name for column in wanted]
            sheet = add_sheet(book, name, names)
            for place, choice in enumerate(choices):
                if choice.table == name and choice.column in names:
                    _offer(sheet, names.index(choice.column), place, len(choice.labels))
        _put_values(book, choices)
        tell(book, "About", _explained(columns))


def _choices(columns: Columns) -> Iterator[Choice]:
    for name, wanted in columns.items():
        for column in wanted:
            if column.choices in LABELS:
                yield Choice(name, column.name, LABELS[column.choices])
            elif (name, column.name) == ("legislation", "kind"):
                yield Choice(name, column.name, KINDS)


def _offer(sheet: Any, at: int, place: int, number: int) -> None:
    """Let a column be filled in from a list of the sheet "Values"."""
    letters = xl_col_to_name(2 * place, col_abs=True)
    source = f"=Values!{letters}$2:{letters}${number + 1}"
    sheet.data_validation(1, at, LAST_ROW - 1, at, {"validate": "list", "source": source})


def _put_values(book: Any, choices: Sequence[Choice]) -> None:
    """Two columns for each choice: the values, and what they are called. Then the extents, of which cells list some."""
    pairs = [(f"{choice.table}.{choice.column}", choice.labels) for choice in choices]
    header = [title for name, _ in pairs for title in (name, "means")]
    sheet = add_sheet(book, "Values", [*header, "links.extent"])
    lists = [part for _, labels in pairs for part in (list(labels), list(labels.values()))]
    for number, row in enumerate(zip_longest(*lists, EXTENTS, fillvalue=""), 1):
        put(sheet, number, row)


def _explained(columns: Columns) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = [
        ("Dates", "A day is 2018-03-19, a month 2018-03, a year 2018. All cells are text: leave them so."),
        ("Lists", "Separate several names by semicolons."),
        ("Sheets", "Leave out those that you do not need. Leave the names of sheets and columns as they are."),
    ]
    for name, wanted in columns.items():
        lines += [(), (name, f"Each row is {TABLES[name].row_is}.")]
        lines += [(column.name, column.meaning, _told(column)) for column in wanted]
    return lines


def _told(column: Column) -> str:
    if column.type is Type.CHOICE:
        return "One of the sheet Values."
    return "Never empty." if column.is_always else ""
