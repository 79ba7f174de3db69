"""The lists of the staff area page by page, through their links."""

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.page_checks import text_of
from tests.site import ADA, Site
from tracker.models import Ask, Legislation
from tracker.queries import paging, staff
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUS_ORDER, Status

ENDS = {
    "/staff/asks/": "ÿÿÿ~1",
    "/staff/sources/": "ÿÿÿ~1",
    "/staff/bodies/": "ÿÿÿ~1",
    "/staff/legislation/": "zzz",
    "/staff/people/": "ÿÿÿ~1",
    "/staff/approval/": "9999-01-01T00:00:00+00:00~1",
    "/staff/desk/drafts": "9~1",
}


def pages(site: Site, path: str) -> list[str]:
    """The words of each page of a list, as one gets on from page to page."""
    browser, found = site.browser(ADA), []
    while path:
        page = browser.get(path)
        found.append(page.text)
        path = next((link.get("href", "") for link in page.tree.iter("a") if link.get("rel") == "next"), "")
        assert ("From the beginning" in page.links()) == (len(found) > 1)
    return found


def test_lists_have_pages_to_which_filters_are_carried(shared_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff.list_asks, "__defaults__", ("", 2))
    monkeypatch.setattr(staff.list_all, "__defaults__", ("", 5))
    monkeypatch.setattr(paging, "SIZE", 1)
    with shared_site.reading() as session:
        titles = list(session.scalars(sa.select(Ask.title).where(Ask.status == "partly_met").order_by(Ask.title)))
        laws = list(session.scalars(sa.select(Legislation.title)))
    found = pages(shared_site, "/staff/asks/?status=partly_met&publication=published")
    assert len(found) == (len(titles) + 1) // 2 > 1
    for number, title in enumerate(titles):
        assert [number // 2] == [place for place, text in enumerate(found) if title in text]
    assert f"{len(titles)} asks that fit" in found[0]
    assert len(pages(shared_site, "/staff/legislation/")) == (len(laws) + 4) // 5
    assert len(pages(shared_site, "/staff/desk/unverified")) > 1
    page = shared_site.browser(ADA).get("/staff/asks/").submit("Show asks", q="no such words")
    assert "No ask fits." in page.text
    assert page.value("q") == "no such words"
    assert "No ask fits." not in page.follow("Clear the filters").text


def titles_of(page: Page) -> list[str]:
    """The asks of the list, in its order."""
    return [text_of(link) for row in page.tree.iter("th") for link in row.iter("a")]


def test_asks_are_sorted_by_look_or_by_status_and_keep_their_filters(sqlite_site: Site) -> None:
    for slug, day in (("salisbury-hold-firm", "2020"), ("dirty-money-london", "2021-05")):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(reviewed_on=PartialDate(day)))
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == "stop-brexit").values(publication="archived"))
    with sqlite_site.reading() as session:
        by_title = session.scalars(sa.select(Ask).order_by(Ask.title)).all()
    page = sqlite_site.browser(ADA).get("/staff/asks/")
    assert page.all("span", "chip") == ["Archived"], "only what is not published says so"
    assert titles_of(page) == [ask.title for ask in by_title]
    longest_ago = [ask.title for ask in by_title if ask.slug == "salisbury-hold-firm"]
    assert titles_of(page.follow("looked at, longest ago first"))[:1] == longest_ago
    by_status = page.follow("status")
    places = {ask.title: STATUS_ORDER.index(ask.status or Status.MET) for ask in by_title}
    assert titles_of(by_status) == sorted(titles_of(page), key=lambda title: places[title])
    assert by_status.follow("title").path == "/staff/asks/"
    found = by_status.submit("Show asks", q="Open company ownership")
    assert "status" in found.all("strong")
    assert found.follow("looked at, longest ago first").value("q") == "Open company ownership"


def test_a_page_that_is_gone_and_one_that_never_was(shared_site: Site) -> None:
    browser = shared_site.browser(ADA)
    for path, end in ENDS.items():
        page = browser.get(path, query_string={"after": end})
        assert (page.status, "There are no more." in page.text) == (200, True)
    for query in ("after=nothing", "sort=colour"):
        assert browser.send("GET", f"/staff/asks/?{query}").status_code == 400
