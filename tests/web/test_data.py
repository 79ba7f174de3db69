"""The data: the files that anybody can download, the page that explains them, and the package."""

import csv
import io
import json
import re
import sqlite3
import warnings
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.exported import read, rows
from tests.factories import make_ask, make_update
from tests.site import ADA, WEALTH_ORDERS, Site
from tracker.exports.columns import Origin
from tracker.exports.csv import unguard
from tracker.exports.package import describe
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.models import Ask, Revision, Update
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import asks
from tracker.web.limits import MOST_DOWNLOADS

csv_limit = csv.field_size_limit()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import frictionless
    import frictionless.formats.csv.parser
# Its parser lifts the limit of the whole process when it is loaded, and imports would take cells of any size.
csv.field_size_limit(csv_limit)


def test_the_page_explains_every_column_and_leads_to_every_file(shared_site: Site) -> None:
    page = shared_site.browser().get("/data")
    words = page.text
    for table in TABLES.values():
        response = shared_site.browser().send("GET", f"/{table.name}.csv")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{table.name}.csv"'
        found = read(response.text)
        assert f"{table.name}.csv {table.row_is} {len(found):,} JSON of {table.name}" in page.all("tr")
        header = list(found[0])
        for column in table.columns:
            assert column.name in header
            assert f"{column.name} {column.meaning}" in words
            assert [key for key in column.choices if key not in words] == []
    links = set(re.findall(r'href="([^"#]+)', page.html))
    wanted = {f"/{name}.csv" for name in TABLES} | {f"/api/v1/{name}" for name in TABLES}
    assert wanted | {"/data.zip", "/data.sqlite3", "/datapackage.json", "/api", "/feed.atom", "/calendar.ics"} <= links
    assert page.links()["Everything as one workbook (.xlsx)"] == "/data.xlsx"
    assert f"revision {description(shared_site)['version']}" in page.section("licence")
    assert "CC BY 4.0" in page.section("licence")


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


# --- the package ---


def description(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.browser().send("GET", "/datapackage.json").text)
    return found


def faults(folder: Path) -> list[Any]:
    """What frictionless finds wrong with a package and its files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(folder / "datapackage.json"))
    return list(report.flatten(["type", "title", "note"]))


def test_the_download_of_everything_has_the_served_files_and_frictionless_accepts_it(
    site: Site, tmp_path: Path
) -> None:
    browser = site.browser()
    with zipfile.ZipFile(io.BytesIO(browser.send("GET", "/data.zip").data)) as packed:
        assert packed.testzip() is None
        packed.extractall(tmp_path)
        assert sorted(packed.namelist()) == sorted(["README.txt", "datapackage.json", *(f"{t}.csv" for t in TABLES)])
    files = {name: (tmp_path / name).read_bytes() for name in packed.namelist()}
    for name in TABLES:
        assert files[f"{name}.csv"] == browser.send("GET", f"/{name}.csv").data
    assert json.loads(files["datapackage.json"]) == description(site)
    readme = files["README.txt"].decode()
    assert "CC BY 4.0" in readme
    assert f"revision {site.scalar(sa.select(Revision.number))}." in readme
    assert faults(tmp_path) == []
    for file, old, new in (  # it refuses what breaks a promise of the description
        ("asks.csv", b",partly_met,", b",nearly_met,"),
        ("updates.csv", b"\r\nunexplained-wealth-orders,2018-01-31,", b"\r\nno-such-ask,2018-01-31,"),
    ):
        assert old in files[file]
        (tmp_path / file).write_bytes(files[file].replace(old, new))
        assert faults(tmp_path)
        (tmp_path / file).write_bytes(files[file])


def test_the_package_says_which_state_it_is_of_and_is_the_same_until_the_data_change(sqlite_site: Site) -> None:
    found = description(sqlite_site)
    latest = sqlite_site.scalar(sa.select(sa.func.max(Update.published_at)))
    assert found["created"] == latest.isoformat(timespec="seconds")
    assert found["version"] == str(sqlite_site.scalar(sa.select(Revision.number)))
    assert found["licenses"][0]["title"] == "CC BY 4.0"
    assert "How do we deal with Russia?" in [source["title"] for source in found["sources"]]
    first, second = (sqlite_site.browser().send("GET", "/data.zip") for _ in range(2))
    assert first.data == second.data
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(next_step_on=PartialDate("2027")))
    assert sqlite_site.browser().send("GET", "/data.zip").data != first.data
    assert "created" not in describe(Origin("https://tracker.example", Face(), 0, None), "0:", []), "none is invented"


# --- long downloads leave threads for pages ---


def test_pages_are_served_while_downloads_go_on_and_one_more_is_told_to_wait(sqlite_site: Site) -> None:
    client = sqlite_site.browser().client
    under_way = [client.get(path) for path in ("/asks.csv", "/updates.csv", "/evidence.csv", "/data.zip")]
    assert [answer.status_code for answer in under_way] == [200] * MOST_DOWNLOADS
    refused = client.get("/tests.csv")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Others are downloading" in refused.text
    assert sqlite_site.browser(ADA).client.get("/data.xlsx").status_code == 503
    assert client.get(f"/asks/{WEALTH_ORDERS}").status_code == 200
    under_way.pop().close()  # somebody gives up
    assert client.get("/tests.csv").text
    for answer in under_way:
        assert answer.data
    assert client.get("/data.zip").data
    browser = sqlite_site.browser(ADA)
    for path in ("/asks.csv", "/data.zip", "/data.xlsx", "/data.sqlite3"):  # each gives its place back
        for number in range(MOST_DOWNLOADS + 1):
            assert browser.send("HEAD" if number % 2 else "GET", path).status_code == 200


def test_the_day_of_the_data_is_that_of_what_is_public(sqlite_site: Site) -> None:
    """An entry of a draft ask waits for its ask; until then no page and no file is another."""
    before = sqlite_site.browser().get("/data").html
    with sqlite_site.change() as change:
        to_come = replace(change, at=change.at + timedelta(days=2))
        ask = make_ask(to_come)
        make_update(to_come, ask, status=Status.ANNOUNCED)
    sqlite_site.forget()
    assert sqlite_site.browser().get("/data").html == before
    with sqlite_site.change() as change:
        asks.publish_ask(change, change.session.scalars(sa.select(Ask).where(Ask.slug == "empty-homes")).one(), None)
    day = f'"dateModified":"{to_come.today.isoformat()}"'
    assert (day in before, day in sqlite_site.browser().get("/data").html) == (False, True)
