"""Workbooks: what comes in, what is refused, and how little room a bad one gets."""

import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from tests.imports import books
from tests.imports.books import GOOD, HEADER, asks, book, repacked, sheet_xml, with_cell, with_sheet
from tests.imports.taking import bring, summary
from tracker.imports.files import read_files
from tracker.imports.plan import Plan
from tracker.models import Ask
from tracker.services.change import Change

FILE = "policy.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
IN_ASKS = f"{FILE}, sheet asks"
BOMB = sheet_xml("<c/>") + b" " * 8_000_000
# A workbook of 1.5 kB in which the reader of cells would make room for twelve million.
FAR_IN_LITTLE = sheet_xml('<c r="A1"><v>1</v></c><c r="GR60000"><v>1</v></c>')
FAR = sheet_xml('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>')
BAD: dict[str, tuple[Callable[[], bytes], str, int, str, str]] = {
    "garbage": (lambda: b"PK\x03\x04" + b"x" * 100, FILE, 0, "", "damaged"),
    "cut off": (lambda: asks(GOOD)[:-100], FILE, 0, "", "damaged"),
    "another kind of file": (lambda: repacked(asks(GOOD), {"xl/workbook.xml": None}), FILE, 0, "", "no .xlsx"),
    "macros": (lambda: repacked(asks(GOOD), {}, {"xl/vbaProject.bin": b"x"}), FILE, 0, "", "macros"),
    "a binary workbook": (
        lambda: repacked(asks(GOOD), {"xl/workbook.xml": None}, {"xl/workbook.bin": b"x"}), FILE, 0, "", ".xlsb",
    ),
    "too many parts": (
        lambda: repacked(asks(GOOD), {}, {f"xl/media/{n}.png": b"" for n in range(300)}), FILE, 0, "", "parts",
    ),
    "a bomb": (lambda: with_sheet(BOMB), FILE, 0, "", "unpacks to far more"),
    "a bomb that lies": (lambda: books.understated(with_sheet(BOMB), SHEET, 1000), IN_ASKS, 1, "ask_slug", "no such"),
    "a part that grows a thousand times": (
        lambda: with_sheet(sheet_xml("<c/>") + b" " * 3_000_000), FILE, 0, "", "unpacks to far more",
    ),
    "a size that is not so": (lambda: books.understated(asks(GOOD), SHEET, 10), FILE, 0, "", "damaged"),
    "another way of packing": (lambda: repacked(asks(GOOD), {}, how=zipfile.ZIP_BZIP2), FILE, 0, "", "damaged"),
    "a password": (lambda: books.locked(asks(GOOD)), FILE, 0, "", "locked with a password"),
    "a document type": (
        lambda: with_sheet(b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml("<c/>")), FILE, 0, "", "document type",
    ),
    "a cell far away": (lambda: with_sheet(FAR), IN_ASKS, 0, "", "row 1048576"),
    "a cell far away in a small file": (lambda: with_sheet(FAR_IN_LITTLE), IN_ASKS, 0, "", "row 60000, column GR"),
    "a cell far away by its row": (
        lambda: with_sheet(sheet_xml("<c/>" * 100, '<row r="60000">')), IN_ASKS, 0, "", "row 60000, column CV",
    ),
    "a cell nowhere": (lambda: with_sheet(sheet_xml('<c r="1A"/>')), FILE, 0, "", "damaged"),
    "two sheets in one name": (
        lambda: repacked(asks(GOOD), {}, {"xl/Worksheets/Sheet1.xml": FAR}), FILE, 0, "", "damaged",
    ),
    "a sheet of another name": (lambda: book(wishes=[["a"]]), FILE, 0, "", "wishes"),
    "no table": (lambda: book(About=[["a"]]), FILE, 0, "", "no sheet with a table"),
    "joined cells": (books.merged, IN_ASKS, 0, "", "joined"),
    "a formula": (lambda: with_cell("=1+1"), IN_ASKS, 2, "B", "a formula"),
    "a number": (lambda: with_cell(0.1), IN_ASKS, 2, "title", "0.1"),
    "a large number": (lambda: with_cell(1e15), IN_ASKS, 2, "title", "1000000000000000.0"),
    "no number": (lambda: books.with_figure("NaN"), IN_ASKS, 2, "title", "nan"),
    "a number without end": (lambda: books.with_figure("1e999"), IN_ASKS, 2, "title", "inf"),
    "a logical value": (lambda: with_cell(True), IN_ASKS, 2, "title", "TRUE"),
    "a day": (lambda: with_cell(date(2018, 3, 19)), IN_ASKS, 2, "title", "2018-03-19"),
    "a moment": (lambda: with_cell(datetime(2018, 3, 19, 12)), IN_ASKS, 2, "title", "2018-03-19 12"),  # noqa: DTZ001
    "a day as a number": (lambda: book(asks=[["ask_slug", "next_step_on"], ["empty-homes", 43178]]), IN_ASKS, 2,
                          "next_step_on", "43178"),
    "a row beyond the header": (lambda: asks([*GOOD, "", "more"]), IN_ASKS, 2, "", "9 cells"),
    "an unknown column": (lambda: book(asks=[["ask_slug", "colour"]]), IN_ASKS, 1, "colour", "not known"),
}  # fmt: skip


@pytest.mark.parametrize("bad", list(BAD))
@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_bad_workbook_is_refused_with_its_place(ed: Change, bad: str) -> None:
    make, place, row, column, found = BAD[bad]
    faults = bring(ed, {"policy.xlsx": make()}, room=5 << 20).faults
    assert [(fault.file, fault.row, fault.column) for fault in faults] == [(place, row, column)]
    assert found in faults[0].found


def test_a_bad_workbook_gets_little_room() -> None:
    for bad in ("a bomb", "a bomb that lies", "a cell far away", "a cell far away in a small file"):
        file = BAD[bad][0]()
        tracemalloc.start()
        read_files([("policy.xlsx", file)], plan := Plan(), room=5 << 20)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert plan.faults
        assert most < 4 << 20


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED], ids=["packed", "not packed"])
def test_a_workbook_comes_in(ed: Change, how: int) -> None:
    file = book(asks=[HEADER, GOOD, [], ["other", 2018, *GOOD[2:]], [""] * 7], tests=[["ask_slug", "test_key"]])
    plan = bring(ed, {"policy.xlsx": repacked(file, {}, how=how)})
    assert plan.faults == []
    assert summary(plan) == {"asks": (2, 0, 0)}
    titles = ed.session.scalars(sa.select(Ask.title).where(Ask.slug.in_(["new", "other"]))).all()
    assert sorted(titles) == ["2018", "New"]  # a whole number is the text that was typed
    # Each table comes once.
    files: dict[str, str | bytes] = {"policy.xlsx": asks(GOOD), "asks.csv": "ask_slug\r\nempty-homes\r\n"}
    (fault,) = bring(ed, files).faults
    assert (fault.file, fault.found) == ("asks.csv", "A second file with asks.")
