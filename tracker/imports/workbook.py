"""Rows of an .xlsx workbook. Text is taken as it is; numbers, days and formulas that stand for text are refused.

A workbook is a zip file. What its directory says of the sizes is checked before anything is unpacked; then only the
parts that we need are unpacked, up to the size stated, and the reader of cells gets nothing but these.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from tracker.exports.columns import Table
from tracker.exports.tables import TABLES
from tracker.imports.plan import Mangled, Plan, Refused, Rows

BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
NEEDED = re.compile(r"xl/(workbook|styles|sharedStrings|worksheets/[\w.-]+)\.xml|xl/_rels/workbook\.xml\.rels", re.I)
# The reader finds the workbook by this; what a file says here itself is not asked.
ROOT = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    b"</Relationships>"
)
MOST_PARTS = 200
LARGEST_RATIO, SMALL_PART = 200, 1 << 20
NOT_TABLES = frozenset({"About", "Values"})
# The reader makes room for every cell between the first and the last, so few cells may not lie far apart.
MOST_COLUMNS, SMALL_AREA, LARGEST_SPREAD = 200, 1 << 20, 20
MOST_NAMED = 1000
REFERENCE = re.compile(r"[A-Z]{1,3}[0-9]{1,7}", re.IGNORECASE | re.ASCII)
# Up to here spreadsheet programs show a whole number with all its digits.
EXACT = 10**11
AS_TEXT = "Make the cell text (not a number, not a date) and type it again."
DAMAGED = ("The file is damaged, or is no workbook.", "Save it again as .xlsx in the spreadsheet program.")
BOMB = "The file unpacks to far more than its size allows."


@dataclass
class Extent:
    """To which row and column the cells of a sheet reach, how many there are, and what of it cannot be read."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    formulas: list[tuple[int, str]] = field(default_factory=list)
    is_merged: bool = False


def read_workbook(name: str, content: bytes, plan: Plan, room: int) -> Iterator[tuple[str, Table, Rows]]:
    """Yield each table with its place and its rows; raises Refused. The plan is told of sheets that do not fit."""
    parts = _unpack(content, room)
    sheets = _sheets(parts)
    unknown = [title for title in sheets if title not in TABLES and title not in NOT_TABLES]
    for title in unknown:
        plan.fault(name, 0, "", f"a sheet called “{title}”", f"Sheets called {', '.join(TABLES)}; or delete it.")
    found = [table for table in TABLES.values() if table.name in sheets]
    if not found and not unknown:
        raise Refused("The workbook has no sheet with a table.", f"Sheets called {', '.join(TABLES)}.")
    fit = [table for table in found if _is_fit(f"{name}, sheet {table.name}", _extent(parts, sheets[table.name]), plan)]
    packed = _packed(parts)
    for table in fit:
        yield f"{name}, sheet {table.name}", table, _rows(packed, table.name)


def _unpack(content: bytes, room: int) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_directory(packed.infolist(), len(content), room)
            parts = {
                part.filename: _read_part(packed, part) for part in packed.infolist() if NEEDED.fullmatch(part.filename)
            }
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError):
        raise Refused(*DAMAGED) from None
    if any(b"<!DOCTYPE" in part for part in parts.values()):
        raise Refused("The workbook declares a document type.", "A workbook as spreadsheet programs write it.")
    return parts


