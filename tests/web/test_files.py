"""The files that anybody can download: whole, filtered, safe in a spreadsheet and the same when read back."""

import csv
import io

import pytest
import sqlalchemy as sa

from tests.exported import read, rows
from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, Evidence, Legislation, Link, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate

FIRST_COLUMNS = {
    "asks": "ask_slug,title,kind,kind_label,topic,status,status_label,family,family_label,status_on,",
    "updates": "ask_slug,update_key,kind,kind_label,happened_on,happened_on_precision,recorded_at,text,status",
    "evidence": "ask_slug,update_key,position,url,title,publisher,published_on,published_on_precision,type,type_label",
    "tests": "ask_slug,test_key,label,result,result_label,result_on,result_on_precision,reviewed_on",
    "legislation": "law_key,kind,kind_label,year,number,citation,title,address,introduced_on,introduced_on_precision",
    "links": "ask_slug,law_key,citation,effect,effect_label,provisions,extent,in_force_on,in_force_on_precision,note",
}
NAMES = sorted(FIRST_COLUMNS)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "＝1", "'plain", "a=1", '"=1', '="a",\n"b"', "\t=1", ","]
PUBLISHED = Publication.PUBLISHED


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_is(shared_site: Site, name: str) -> None:
    response = shared_site.browser().send("GET", f"/{name}.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = response.data.decode("utf-8")
    assert text.startswith(FIRST_COLUMNS[name])
    assert text.endswith("\r\n")
    assert "\r\n" in text
    assert {len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)} == {
        len(text.partition("\r\n")[0].split(","))
    }
    assert shared_site.browser().send("HEAD", f"/{name}.csv").data == b""


def test_the_files_hold_what_is_published(shared_site: Site) -> None:
    counts = {
        "asks": sa.select(sa.func.count(Ask.id)),
        "updates": sa.select(sa.func.count(Update.id)).where(Update.publication == PUBLISHED),
        "evidence": sa.select(sa.func.count(Evidence.id)).where(
            Evidence.update_id.in_(sa.select(Update.id).where(Update.publication == PUBLISHED))
        ),
        "tests": sa.select(sa.func.count(SuccessTest.id)),
        "legislation": sa.select(sa.func.count(Legislation.id)).where(Legislation.publication == PUBLISHED),
        "links": sa.select(sa.func.count(Link.id)).where(Link.publication == PUBLISHED),
    }
    for name, count in counts.items():
        assert len(rows(shared_site, name)) == shared_site.scalar(count) > 0, name


def test_a_row_has_keys_labels_dates_with_precision_and_whole_addresses(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    response = site.browser().send("GET", "/asks.csv", base_url="https://tracker.example")
    (row,) = [row for row in read(response.text) if row["ask_slug"] == WEALTH_ORDERS]
    assert {name: row[name] for name in ("status", "status_label", "family", "family_label", "kind", "kind_label")} == {
        "status": "in_force", "status_label": "In force, ask not yet met", "family": "open", "family_label": "Open",
        "kind": "policy", "kind_label": "Policy proposal",
    }  # fmt: skip
    assert (row["status_on"], row["status_on_precision"]) == ("2018-01-31", "day")
    assert row["jurisdictions"] == "England and Wales; Scotland; Northern Ireland"
    assert row["ask_url"] == "https://tracker.example/asks/unexplained-wealth-orders"
    assert row["source_published_on"] == "2018-03-19"


def test_the_addresses_of_entries_and_laws_lead_to_them(shared_site: Site) -> None:
    browser = shared_site.browser()
    for name, column in (("updates", "update_url"), ("legislation", "law_url")):
        for row in rows(shared_site, name)[::9]:
            path, _, anchor = row[column].removeprefix("http://127.0.0.1:8000").partition("#")
            page = browser.get(path)
            assert page.hops == [200]
            assert not anchor or page.section(anchor)


@pytest.mark.parametrize("name", ["asks", "updates", "evidence", "tests", "links"])
def test_the_filters_of_the_page_apply(shared_site: Site, name: str) -> None:
    assert {row["ask_slug"] for row in rows(shared_site, name, family="ended")} == {
        "crown-dependencies-registers", "stop-brexit"
    }  # fmt: skip
    assert {row["ask_slug"] for row in rows(shared_site, name, kind="sanctions")} == {
        "sanctions-ukraine-crimea", "uk-magnitsky-sanctions"
    }  # fmt: skip
    assert rows(shared_site, name, q="no such zebra") == []


def test_the_filtered_file_of_laws_holds_the_laws_of_those_asks(shared_site: Site) -> None:
    linked = {row["law_key"] for row in rows(shared_site, "links", kind="sanctions")}
    assert {row["law_key"] for row in rows(shared_site, "legislation", kind="sanctions")} == linked
    assert 0 < len(linked) < len(rows(shared_site, "legislation"))


@pytest.mark.parametrize("typed", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_made_safe_and_comes_back(sqlite_site: Site, typed: str) -> None:
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=typed, summary=typed))
    text = sqlite_site.browser().send("GET", "/asks.csv").data.decode("utf-8")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠")]
    (row,) = [row for row in rows(sqlite_site, "asks") if row["ask_slug"] == WEALTH_ORDERS]
    assert (row["title"], row["summary"]) == (typed, typed)


def test_every_text_comes_back_as_it_stands_in_the_database(site: Site) -> None:
    nasty = 'Škoda "quoted", line one\nline two; 1,5 – ‎אב 𝄞 =x'
    of_wealth = Ask.slug == WEALTH_ORDERS
    site.execute(sa.update(Ask).where(of_wealth).values(title=nasty, next_step_on=PartialDate("2026")))
    (row,) = [row for row in rows(site, "asks") if row["ask_slug"] == WEALTH_ORDERS]
    with site.reading() as session:
        ask = session.scalars(sa.select(Ask).where(of_wealth)).one()
        for name in ("title", "summary", "quote", "reading", "status_reason", "next_step"):
            assert row[name] == getattr(ask, name), name
    assert (row["next_step_on"], row["next_step_on_precision"]) == ("2026", "year")
    assert (row["first_deadline"], row["first_deadline_precision"]) == ("", "")


def test_a_status_change_is_in_the_files_at_once(site: Site) -> None:
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(status="reversed"))
    (row,) = rows(site, "asks", status="reversed")
    assert (row["ask_slug"], row["family"]) == (WEALTH_ORDERS, "ended")
