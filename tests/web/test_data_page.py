"""The pages that explain the data and the API, read against what they explain."""

import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from tests.exported import rows
from tests.site import Site
from tests.web.json_answers import send
from tracker.exports.columns import Table
from tracker.exports.csv import unguard
from tracker.exports.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_of_every_file_is_explained(shared_site: Site, table: Table) -> None:
    page = shared_site.browser().get("/data")
    words, found = page.text, rows(shared_site, table.name)
    assert f"{table.name}.csv {table.row_is} {len(found):,} JSON of {table.name}" in page.all("tr")
    header = list(found[0])
    for column in table.columns:
        assert column.name in header
        assert f"{column.name} {column.meaning}" in words
        assert all(key in words for key in column.choices)


def test_the_workbook_holds_what_the_files_hold(shared_site: Site) -> None:
    page = shared_site.browser().get("/data")
    response = shared_site.browser().send("GET", page.links()["Everything as one workbook (.xlsx)"])
    assert response.headers["Content-Disposition"] == "attachment; filename=policy-asks.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(response.data), read_only=True)
    for name in TABLES:
        header, *lines = book[name].iter_rows(values_only=True)
        found = [dict(zip(header, ("" if cell is None else cell for cell in line), strict=True)) for line in lines]
        assert found == rows(shared_site, name), name


def test_the_database_holds_what_the_files_hold(shared_site: Site, tmp_path: Path) -> None:
    response = shared_site.browser().send("GET", "/data.sqlite3")
    assert response.headers["Content-Disposition"] == "attachment; filename=policy-asks.sqlite3"
    assert shared_site.browser().send("GET", "/data.sqlite3").data == response.data
    (tmp_path / "file").write_bytes(response.data)
    with closing(sqlite3.connect(tmp_path / "file")) as database:
        database.row_factory = sqlite3.Row
        for name in TABLES:
            lines = database.execute(f'SELECT * FROM "{name}"').fetchall()
            found = [{key: str("" if row[key] is None else row[key]) for key in row.keys()} for row in lines]  # noqa: SIM118
            assert found == [{key: unguard(text) for key, text in row.items()} for row in rows(shared_site, name)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_every_file_its_json_and_the_whole_are_linked(shared_site: Site) -> None:
    browser = shared_site.browser()
    links = set(re.findall(r'href="([^"#]+)', browser.get("/data").html))
    wanted = {f"/{name}.csv" for name in TABLES} | {f"/api/v1/{name}" for name in TABLES}
    assert wanted | {"/data.zip", "/data.sqlite3", "/datapackage.json", "/api", "/feed.atom", "/calendar.ics"} <= links


def test_the_page_says_whom_to_name_and_which_state_of_the_data_it_is(shared_site: Site) -> None:
    words = shared_site.browser().get("/data").section("licence")
    revision = json.loads(shared_site.browser().send("GET", "/datapackage.json").text)["version"]
    assert f"revision {revision}" in words
    assert "CC BY 4.0" in words


def test_the_example_of_the_api_is_answered(shared_site: Site) -> None:
    page = shared_site.browser().get("/api")
    (request,) = page.all("pre")
    address = request.removeprefix("curl http://127.0.0.1:8000/api/v1")
    assert send(shared_site, address).status_code == 200


def test_the_page_of_the_api_names_every_address(shared_site: Site) -> None:
    words = shared_site.browser().get("/api").text
    for path in json.loads(send(shared_site, "/openapi.json").data)["paths"]:
        assert f"/api/v1{path}" in words
