"""Workbooks for tests, good ones and bad ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import openpyxl

Rows = Sequence[Sequence[object]]
HEADER = ("ask_slug", "title", "kind", "topic", "source_title", "quote", "summary")
GOOD = ("new", "New", "policy", "Housing", "The article", "They said so.", "In short.")


def book(**sheets: Rows) -> bytes:
    """A workbook as a spreadsheet program writes it."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def asks(*rows: Sequence[object]) -> bytes:
    return book(asks=[HEADER, *rows])


def with_cell(value: object, column: str = "title") -> bytes:
    """A workbook whose one ask has this in one of its cells."""
    row: list[object] = list(GOOD)
    row[HEADER.index(column)] = value
    return asks(row)


def merged() -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(asks(GOOD)))
    made["asks"].merge_cells("B2:C2")
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def repacked(
    file: bytes,
    changes: Mapping[str, bytes | None],
    more: Mapping[str, bytes] | None = None,
    how: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The workbook with some parts changed, taken out (None) or added, and packed like this."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(packed, "w", how) as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return packed.getvalue()


def sheet_xml(cells: str, row: str = "<row>") -> bytes:
    """The part of a sheet, written by hand."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{namespace}"><sheetData>{row}{cells}</row></sheetData></worksheet>'.encode()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose sheet of asks is this part."""
    return repacked(asks(GOOD), {"xl/worksheets/sheet1.xml": xml})


def with_figure(figure: str) -> bytes:
    """A workbook whose one ask has this number for a title, as no spreadsheet program writes it."""
    slug, title, key = (f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in ("ask_slug", "title", "new"))
    return with_sheet(sheet_xml(f"{slug}{title}</row><row>{key}<c><v>{figure}</v></c>"))


def understated(file: bytes, name: str, size: int) -> bytes:
    """The workbook with a lie about how large a part is when it is unpacked, and a checksum that fits the lie."""
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        part, content = packed.getinfo(name), packed.read(name)
    for truth, lie in ((part.file_size, size), (part.CRC, zlib.crc32(content[:size]))):
        assert file.count(struct.pack("<I", truth)) >= 2
        file = file.replace(struct.pack("<I", truth), struct.pack("<I", lie))
    return file


def locked(file: bytes) -> bytes:
    """The workbook with a first part that says of itself that it takes a password to read."""
    packed = io.BytesIO(file)
    with zipfile.ZipFile(packed, "a") as parts:
        parts.infolist()[0].flag_bits |= 1
        parts.comment = b"so that the list of parts is written anew"
    return packed.getvalue()
