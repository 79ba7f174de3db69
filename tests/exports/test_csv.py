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
def test_rows_are_the_same_when_read_back(rows: list[list[str]]) -> None:
    assert [list(row.values()) for _, row in csv.read(written(rows))] == rows


@given(ROWS)
def test_every_row_of_a_file_is_as_wide_as_the_one_header_and_ends_with_crlf(rows: list[list[str]]) -> None:
    text = written(rows)
    read = list(standard.reader(io.StringIO(text, newline=""), strict=True))
    assert read[0] == HEADER
    assert [len(row) for row in read] == [3] * (len(rows) + 1)
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
    assert len(list(csv.read("".join(pieces)))) == 2 * csv.CHUNK_ROWS + 1


def test_rows_are_asked_for_only_when_they_are_needed() -> None:
    asked = 0

    def rows() -> list[str]:
        nonlocal asked
        asked += 1
        return ["a", "b", "c"]

    pieces = csv.write(HEADER, (rows() for _ in range(10 * csv.CHUNK_ROWS)))
    next(pieces)
    assert asked == csv.CHUNK_ROWS


def test_each_row_is_read_with_the_number_of_its_last_line() -> None:
    assert list(csv.read("")) == list(csv.read(written([]))) == []
    text = 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n'
    assert list(csv.read(text)) == [(3, {"a": "1", "b": "x\r\ny"}), (4, {"a": "2", "b": "z"})]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\r\n1\r\n", r"line 2: 1 cells, but the header has 2"),
        ("a,b\r\n1,2\r\n1,2,3\r\n", r"line 3: 3 cells, but the header has 2"),
        ("a,b\r\n\r\n", r"line 2: 0 cells"),
        ('a,b\r\n1,"2\r\n', r"line \d: unexpected end of data"),
        ('a,b\r\n1,"2"3\r\n', r"line 2: "),
        (f"a,b\r\n1,{'x' * 200_000}\r\n", r"line 2: field larger"),
    ],
)
def test_a_malformed_file_is_refused_with_the_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(csv.read(text))
