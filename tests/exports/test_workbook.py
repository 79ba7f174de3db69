"""The workbook: what the CSV files hold, as text, and nothing in it runs. A reader that is not ours reads it too."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exported import rows as csv_rows
from tests.site import ADA, Site
from tracker.exports.columns import Origin
from tracker.exports.csv import unguard
from tracker.exports.tables import TABLES
from tracker.exports.workbook import TooLarge, add_sheet, new_workbook, put, write_template, write_workbook
from tracker.face import Face
from tracker.imports.cells import fillable
from tracker.imports.files import read_files
from tracker.imports.plan import Plan
from tracker.rules.legislation import KINDS

EDITION = Origin("https://tracker.example", Face(), 7, datetime(2026, 11, 20, 10, tzinfo=UTC))


class Law:
    """A row of which only the key matters."""

    def __getattr__(self, name: str) -> Any:
        return {"law_key": "ukpga/2018/13", "kind": "ukpga"}.get(name)


def opened(file: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(file))


def sheet_rows(sheet: Any) -> list[dict[str, str]]:
    """The rows of a sheet by the names of its header."""
    header, *lines = sheet.iter_rows(values_only=True)
    return [{name: unguard(cell or "") for name, cell in zip(header, line, strict=True)} for line in lines]


TEXTS = (
    st.text("'=+-@<r>/_x0041D ab\n\t&;é中＝＠", min_size=1)
    | st.from_regex(r"<r>[<a\n>]{0,9}</r>", fullmatch=True)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=20)
)


@settings(max_examples=10)
@given(st.lists(TEXTS, min_size=10, max_size=20))
def test_a_cell_is_text_whatever_it_says_and_comes_in_as_it_was(texts: list[str]) -> None:
    file = io.BytesIO()
    with new_workbook(file) as book:
        sheet = add_sheet(book, "asks", ["ask_slug", "title"])
        for number, text in enumerate(texts, 1):
            put(sheet, number, [f"a{number}", text])
        with pytest.raises(TooLarge):  # refused rather than cut off
            put(sheet, len(texts) + 1, ["a" * 32_767])
    with zipfile.ZipFile(file) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    assert [unguard(cell.value) for cell in opened(file.getvalue())["asks"]["B"][1:]] == texts
    lines = read_files([("policy.xlsx", file.getvalue())], plan := Plan())["asks"]
    assert plan.faults == []
    assert [line.cells["title"] for line in lines] == texts


def test_the_workbook_holds_what_the_files_hold(shared_site: Site) -> None:
    answer = shared_site.browser(ADA).send("GET", "/data.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=policy-asks.xlsx"
    book = opened(answer.data)
    assert book.sheetnames == [*TABLES, "About"]
    for name in TABLES:
        assert sheet_rows(book[name]) == csv_rows(shared_site, name)
        assert {cell.data_type for line in book[name].iter_rows() for cell in line if cell.value} == {"s"}
        assert {cell.number_format for line in book[name].iter_rows() for cell in line if cell.value} == {"@"}
        assert book[name].freeze_panes == "A2"


def test_it_says_where_it_is_from_and_refuses_more_rows_than_were_asked_for_rather_than_cut_off() -> None:
    file = io.BytesIO()
    write_workbook(file, EDITION, lambda name: [])
    told = {line[0]: line[1] for line in opened(file.getvalue())["About"].iter_rows(values_only=True)}
    assert told["From"] == "https://tracker.example"
    assert (told["Revision"], told["Latest entry"]) == ("7", "2026-11-20T10:00:00+00:00")
    assert "CC BY 4.0" in told["Licence"]

    def laws(name: str) -> list[Law]:
        return [Law()] * 3 if name == "legislation" else []

    write_workbook(file := io.BytesIO(), replace(EDITION, published_at=None), laws, most=3)
    assert opened(file.getvalue())["legislation"].max_row == 1 + 3
    with pytest.raises(TooLarge):
        write_workbook(io.BytesIO(), EDITION, laws, most=2)


def test_the_empty_workbook_offers_the_values_that_are_allowed() -> None:
    file = io.BytesIO()
    write_template(file, fillable())
    book = opened(file.getvalue())
    assert book.sheetnames == [*fillable(), "Values", "About"]
    assert [cell.value for cell in book["results"][1]] == ["ask_slug", "update_key", "test_key", "result"]
    values = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["Values"].columns}
    for name, columns in fillable().items():
        choices = {column.name: [*column.choices] for column in columns if column.choices}
        choices |= {"kind": [*KINDS]} if name == "legislation" else {}
        offered = {rule.formula1: str(rule.sqref) for rule in book[name].data_validations.dataValidation}
        assert len(offered) == len(choices)
        for (formula, place), (column, keys) in zip(offered.items(), choices.items(), strict=True):
            assert values[f"{name}.{column}"] == keys
            sheet, where = formula.lstrip("=").split("!")
            assert [cell.value for (cell,) in book[sheet][where.replace("$", "")]] == keys
            assert book[name][place.partition(":")[0]].column == [of.name for of in columns].index(column) + 1

    # It has no column that the tracker fills in.
    names = {name: {column.name for column in columns} for name, columns in fillable().items()}
    assert not {"status", "family", "status_label", "ask_url", "reviewed_on"} & names["asks"]
    assert not {"recorded_at", "update_url"} & names["updates"]
    assert not {"replies", "sources"} & set(names), "they are only read"
    assert all(set(TABLES[name].key) <= of_table for name, of_table in names.items())
