"""What the sheets of a workbook hold, found out without making room for it.

The reader of cells makes room for each cell between the first and the last; so where the last one is must be known
first, and of the very part that it will read. Whatever could be read in two ways is refused.
"""

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from tracker.exports.tables import TABLES
from tracker.imports.encodings import Refused
from tracker.imports.packed import DAMAGED

TARGET = re.compile(r"(?:/xl/)?worksheets/[a-z0-9_.-]+\.xml", re.ASCII | re.IGNORECASE)
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE | re.ASCII)
PIECE = 1 << 16
MOST_NAMED = 1000


@dataclass
class Sheet:
    """A sheet: to which row and column its cells reach, where formulas are, and whether cells are joined."""

    rows: int = 0
    columns: int = 0
    formulas: list[tuple[int, str]] = field(default_factory=list)
    is_merged: bool = False


def scan(packed: zipfile.ZipFile) -> dict[str, Sheet]:
    """All sheets by name, those with a table looked through; raises Refused for what is no good workbook."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            _keep_once(targets, attributes.get("Id", ""), attributes.get("Target", ""))

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            (identity,) = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            _keep_once(names, attributes.get("name", ""), identity)

    _parse(packed, "xl/_rels/workbook.xml.rels", relation)
    _parse(packed, "xl/workbook.xml", sheet)
    return {
        name: _scan_sheet(packed, targets.get(identity, "")) if name in TABLES else Sheet()
        for name, identity in names.items()
    }


def _keep_once(known: dict[str, str], key: str, value: str) -> None:
    if key in known:
        raise ValueError(key)
    known[key] = value


def _scan_sheet(packed: zipfile.ZipFile, target: str) -> Sheet:
    if not TARGET.fullmatch(target):
        raise DAMAGED
    sheet = Sheet()
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        if tag == "row":
            row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else row + 1
            column = 0
        elif tag == "c":
            column += 1
            if reference := attributes.get("r"):
                row, column = _place(reference)
            sheet.rows, sheet.columns = max(sheet.rows, row), max(sheet.columns, column)
        elif tag == "f" and len(sheet.formulas) < MOST_NAMED:
            sheet.formulas.append((row, _letters(column)))
        elif tag == "mergeCell":
            sheet.is_merged = True

    _parse(packed, f"xl/{target.removeprefix('/xl/')}", start)
    return sheet


def _parse(packed: zipfile.ZipFile, part: str, start: object) -> None:
    """Tell `start` of each element, without the prefix of its name. A document type is refused: it could grow."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)  # type: ignore[operator]
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with packed.open(part) as opened:
            while piece := opened.read(PIECE):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, KeyError, ValueError):
        raise DAMAGED from None


def _refuse_doctype(*_: object) -> None:
    raise Refused("The workbook declares a document type.", "A workbook as spreadsheet programs write it.")


def _place(reference: str) -> tuple[int, int]:
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError(reference)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