def _read_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return a part, of which no more is unpacked than the directory states; BadZipFile when there is more."""
    with packed.open(part) as opened:
        return opened.read(part.file_size + 1)


def _check_directory(parts: Sequence[zipfile.ZipInfo], size: int, room: int) -> None:
    """Refuse what is no plain workbook, by what the file says of its parts."""
    names = [part.filename for part in parts]
    if len(names) > MOST_PARTS:
        raise Refused(f"The file has {len(names)} parts.", f"A workbook with at most {MOST_PARTS} parts.")
    if any("vbaproject" in name.lower() or "macro" in name.lower() for name in names):
        raise Refused("The workbook has macros.", "Save it as .xlsx, which has none.")
    if "xl/workbook.bin" in names:
        raise Refused("The file is a binary workbook (.xlsb).", "Save it as .xlsx, or as “CSV UTF-8”.")
    if not {BOOK, LINKS} <= set(names):
        raise Refused("The file is packed, but is no .xlsx workbook.", "Save it as .xlsx, or as “CSV UTF-8”.")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("The workbook is locked with a password.", "Save it without one.")
    if sum(part.compress_size for part in parts) > size or sum(part.file_size for part in parts) > room:
        raise Refused(BOMB, f"At most {room >> 20} MB in all.")
    if any(part.file_size > max(SMALL_PART, LARGEST_RATIO * part.compress_size) for part in parts):
        raise Refused(BOMB, f"No part that grows more than {LARGEST_RATIO} times.")
    if len({name.casefold() for name in names}) < len(names):
        raise Refused(*DAMAGED)
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise Refused(*DAMAGED)


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the name of the part of each sheet, by the title of the sheet."""
    try:
        # No entity grows here: a document type was refused.
        links = {link.get("Id"): link.get("Target", "") for link in ElementTree.fromstring(parts[LINKS])}  # noqa: S314
        sheets = ElementTree.fromstring(parts[BOOK]).findall(".//{*}sheet")  # noqa: S314
        ids = {sheet.get("name", ""): next(v for k, v in sheet.items() if k.endswith("}id")) for sheet in sheets}
        targets = {title: links[identity] for title, identity in ids.items()}
    except (ElementTree.ParseError, KeyError, StopIteration):
        raise Refused(*DAMAGED) from None
    if len(sheets) > len(targets):
        raise Refused(*DAMAGED)
    return {title: f"xl/{target.removeprefix('/xl/')}" for title, target in targets.items()}


def _extent(parts: Mapping[str, bytes], part: str) -> Extent:
    """Return how far the cells of a sheet reach; what it says itself of that may be missing or wrong."""
    extent, row, column = Extent(), 0, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        match tag.rpartition(":")[2]:
            case "row":
                row, column = int(attributes.get("r", row + 1)), 0
            case "c":
                column += 1
                if reference := attributes.get("r"):
                    row, column = _place(reference)
                extent.cells += 1
                extent.rows, extent.columns = max(extent.rows, row), max(extent.columns, column)
            case "f" if len(extent.formulas) < MOST_NAMED:
                extent.formulas.append((row, _letters(column)))
            case "mergeCell":
                extent.is_merged = True

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(parts[part], True)
    except (expat.ExpatError, KeyError, ValueError):
        raise Refused(*DAMAGED) from None
    return extent


def _place(reference: str) -> tuple[int, int]:
    if not REFERENCE.fullmatch(reference):
        raise ValueError(reference)
    row, column = xl_cell_to_rowcol(reference.upper())
    return row + 1, column + 1


def _letters(column: int) -> str:
    letters: str = xl_col_to_name(max(column - 1, 0))
    return letters


def _is_fit(place: str, extent: Extent, plan: Plan) -> bool:
    """Tell the plan what of a sheet cannot be read; return True if all can."""
    known, area = len(plan.faults), extent.rows * extent.columns
    if extent.columns > MOST_COLUMNS or area > max(SMALL_AREA, LARGEST_SPREAD * extent.cells):
        reach = f"cells as far as row {extent.rows}, column {_letters(extent.columns)}"
        plan.fault(place, 0, "", reach, "Nothing beyond the table. Delete the rows and columns that look empty.")
    if extent.is_merged:
        plan.fault(place, 0, "", "joined (merged) cells", "Each cell for itself.")
    for row, letters in extent.formulas:
        plan.fault(place, row, letters, "a formula", f"The text itself: formulas are not run here. {AS_TEXT}")
    return len(plan.faults) == known


def _packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    """Return a workbook of these parts and nothing else."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in {"_rels/.rels": ROOT, **parts}.items():
            packed.writestr(name, part)
    return file


def _rows(packed: io.BytesIO, title: str) -> Iterator[tuple[int, Sequence[str]]]:
    packed.seek(0)
    try:
        with CalamineWorkbook.from_filelike(packed) as book:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError):
        raise Refused(*DAMAGED) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader fell over the file; its type has no public name
            raise Refused(*DAMAGED) from None
        raise
    for number, row in enumerate(rows, 1):
        yield number, [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """Return a cell as text, or as what a spreadsheet program made of the text."""
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
