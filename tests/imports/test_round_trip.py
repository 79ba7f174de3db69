"""Out and in again is the same, cell by cell, whatever the cells say."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.exports import csv
from tracker.imports.files import read_files
from tracker.imports.plan import Plan

CELLS = st.text("'=+-@\t\r\n＝＠\",; aé中<r>_x0041_") | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)
NAMES = ["ask_slug", "title", "quote"]
ROWS = st.lists(st.tuples(st.integers(1, 10_000).map(str), CELLS, CELLS), max_size=5, unique_by=lambda row: row[0])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


@given(ROWS, ENCODINGS)
def test_cells_of_a_file_are_the_same_when_they_come_in(rows: list[tuple[str, str, str]], encoding: str) -> None:
    text = "".join(csv.write(NAMES, rows))
    plan = Plan()
    lines = read_files([("asks.csv", text.encode(encoding))], plan)["asks"]
    assert plan.faults == []
    assert [tuple(line.cells[name] for name in NAMES) for line in lines] == rows
    assert [line.number for line in lines] == list(range(2, len(rows) + 2))
