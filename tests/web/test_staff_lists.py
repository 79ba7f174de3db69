"""The lists of the staff area page by page, through their links."""

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_law, make_update
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


def test_filters_of_the_asks_are_kept_from_page_to_page(shared_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff.list_asks, "__defaults__", ("", 2))
    with shared_site.reading() as session:
        titles = list(session.scalars(sa.select(Ask.title).where(Ask.status == "partly_met").order_by(Ask.title)))
    found = pages(shared_site, "/staff/asks/?status=partly_met&publication=published")
    assert len(found) == (len(titles) + 1) // 2 > 1
    for number, title in enumerate(titles):
        assert [number // 2] == [place for place, text in enumerate(found) if title in text]
    assert f"{len(titles)} asks that fit" in found[0]
    page = shared_site.browser(ADA).get("/staff/asks/").submit("Show asks", q="no such words")
    assert "No ask fits." in page.text
    assert page.value("q") == "no such words"
    assert "No ask fits." not in page.follow("Clear the filters").text


def titles_of(page: Page) -> list[str]:
    """The asks of the list, in its order."""
    return [text_of(link) for row in page.tree.iter("th") for link in row.iter("a")]


def test_asks_are_sorted_by_look_or_by_status_and_keep_their_filters(sqlite_site: Site) -> None:
    never, long_ago, known = "stop-brexit", "salisbury-hold-firm", "dirty-money-london"
    for slug, day in ((never, None), (long_ago, PartialDate("2020")), (known, PartialDate("2021-05"))):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(reviewed_on=day))
    with sqlite_site.reading() as session:
        asks = session.scalars(sa.select(Ask)).all()
        title, status = {ask.slug: ask.title for ask in asks}, {ask.title: ask.status for ask in asks}
    page = sqlite_site.browser(ADA).get("/staff/asks/")
    assert titles_of(page) == sorted(title.values())
    assert titles_of(page.follow("looked at, longest ago first"))[:3] == [title[never], title[long_ago], title[known]]
    by_status = page.follow("status")
    places = [(STATUS_ORDER.index(status[found] or Status.MET), found) for found in titles_of(by_status)]
    assert places == sorted(places)
    assert by_status.follow("title").path == "/staff/asks/"
    found = by_status.submit("Show asks", q="Open company ownership")
    assert "status" in found.all("strong")
    assert found.follow("looked at, longest ago first").value("q") == "Open company ownership"
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == "stop-brexit").values(publication="archived"))
    listed = sqlite_site.browser(ADA).get("/staff/asks/")
    assert listed.all("span", "chip") == ["Archived"], "only what is not published says so"


def test_laws_and_the_lists_of_the_desk_have_pages(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff.list_all, "__defaults__", ("", 5))
    monkeypatch.setattr(paging, "SIZE", 3)
    with sqlite_site.change() as change:
        for number in range(4):
            make_law(change, published=False, citation=f"2026 c. {number + 1}")
            make_update(change, change.session.get_one(Ask, 1), published=False, text=f"Draft {number}.")
    with sqlite_site.reading() as session:
        laws = list(session.scalars(sa.select(Legislation.title)))
    found = pages(sqlite_site, "/staff/legislation/")
    assert len(found) == (len(laws) + 4) // 5 > 1
    assert all(any(title in text for text in found) for title in laws)
    listed = pages(sqlite_site, "/staff/desk/unverified")
    assert len(listed) > 1
    assert len(pages(sqlite_site, "/staff/desk/drafts")) == 2


def test_a_page_that_is_gone_and_one_that_never_was(shared_site: Site) -> None:
    browser = shared_site.browser(ADA)
    for path, end in ENDS.items():
        page = browser.get(path, query_string={"after": end})
        assert (page.status, "There are no more." in page.text) == (200, True)
    for query in ("after=nothing", "sort=colour"):
        assert browser.send("GET", f"/staff/asks/?{query}").status_code == 400
