"""The first page with its counts and every ask, and the page of a search with the asks that fit."""

import csv
import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.browser import Page
from tests.factories import make_update
from tests.page_checks import classes, text_of
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.clock import today
from tracker.models import Ask, Source
from tracker.queries import public
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status
from tracker.rules.updates import Result, UpdateKind


def slugs(page: Page) -> list[str]:
    """The slugs of the asks that a page lists, in its order."""
    items = [item for item in page.tree.iter("li") if "ask" in classes(item)]
    titles = [next(heading for heading in item.iter() if heading.tag in {"h2", "h4"}) for item in items]
    return [link.get("href", "").removeprefix("/asks/") for title in titles for link in title.iter("a")]


def shown(site: Site, **query: str) -> set[str]:
    """The slugs of the asks that the page of a search, or the first page, lists."""
    return set(slugs(site.browser().get("/", query_string=query)))


def test_the_counts_stand_in_words_and_in_the_key(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    assert page.h1 == "Eleven things were asked in 2018. Three were done."
    counted = "3 met, 4 partly met, 1 open, 2 ended without it and 1 not counted"
    assert f"Today: {counted}." in page.all("p", "lede")[0]
    (key,) = page.all("ul", "key")
    assert key == "3 Met 4 Partly met 1 Open 2 Ended without it 1 Not counted 0 No status yet"


def test_a_count_leads_to_the_asks_that_it_counts(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    (key,) = [element for element in page.tree.iter("ul") if "key" in classes(element)]
    leads = {text_of(link): link.get("href", "") for link in key.iter("a")}
    assert len(leads) == len(Family)
    for words, address in leads.items():
        found = shared_site.browser().get(address.partition("#")[0])
        number = words.partition(" ")[0]
        assert found.h1 == f"{number} of 11 asks"
        assert len(slugs(found)) == int(number)


def test_asks_stand_by_family_in_the_order_of_the_key(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    groups = [element for element in page.tree.iter("section") if "group" in classes(element)]
    with shared_site.reading() as session:
        families = {ask.slug: ask.status.family for ask in session.scalars(sa.select(Ask)) if ask.status}
    assert len(groups) == len(Family)
    for family, group in zip(Family, groups, strict=True):
        links = [link.get("href", "") for title in group.iter("h4") for link in title.iter("a")]
        members = {slug for slug, its_family in families.items() if its_family is family}
        assert {href.removeprefix("/asks/") for href in links} == members
        assert len(links) == len(members)
        assert text_of(next(group.iter("h3"))) == f"{family.label} {len(members)} {family.means}"


def test_every_ask_stands_there_with_status_tests_reason_and_dates(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    with shared_site.reading() as session:
        asks = session.scalars(sa.select(Ask).options(selectinload(Ask.tests))).all()
    assert len(asks) == 11
    items = page.all("li", "ask")
    assert len(items) == 11
    for ask in asks:
        assert ask.status
        assert ask.status_on
        (item,) = [item for item in items if item.startswith(ask.title)]
        assert f"{ask.status.label} since {ask.status_on.in_words}" in item
        assert ask.status_reason in item
        results = [test.result for test in ask.tests if not test.is_archived]
        met = f"{results.count(Result.MET)} of {len(results)} test{'s' if len(results) != 1 else ''} met"
        assert (met if results else "No tests to judge it by") in item


def test_an_ask_whose_first_deadline_is_over_and_that_is_not_met_missed_it(shared_site: Site) -> None:
    items = [item for item in shared_site.browser().get("/").all("li", "ask") if "Deadline missed" in item]
    assert len(items) == 1
    assert "Deadline missed: 31 December 2023" in items[0]


def test_a_late_look_of_ours_is_told_apart_from_a_missed_deadline(sqlite_site: Site) -> None:
    """Nobody but us can be late with a look, and the first page says so."""
    assert "We are late" not in sqlite_site.browser().get("/").text
    day = PartialDate((today() - timedelta(days=100)).isoformat())
    sqlite_site.execute(
        sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(reviewed_on=day, review_interval_days=99)
    )
    due = PartialDate((today() - timedelta(days=1)).isoformat())
    for path in ("/", "/?q=wealth"):
        items = [item for item in sqlite_site.browser().get(path).all("li", "ask") if "We are late" in item]
        assert len(items) == 1
        assert f"We are late: our next look was due by {due.in_words}." in items[0]
        assert "Deadline missed" not in items[0]


def test_the_title_of_the_years_says_when_a_status_last_changed(sqlite_site: Site) -> None:
    """A mistake that was put right on the same day moved nothing in the world."""
    assert "No status has changed since November 2024" in sqlite_site.browser().get("/").all("h2")
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        day = PartialDate("2026-05-01")
        wrong = make_update(change, ask, status=Status.REJECTED, happened_on=day).id
    assert "One status changed in 2026" in sqlite_site.browser().get("/").all("h2")
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        right: dict[str, Any] = {"kind": UpdateKind.CORRECTION, "status": Status.IN_FORCE, "happened_on": day}
        make_update(change, ask, corrects_id=wrong, **right)
    assert "No status has changed since November 2024" in sqlite_site.browser().get("/").all("h2")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"family": "met"}, {"salisbury-hold-firm", "sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"status": "overtaken"}, {"stop-brexit"}),
        ({"topic": "uk-and-eu"}, {"eu-solidarity-on-russia", "stop-brexit"}),
        ({"kind": "sanctions"}, {"sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"q": "unexplained settled in leeds"}, {WEALTH_ORDERS}),
        ({"q": "LEEDS unexplained"}, {WEALTH_ORDERS}),
        ({"q": "Únexplained lééds"}, {WEALTH_ORDERS}),
        ({"family": "met", "kind": "sanctions", "q": "49 designations"}, {"uk-magnitsky-sanctions"}),
        ({"family": "met", "topic": "uk-and-eu"}, set()),
        ({"family": "ended", "status": "met"}, set()),
        ({"q": "%"}, set()),
        ({"q": "_____"}, set()),
        ({"q": "\\"}, set()),
        ({"utm_source": "x", "family": "ended"}, {"crown-dependencies-registers", "stop-brexit"}),
        ({"body": "home-office", "family": "partly_met", "q": "unexplained"}, {"dirty-money-london"}),
        ({"law": "ukpga/2018/13", "family": "met"}, {"sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"q": "Skripal"}, {"salisbury-hold-firm"}),
        ({"q": "sanction", "status": "partly_met", "topic": "uk-and-eu"}, {"eu-solidarity-on-russia"}),
    ],
)  # fmt: skip
def test_filters_combine(shared_site: Site, query: dict[str, str], expected: set[str]) -> None:
    assert shown(shared_site, **query) == expected


def test_the_form_of_filters_leads_to_what_it_says_and_keeps_the_choice(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    found = page.submit("Search", family="met", kind="sanctions", topic="sanctions", q="ukraine")
    assert found.h1 == "“ukraine”: 2 of 11 asks"
    assert found.title.startswith(found.h1)
    chosen = found.all("p", "chosen")[0]
    for words in ("Result: Met", "Kind: Sanctions measure", "Topic: Sanctions", "Words: ukraine"):
        assert words in chosen
    assert [found.value(name) for name in ("family", "kind", "topic", "q")] == [
        "met",
        "sanctions",
        "sanctions",
        "ukraine",
    ]
    assert found.links()["Clear the filters"] == "/#asks"


def test_the_downloads_carry_the_filters(shared_site: Site) -> None:
    page = shared_site.browser().get("/", query_string={"family": "ended", "q": "brexit"})
    downloads = [href for href in page.links().values() if ".csv" in href]
    assert downloads == ["/asks.csv?family=ended&q=brexit"]
    assert page.links()["These asks as a spreadsheet file"] == downloads[0]
    rows = list(csv.DictReader(shared_site.browser().get(downloads[0]).html.lstrip("\ufeff").splitlines()))
    assert [row["ask_slug"] for row in rows] == slugs(page) == ["stop-brexit"]


def test_the_first_page_leads_to_all_asks_as_a_file(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    assert page.links()["The asks as a spreadsheet file"] == "/asks.csv"
    assert page.links()["all of the data"] == "/data"


def test_nothing_found_says_so_and_offers_a_way_out(shared_site: Site) -> None:
    page = shared_site.browser().get("/", query_string={"q": "no such zebra"})
    assert page.h1 == "“no such zebra”: 0 of 11 asks"
    assert page.links()["see every ask"] == "/#asks"
    assert page.value("q") == "no such zebra"


def test_a_filter_that_does_not_exist_leads_readers_to_all_asks_and_is_a_400_in_files(shared_site: Site) -> None:
    page = shared_site.browser().get("/?family=best")
    assert page.status == 200
    (notice,) = page.notices
    assert "There is no such" in notice
    assert notice.endswith("Here are all asks instead.")
    assert page.h1 == "11 of 11 asks"
    assert len(slugs(page)) == 11
    for path in ("/asks.csv", "/updates.csv", "/feed.atom"):
        page = shared_site.browser().get(f"{path}?family=best")
        assert page.status == 400
        assert page.h1 == "We could not read that request"
        assert "There is no such" in page.text


@pytest.mark.parametrize(
    ("query", "is_first"),
    [
        ("", True),
        ("?on=2019-06-30", True),
        ("?utm_source=x", True),
        ("?q=&family=&sort=", True),
        ("?sort=title", False),
        ("?family=met&on=2019-06-30", False),
        ("?after=2020-01-31~1", False),
        ("?q=law", False),
    ],
)
def test_who_chose_something_gets_the_asks_without_the_charts(shared_site: Site, query: str, is_first: bool) -> None:
    page = shared_site.browser().get("/" + query)
    assert bool(page.all("h1", "headline")) is is_first
    assert bool(page.all("ul", "key")) is is_first
    assert bool(re.search(r"\d of \d+ asks$", page.h1)) is not is_first
    robots = [meta.get("content") for meta in page.tree.iter("meta") if meta.get("name") == "robots"]
    assert robots == ([] if is_first else ["noindex"])


def test_an_empty_tracker_says_what_will_stand_here(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).values(publication=Publication.DRAFT))
    page = sqlite_site.browser().get("/")
    assert "Nothing is published yet." in page.text
    assert page.links()["see how we will judge it"] == "/method"
    assert page.h1 == "Was it done?"
    assert page.all("ul", "key") == page.all("li", "ask") == []
    assert sqlite_site.browser().get("/asks.csv").html.count("\r\n") == 1


def test_a_draft_and_an_archived_ask_are_neither_listed_nor_counted(sqlite_site: Site) -> None:
    for slug, publication in ((WEALTH_ORDERS, Publication.DRAFT), ("stop-brexit", Publication.ARCHIVED)):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(publication=publication))
    assert len(shown(sqlite_site)) == 9
    assert not {WEALTH_ORDERS, "stop-brexit"} & shown(sqlite_site)
    page = sqlite_site.browser().get("/")
    assert page.h1 == "Nine things were asked in 2018. Three were done."
    assert "Today: 3 met, 4 partly met, 1 ended without it and 1 not counted." in page.all("p", "lede")[0]


def test_of_many_sources_the_first_page_names_three(site: Site) -> None:
    for number in range(1, 6):
        publication = Publication.DRAFT if number == 1 else Publication.PUBLISHED
        values = {"key": f"speech-{number}", "title": f"Speech {number}", "publication": publication}
        site.execute(sa.insert(Source).values(published_on=PartialDate(f"2001-0{number}"), **values))
    page = site.browser().get("/")
    assert "They come from many sources." in page.all("p", "lede")[0]
    assert page.h1 == "Eleven things were asked. Three were done."
    named = page.section("sources-title")
    assert [f"Speech {number}" in named for number in range(1, 6)] == [False, True, True, True, False]
    assert named.endswith("and others: all sources")


def test_the_words_of_a_search_are_marked_wherever_they_stand(shared_site: Site) -> None:
    found = shared_site.browser().get("/?q=sanction")
    marked = {"".join(mark.itertext()) for mark in found.tree.iter("mark")}
    assert marked
    assert {word.casefold() for word in marked} <= {"sanction", "sanctions", "sanctioned"}
    story = shared_site.browser().get("/?q=Skripal")
    assert ["".join(mark.itertext()) for mark in story.tree.iter("mark")]
    quote = shared_site.browser().get("/?q=havens")
    assert "havens" in {"".join(mark.itertext()) for mark in quote.tree.iter("mark")}


def test_the_filters_of_a_past_day_count_what_stood_then(shared_site: Site) -> None:
    on = date(2019, 6, 30)
    with shared_site.reading() as session:
        then, now = (public.count_by_family(public.count_by_status(session, day))[Family.MET] for day in (on, None))
    assert then != now
    assert f"Met ({then})" in shared_site.browser().get(f"/?on={on}").text
    assert f"Met ({now})" in shared_site.browser().get("/").text
