"""Rows of an .xlsx workbook. Text is taken as it is; numbers, days and formulas that stand for text are refused."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from tracker.exports.tables import TABLES
from tracker.imports.encodings import Refused
from tracker.imports.lines import Mangled, Sheet
from tracker.imports.packed import DAMAGED, open_packed
from tracker.imports.parts import Sheet as Facts
from tracker.imports.parts import scan
from tracker.imports.plan import Plan

NOT_TABLES = frozenset({"About", "Values"})
MOST_COLUMNS = 200
LARGEST_AREA = 12_000_000
# Up to here spreadsheet programs show a whole number with all its digits.
EXACT = 10**11
AS_TEXT = "Make the cell text (not a number, not a date) and type it again."


def open_workbook(name: str, file: IO[bytes], plan: Plan, room: int) -> list[Sheet]:
    """The tables of a workbook; raises Refused. Formulas and joined cells are told to the plan."""
    facts = scan(open_packed(file, room))
    unknown = [title for title in facts if title not in TABLES and title not in NOT_TABLES]
    for title in unknown:
        plan.fault(name, 0, "", f"a sheet called “{title}”", f"Sheets called {', '.join(TABLES)}; or delete it.")
    found = [table for table in TABLES if table in facts]
    if not found and not unknown:
        raise Refused("The workbook has no sheet with a table.", f"Sheets called {', '.join(TABLES)}.")
    return [
        Sheet(f"{name}, sheet {title}", TABLES[title], partial(_rows, file, title), facts[title].rows)
        for title in found
        if _is_fit(f"{name}, sheet {title}", facts[title], plan)
    ]


def _is_fit(place: str, facts: Facts, plan: Plan) -> bool:
    known = len(plan.faults)
    if facts.columns > MOST_COLUMNS or facts.columns * facts.rows > LARGEST_AREA:
        reach = f"cells as far as row {facts.rows}, the {facts.columns}th of the columns"
        plan.fault(place, 0, "", reach, "Nothing beyond the table. Delete the rows and columns that look empty.")
    if facts.is_merged:
        plan.fault(place, 0, "", "joined (merged) cells", "Each cell for itself.")
    for row, letters in facts.formulas:
        plan.fault(place, row, letters, "a formula", f"The text itself: formulas are not run here. {AS_TEXT}")
    return len(plan.faults) == known


def _rows(file: IO[bytes], title: str) -> Iterator[tuple[int, Sequence[str]]]:
    header, *rows = _read(file, title) or [[]]
    width = max((at for at, cell in enumerate(header, 1) if cell != ""), default=0)
    for number, row in enumerate([header, *rows], 1):
        filled = max((at for at, cell in enumerate(row, 1) if cell != ""), default=0)
        yield number, [_text(cell) for cell in row[: max(width, filled)]] if filled else []


def _read(file: IO[bytes], title: str) -> list[list[Any]]:
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            return book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError):
        raise DAMAGED from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader fell over the file; its type has no public name
            raise DAMAGED from None
        raise


def _text(cell: object) -> str:
    """A cell as text, or as what a spreadsheet program made of the text."""
    match cell:
        case str():
            return cell
        case bool():
            return Mangled(str(cell).upper(), f"A text; this is a logical value. {AS_TEXT}")
        case int() | float() if abs(cell) < EXACT and cell == int(cell):
            return str(int(cell))
        case datetime() | date() | time() | timedelta():
            return Mangled(str(cell), f"A date as text, such as 2018-03-19; a spreadsheet made this of it. {AS_TEXT}")
    return Mangled(str(cell), f"A text; a spreadsheet made a number of it. {AS_TEXT}")
