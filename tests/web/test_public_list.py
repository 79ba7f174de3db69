"""The first page with its counts and every ask, and the page of a search with the asks that fit."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.browser import Page
from tests.exported import rows
from tests.factories import make_ask, make_source, make_test, make_update
from tests.page_checks import classes, text_of
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.clock import today
from tracker.models import Ask, Source, Update
from tracker.queries.public.updates import LOOKED_THROUGH
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status
from tracker.rules.updates import Result, UpdateKind


def slugs(page: Page) -> list[str]:
    """The slugs of the asks that a page lists, in its order."""
    items = [item for item in page.tree.iter("li") if "ask" in classes(item)]
    titles = [next(heading for heading in item.iter() if heading.tag in {"h2", "h4"}) for item in items]
    return [link.get("href", "").removeprefix("/asks/") for title in titles for link in title.iter("a")]


def marked(page: Page) -> set[str]:
    """The words that a page marks as found."""
    return {"".join(mark.itertext()).casefold() for mark in page.tree.iter("mark")}


def latest(site: Site) -> list[str]:
    """What the first page tells as the latest updates."""
    (section,) = [each for each in site.browser().get("/").tree.iter("section") if each.get("id") == "latest"]
    return [text_of(words) for item in section.iter("li") for words in item.iter("p")]


def test_the_counts_stand_in_words_and_in_the_key_and_every_ask_in_its_family(shared_site: Site) -> None:
    page = shared_site.browser().get("/")
    assert page.h1 == "Eleven things were asked in 2018. Three were done."
    counted = "3 met, 4 partly met, 1 open, 2 ended without it and 1 not counted"
    assert f"Today: {counted}." in page.all("p", "lede")[0]
    (key,) = [element for element in page.tree.iter("ul") if "key" in classes(element)]
    assert text_of(key) == "3 Met 4 Partly met 1 Open 2 Ended without it 1 Not counted 0 No status yet"
    groups = [element for element in page.tree.iter("section") if "group" in classes(element)]
    leads = {text_of(link): link.get("href", "") for link in key.iter("a")}
    for family, group, (words, address) in zip(Family, groups, leads.items(), strict=True):
        number = words.partition(" ")[0]
        assert text_of(next(group.iter("h3"))) == f"{family.label} {number} {family.means}"
        found = shared_site.browser().get(address.partition("#")[0])
        assert found.h1 == f"{number} of 11 asks"
        assert len(slugs(found)) == int(number)
        links = [link.get("href", "") for title in group.iter("h4") for link in title.iter("a")]
        assert {href.removeprefix("/asks/") for href in links} == set(slugs(found))
    assert "No status has changed since November 2024" in page.all("h2")
    assert page.links()["The asks as a spreadsheet file"] == "/asks.csv"
    assert page.links()["all of the data"] == "/data"
    items = page.all("li", "ask")
    with shared_site.reading() as session:
        asks = session.scalars(sa.select(Ask).options(selectinload(Ask.tests))).all()
    assert len(items) == len(asks)
    for ask in asks:
        assert ask.status
        assert ask.status_on
        (item,) = [item for item in items if item.startswith(ask.title)]
        assert f"{ask.status.label} since {ask.status_on.in_words}" in item
        assert ask.status_reason in item
        results = [test.result for test in ask.tests if not test.is_archived]
        met = f"{results.count(Result.MET)} of {len(results)} test{'s' if len(results) != 1 else ''} met"
        assert (met if results else "No tests to judge it by") in item
    (missed,) = [item for item in items if "Deadline missed" in item]
    assert "Deadline missed: 31 December 2023" in missed


def test_the_latest_news_stay_however_often_we_look_and_learn_nothing(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id(), options=[selectinload(Ask.tests)])
        unknown = next(test for test in ask.tests if test.result is Result.UNKNOWN)
        make_update(change, ask, text="The news.")
        for _ in range(25):
            make_update(change, ask, kind=UpdateKind.REVIEW)
            make_update(change, ask, kind=UpdateKind.TEST, results=((unknown.id, Result.UNKNOWN),))
        make_update(change, ask, kind=UpdateKind.TEST, text="More news.", results=((unknown.id, Result.NOT_MET),))
    told = latest(sqlite_site)
    assert [words.partition(".")[0] for words in told[:2]] == ["More news", "The news"]
    assert len(told) == 5
    of_hidden = {"ask_id": sqlite_site.ask_id("stop-brexit"), "kind": UpdateKind.MILESTONE, "text": "No."}
    with sqlite_site.change(ED) as change:
        of_hidden |= {"happened_on": PartialDate("2026-11-01"), "recorded_at": change.at, "published_at": change.at}
        hidden = [
            of_hidden | {"key": f"hidden-{number}", "publication": Publication.PUBLISHED}
            for number in range(LOOKED_THROUGH + 1)
        ]
        change.session.execute(sa.insert(Update), hidden)
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == "stop-brexit").values(publication=Publication.DRAFT))
    assert latest(sqlite_site)[:2] == told[:2]


def test_a_search_combines_what_was_chosen_keeps_it_and_carries_it_to_the_files(shared_site: Site) -> None:
    browser = shared_site.browser()
    found = browser.get("/").submit("Search", family="met", kind="sanctions", topic="sanctions", q="ukraine")
    assert found.h1 == "“ukraine”: 2 of 11 asks"
    assert found.title.startswith(found.h1)
    chosen = found.all("p", "chosen")[0]
    for words in ("Result: Met", "Kind: Sanctions measure", "Topic: Sanctions", "Words: ukraine"):
        assert words in chosen
    kept = [found.value(name) for name in ("family", "kind", "topic", "q")]
    assert kept == ["met", "sanctions", "sanctions", "ukraine"]
    assert found.links()["Clear the filters"] == "/#asks"
    assert marked(found) == {"ukraine"}

    page = browser.get("/?family=ended&q=brexit")
    downloads = [href for href in page.links().values() if ".csv" in href]
    assert downloads == ["/asks.csv?family=ended&q=brexit"]
    assert page.links()["These asks as a spreadsheet file"] == downloads[0]
    files = rows(shared_site, "asks", family="ended", q="brexit")
    assert [row["ask_slug"] for row in files] == slugs(page) == ["stop-brexit"]

    nothing = browser.get("/?q=no+such+zebra")
    assert nothing.h1 == "“no such zebra”: 0 of 11 asks"
    assert nothing.links()["see every ask"] == "/#asks"
    assert nothing.value("q") == "no such zebra"
    assert "havens" in marked(browser.get("/?q=havens")), "in a quotation"


def test_who_chose_something_gets_the_asks_without_the_charts(shared_site: Site) -> None:
    first = ("", "?on=2019-06-30", "?q=&family=&sort=")
    for query in (*first, "?sort=title", "?family=met&on=2019-06-30", "?after=2020-01-31~1", "?q=law"):
        page, is_first = shared_site.browser().get("/" + query), query in first
        assert bool(page.all("h1", "headline")) is is_first
        assert bool(page.all("ul", "key")) is is_first
        assert bool(re.search(r"\d of \d+ asks$", page.h1)) is not is_first
        robots = [meta.get("content") for meta in page.tree.iter("meta") if meta.get("name") == "robots"]
        assert robots == ([] if is_first else ["noindex"])
    assert "Met (3)" in shared_site.browser().get("/").text
    assert "Met (1)" in shared_site.browser().get("/?on=2019-06-30").text, "the filters count what stood then"


def test_hidden_asks_do_not_count_and_an_empty_tracker_says_so(sqlite_site: Site) -> None:
    for slug, publication in ((WEALTH_ORDERS, Publication.DRAFT), ("stop-brexit", Publication.ARCHIVED)):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(publication=publication))
    page = sqlite_site.browser().get("/")
    assert len(slugs(page)) == 9
    assert page.h1 == "Nine things were asked in 2018. Three were done."
    assert "Today: 3 met, 4 partly met, 1 ended without it and 1 not counted." in page.all("p", "lede")[0]
    sqlite_site.execute(sa.update(Ask).values(publication=Publication.DRAFT))
    page = sqlite_site.browser().get("/")
    assert "Nothing is published yet." in page.text
    assert page.links()["see how we will judge it"] == "/method"
    assert page.h1 == "Was it done?"
    assert page.all("ul", "key") == page.all("li", "ask") == []


def test_of_many_sources_the_first_page_names_three(sqlite_site: Site) -> None:
    for number in range(1, 6):
        publication = Publication.DRAFT if number == 1 else Publication.PUBLISHED
        values = {"key": f"speech-{number}", "title": f"Speech {number}", "publication": publication}
        sqlite_site.execute(sa.insert(Source).values(published_on=PartialDate(f"2001-0{number}"), **values))
    page = sqlite_site.browser().get("/")
    assert "They come from many sources." in page.all("p", "lede")[0]
    assert page.h1 == "Eleven things were asked. Three were done."
    named = page.section("sources-title")
    assert [f"Speech {number}" in named for number in range(1, 6)] == [False, True, True, True, False]
    assert named.endswith("and others: all sources")


def test_what_was_met_before_it_was_asked_this_year_has_not_been_met_since_last_year(sqlite_site: Site) -> None:
    this_year = PartialDate(str(today().year))
    with sqlite_site.change(ED) as change:
        source = make_source(change, key="new", published_on=this_year)
        ask = make_ask(change, source_id=source.id, slug="old-hat", published=True)
        results = ((make_test(change, ask).id, Result.MET),)
        make_update(change, ask, status=Status.MET, happened_on=PartialDate("2020"), results=results)
        other = change.session.get_one(Ask, sqlite_site.ask_id())
        make_update(change, other, status=Status.REJECTED, happened_on=this_year)
    titles = sqlite_site.browser().get("/").all("h2")
    assert f"One status changed in {this_year}" in titles
