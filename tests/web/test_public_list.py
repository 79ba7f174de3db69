"""The first page: the counts, the filters and every ask with its status and the dates behind it."""

from datetime import date

import pytest
import sqlalchemy as sa

from tests.page_checks import classes
from tests.site import WEALTH_ORDERS, Site
from tracker.exports.tables import TABLES
from tracker.models import Ask, Source
from tracker.queries import public
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family


def shown(site: Site, **query: str) -> set[str]:
    """The slugs of the asks that the page lists."""
    page = site.browser().get("/", query_string=query)
    lists = [element for element in page.tree.iter("ul") if "asks" in classes(element)]
    links = [link.get("href", "") for asks in lists for heading in asks.iter("h3") for link in heading.iter("a")]
    return {href.removeprefix("/asks/") for href in links}


def test_the_counts_stand_in_words_and_in_the_bar(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    assert page.all("p", "headline") == ["11 asks: 3 met, 4 partly met, 1 open, 2 lost and 1 not counted."]
    assert "3 met, 4 partly met, 1 open, 2 lost and 1 not counted" in page.html.split("bar-title")[2]


def test_every_ask_stands_there_with_status_reason_and_dates(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    with shared_site.reading() as session:
        asks = session.scalars(sa.select(Ask)).all()
    assert len(asks) == 11
    items = [item for item in page.all("li") if "Changed" in item]
    assert len(items) == 11
    for ask in asks:
        assert ask.status
        assert ask.status_on
        assert ask.reviewed_on
        (item,) = [item for item in items if ask.title in item]
        assert ask.status.label in item
        assert ask.status_reason in item
        assert f"Changed {ask.status_on.in_words}" in item
        assert f"Checked {ask.reviewed_on.in_words}" in item


def test_an_ask_whose_first_deadline_is_over_and_that_is_not_won_is_overdue(shared_site: Site) -> None:
    items = [item for item in shared_site.browser().get("/").all("li") if "Overdue since" in item]
    assert len(items) == 1
    assert "Overdue since 31 December 2023" in items[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"family": "won"}, {"salisbury-hold-firm", "sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"status": "overtaken"}, {"stop-brexit"}),
        ({"topic": "uk-and-eu"}, {"eu-solidarity-on-russia", "stop-brexit"}),
        ({"kind": "sanctions"}, {"sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"q": "unexplained settled in leeds"}, {WEALTH_ORDERS}),
        ({"q": "LEEDS unexplained"}, {WEALTH_ORDERS}),
        ({"q": "Únexplained lééds"}, {WEALTH_ORDERS}),
        ({"family": "won", "kind": "sanctions", "q": "49 designations"}, {"uk-magnitsky-sanctions"}),
        ({"family": "won", "topic": "uk-and-eu"}, set()),
        ({"family": "lost", "status": "met"}, set()),
        ({"q": "%"}, set()),
        ({"q": "_____"}, set()),
        ({"q": "\\"}, set()),
        ({"utm_source": "x", "family": "lost"}, {"crown-dependencies-registers", "stop-brexit"}),
        ({"body": "home-office", "family": "part", "q": "unexplained"}, {"dirty-money-london"}),
        ({"law": "ukpga/2018/13", "family": "won"}, {"sanctions-ukraine-crimea", "uk-magnitsky-sanctions"}),
        ({"q": "Skripal"}, {"salisbury-hold-firm"}),
        ({"q": "sanction", "status": "partly_met", "topic": "uk-and-eu"}, {"eu-solidarity-on-russia"}),
    ],
)  # fmt: skip
def test_filters_combine(shared_site: Site, query: dict[str, str], expected: set[str]) -> None:
    assert shown(shared_site, **query) == expected


def test_the_form_of_filters_leads_to_what_it_says_and_keeps_the_choice(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    found = page.submit("Show asks", family="won", kind="sanctions", topic="sanctions", q="ukraine")
    assert "Showing" in found.text
    chosen = found.all("p", "chosen")[0]
    for words in ("Result: Met", "Kind: Sanctions measure", "Topic: Sanctions", "Words: ukraine"):
        assert words in chosen
    assert [found.value(name) for name in ("family", "kind", "topic", "q")] == [
        "won",
        "sanctions",
        "sanctions",
        "ukraine",
    ]
    assert found.links()["Clear the filters"] == "/#asks"


def test_the_downloads_carry_the_filters(shared_site: Site) -> None:
    page = shared_site.browser().get("/", query_string={"family": "lost", "q": "brexit"})
    downloads = [href for href in page.links().values() if ".csv" in href]
    assert len(downloads) == len(TABLES)
    assert all(href.endswith(".csv?family=lost&q=brexit") for href in downloads)
    assert "These hold only the asks that fit" in page.text


def test_nothing_found_says_so_and_offers_a_way_out(shared_site: Site) -> None:
    page = shared_site.browser().get("/", query_string={"q": "no such zebra"})
    assert "Showing 0 of 11 asks." in page.text
    assert page.links()["see every ask"] == "/#asks"
    assert page.value("q") == "no such zebra"


@pytest.mark.parametrize(
    "query",
    [
        "family=best",
        "status=stalled",
        "topic=nothing",
        "kind=wish",
        "q=%00",
        "q=" + "x" * 201,
        "family=won%00",
    ],
)
def test_a_filter_that_does_not_exist_is_a_clear_400(shared_site: Site, query: str) -> None:
    for path in ("/", "/asks.csv", "/updates.csv"):
        page = shared_site.browser().get(path, query_string=query)
        assert page.status == 400
        assert page.h1 == "We could not read that request"
        assert any(words in page.text for words in ("There is no such", "character"))


@pytest.mark.parametrize("query", ["ref=newsletter", "s=20&t=abc", "family=won&utm_source=x", "stauts=met", "q[]=x"])
def test_what_other_sites_hang_on_links_is_ignored_and_the_api_refuses_it(shared_site: Site, query: str) -> None:
    for path in ("/", "/asks.csv", "/feed.atom"):
        assert shared_site.browser().get(path, query_string=query).status == 200
    response = shared_site.app.test_client().get("/api/v1/asks", query_string=query)
    assert response.status_code == 400
    assert b"no filter called" in response.data


@pytest.mark.parametrize("path", ["/asks.csv", "/feed.atom", "/api/v1/asks"])
def test_a_filter_given_twice_is_refused_in_files(shared_site: Site, path: str) -> None:
    response = shared_site.app.test_client().get(path, query_string="family=won&family=lost")
    assert response.status_code == 400
    assert b"given twice" in response.data


def test_an_empty_tracker_says_what_will_stand_here(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).values(publication=Publication.DRAFT))
    page = sqlite_site.browser().get("/")
    assert "Nothing is published yet." in page.text
    assert page.links()["see how we will judge it"] == "/method"
    assert page.all("p", "headline") == []
    assert sqlite_site.browser().get("/asks.csv").html.count("\r\n") == 1


def test_a_draft_and_an_archived_ask_are_neither_listed_nor_counted(sqlite_site: Site) -> None:
    for slug, publication in ((WEALTH_ORDERS, Publication.DRAFT), ("stop-brexit", Publication.ARCHIVED)):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(publication=publication))
    assert len(shown(sqlite_site)) == 9
    assert not {WEALTH_ORDERS, "stop-brexit"} & shown(sqlite_site)
    page = sqlite_site.browser().get("/")
    assert page.all("p", "headline") == ["9 asks: 3 met, 4 partly met, 1 lost and 1 not counted."]


def test_a_reader_who_has_the_page_already_gets_304_until_something_changes(sqlite_site: Site) -> None:
    stranger = sqlite_site.browser()
    first = stranger.send("GET", "/")
    again = {"If-None-Match": first.headers["ETag"]}
    assert stranger.send("GET", "/", headers=again).status_code == 304
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Another title"))
    assert stranger.send("GET", "/", headers=again).status_code == 200


def test_of_many_sources_the_first_page_names_three(site: Site) -> None:
    for number in range(1, 6):
        publication = Publication.DRAFT if number == 1 else Publication.PUBLISHED
        values = {"key": f"speech-{number}", "title": f"Speech {number}", "publication": publication}
        site.execute(sa.insert(Source).values(published_on=PartialDate(f"2001-0{number}"), **values))
    (lede,) = site.browser().get("/").all("p", "lede")
    assert [f"Speech {number}" in lede for number in range(1, 6)] == [False, True, True, True, False]
    assert lede.endswith("and other sources.")


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
        then, now = (public.count_by_family(public.count_by_status(session, day))[Family.WON] for day in (on, None))
    assert then != now
    assert f"Met ({then})" in shared_site.browser().get(f"/?on={on}").text
    assert f"Met ({now})" in shared_site.browser().get("/").text
