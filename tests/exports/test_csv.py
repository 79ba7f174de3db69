"""Comma-separated values: safe in a spreadsheet, the same when they come in again, and well-formed by RFC 4180."""

import csv as standard
import io
import re
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tracker.exports import csv
from tracker.imports.files import read_files
from tracker.imports.plan import Plan

RUNS_IN_A_SPREADSHEET = "=+-@\t\r\n＝＋－＠"
# Text that tempts: quotes, separators, line breaks, formulas, apostrophes; and any text at all.
CELLS = st.text("'=+-@\t\r\n＝＠\",; aé中<r>_x0041_") | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)
HEADER = ["ask_slug", "title", "quote"]
ROWS = st.lists(st.tuples(st.integers(1, 10_000).map(str), CELLS, CELLS), max_size=5, unique_by=lambda row: row[0])


@given(CELLS)
def test_a_guarded_cell_is_the_same_when_read_back_and_does_not_begin_as_a_formula_does(cell: str) -> None:
    assert csv.unguard(csv.guard(cell)) == cell
    assert csv.unguard(csv.guard(csv.guard(cell))) == csv.guard(cell)
    assert not csv.guard(cell).startswith(tuple(RUNS_IN_A_SPREADSHEET))


@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_rows_are_the_same_when_they_come_in_and_end_with_crlf(rows: list[tuple[str, ...]], encoding: str) -> None:
    text = "".join(csv.write(HEADER, rows))
    read = list(standard.reader(io.StringIO(text, newline=""), strict=True))
    assert read[0] == HEADER
    assert [tuple(map(csv.unguard, row)) for row in read[1:]] == rows
    assert text.endswith("\r\n")
    outside_quotes = re.sub(r'"(?:[^"]|"")*"', "", text)
    assert outside_quotes.count("\r\n") == outside_quotes.count("\n") == outside_quotes.count("\r") == len(rows) + 1
    assert '"' not in outside_quotes
    lines = read_files([("asks.csv", text.encode(encoding))], plan := Plan())["asks"]
    assert plan.faults == []
    assert [tuple(line.cells[name] for name in HEADER) for line in lines] == rows
    assert [line.number for line in lines] == list(range(2, len(rows) + 2))


def test_an_apostrophe_goes_before_what_a_spreadsheet_would_run() -> None:
    guarded = ["=1+1", "+44 20", "-", "@SUM(A1)", "\t=1", "\r\n=1", "\n", "＝1", "'=1", "''=1"]
    as_they_are = ["", "plain", "a=b", "'quoted'", "'", " =1", "“=1”", "'tis the season", "''"]
    assert [csv.guard(cell) for cell in guarded] == [f"'{cell}" for cell in guarded]
    assert [csv.guard(cell) for cell in as_they_are] == as_they_are


def test_a_long_file_comes_in_pieces_that_are_whole_lines_and_asks_for_rows_when_they_are_needed() -> None:
    asked = 0

    def rows() -> Iterator[list[str]]:
        nonlocal asked
        for asked in range(1, 2 * csv.CHUNK_ROWS + 2):
            yield [str(asked), "a\nb", ""]

    pieces = csv.write(HEADER, rows())
    first = next(pieces)
    assert asked == csv.CHUNK_ROWS
    whole = [first, *pieces]
    assert len(whole) == 3
    assert all(piece.endswith("\r\n") for piece in whole)
    assert len(list(standard.reader(io.StringIO("".join(whole), newline="")))) == 2 * csv.CHUNK_ROWS + 2
