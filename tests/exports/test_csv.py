"""Comma-separated values: safe in a spreadsheet, the same when read back, and well-formed by RFC 4180."""

import csv as standard
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.exports import csv

RUNS_IN_A_SPREADSHEET = "=+-@\t\r\n＝＋－＠"
# Text that tempts: quotes, separators, line breaks, formulas, apostrophes; and any text at all.
CELLS = st.text("'=+-@\t\r\n＝＠\",; aé中") | st.text(st.characters(exclude_categories=["Cs"]))
HEADER = ["one", "two", "three"]
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5)


def written(rows: list[list[str]]) -> str:
    return "".join(csv.write(HEADER, rows))


@given(CELLS)
def test_a_guarded_cell_is_the_same_when_read_back(cell: str) -> None:
    assert csv.unguard(csv.guard(cell)) == cell
    assert csv.unguard(csv.guard(csv.guard(cell))) == csv.guard(cell)


@given(CELLS)
def test_no_guarded_cell_begins_as_a_formula_does(cell: str) -> None:
    assert not csv.guard(cell).startswith(tuple(RUNS_IN_A_SPREADSHEET))


@given(ROWS)
def test_rows_are_the_same_when_read_back_and_end_with_crlf(rows: list[list[str]]) -> None:
    text = written(rows)
    read = list(standard.reader(io.StringIO(text, newline=""), strict=True))
    assert read[0] == HEADER
    assert [[csv.unguard(cell) for cell in row] for row in read[1:]] == rows
    assert text.endswith("\r\n")
    outside_quotes = re.sub(r'"(?:[^"]|"")*"', "", text)
    assert outside_quotes.count("\r\n") == outside_quotes.count("\n") == outside_quotes.count("\r") == len(rows) + 1
    assert '"' not in outside_quotes


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r\n=1", "'\r\n=1"),
        ("\n", "'\n"),
        ("＝1", "'＝1"),
        ("'quoted'", "'quoted'"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'", "'"),
        (" =1", " =1"),
        ("“=1”", "“=1”"),
        ("'tis the season", "'tis the season"),
        ("''", "''"),
    ],
)
def test_an_apostrophe_goes_before_what_a_spreadsheet_would_run(cell: str, guarded: str) -> None:
    assert csv.guard(cell) == guarded
    assert csv.unguard(guarded) == cell


def test_a_long_file_comes_in_pieces_that_are_whole_lines() -> None:
    pieces = list(csv.write(HEADER, ([str(number), "a\nb", ""] for number in range(2 * csv.CHUNK_ROWS + 1))))
    assert len(pieces) == 3
    assert all(piece.endswith("\r\n") for piece in pieces)
    assert len(list(standard.reader(io.StringIO("".join(pieces), newline="")))) == 2 * csv.CHUNK_ROWS + 2


def test_rows_are_asked_for_only_when_they_are_needed() -> None:
    asked = 0

    def rows() -> list[str]:
        nonlocal asked
        asked += 1
        return ["a", "b", "c"]

    pieces = csv.write(HEADER, (rows() for _ in range(10 * csv.CHUNK_ROWS)))
    next(pieces)
    assert asked == csv.CHUNK_ROWS
