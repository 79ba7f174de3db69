"""Who asked what: the pages of a source and of a body, and asks that ask for the same as another."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.exported import rows
from tests.factories import make_ask, make_source, make_test, make_update
from tests.page_checks import text_of
from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tracker.models import Ask, Body, Source
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.rows import count_rows
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import asks, records
from tracker.web.public import pages

ARTICLE = "/sources/how-do-we-deal-with-russia"


TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"


def passages(page: Page) -> dict[str, str]:
    """The passages of a source: where in it, and all that stands there."""
    found = [element for element in page.tree.iter("li") if element.get("class") == "columns"]
    shown: dict[str, str] = {}
    for each in found:
        place = text_of(next(each.iter("h3")))
        shown[place] = shown.get(place, "") + text_of(each)
    return shown


def asks_on(page: Page) -> set[str]:
    """The slugs of the asks that a page lists."""
    return {
        href.partition("?")[0].removeprefix("/asks/") for href in page.links().values() if href.startswith("/asks/")
    }


def make_manifesto(site: Site, number: int, quote: str = "We shall do it.", **source: Any) -> None:
    with site.change(ED) as change:
        made = make_source(change, **{"key": "manifesto", "title": "A manifesto"} | source)
        for each in range(number):
            pledge: dict[str, Any] = {"slug": f"pledge-{each}", "title": f"Pledge {each}", "quote": quote}
            make_ask(change, source_id=made.id, published=True, responsible_bodies=["The Council"], **pledge)


def test_a_source_says_who_asked_counts_its_asks_and_lists_each_once_beside_its_words(shared_site: Site) -> None:
    page = shared_site.browser().get("/").follow("“How do we deal with Russia?”")
    assert (page.path, page.h1) == (ARTICLE, "How do we deal with Russia?")
    with shared_site.reading() as session:
        source = session.scalars(sa.select(Source)).one()
        families = public.count_by_family(public.count_by_status(session))
        asks = session.scalars(sa.select(Ask).options(sa.orm.raiseload("*"))).all()
    assert source.published_on
    for part in (source.author, source.author_role, source.publisher, source.published_on.in_words):
        assert part in page.all("p", "lede")[0]
    assert page.links()["Read the source"] == source.url
    assert page.all("h2")[0].casefold().endswith("of its eleven asks are met")
    for family, number in families.items():
        assert f"{number} {family.label}" in page.text
    assert asks_on(page) == {ask.slug for ask in asks}
    assert len(page.all("li", "ask")) == len(asks)
    shown = passages(page)
    assert list(shown) == ["Paragraph 6", "Paragraph 9", "Paragraph 10", "Paragraph 11", "Paragraph 12"]
    for ask in asks:
        assert ask.status
        assert f"{ask.title} {ask.status.label}" in shown[ask.quote_place]
        assert " ".join(ask.quote.split()) in shown[ask.quote_place]


def test_a_body_lists_its_asks_and_no_others_and_those_of_each_page_can_be_taken_along(shared_site: Site) -> None:
    with shared_site.reading() as session:
        wanted = {line.slug for line in public.find_page(session, AskFilter(body="home-office"), size=100).lines}
    ask = shared_site.browser().get(f"/asks/{WEALTH_ORDERS}")
    body, source = ask.follow("Home Office"), ask.follow("All that was asked there, and what became of it")
    assert (body.path, body.h1, source.path) == ("/bodies/home-office", "Home Office", ARTICLE)
    assert asks_on(body) == wanted
    for page, query in ((source, "source=how-do-we-deal-with-russia"), (body, "body=home-office")):
        links = page.links()
        assert links["As a spreadsheet file (CSV)"] == f"/asks.csv?{query}"
        assert links["JSON"] == f"/api/v1/asks?{query}"
        assert links["Feed of the changes"] == f"/feed.atom?{query}"


def test_a_past_day_shows_what_stood_then_and_leads_on_to_that_day(shared_site: Site) -> None:
    page = shared_site.browser().get(f"{ARTICLE}?on=2020-10-02")
    assert page.notices[0].startswith("As things stood on 2 October 2020")
    assert f"{TITLE} In force, ask not yet met" in page.text
    assert page.follow("Today").path == ARTICLE
    assert page.follow(TITLE).links()["Home Office"].endswith("?on=2020-10-02")
    early = shared_site.browser().get(f"{ARTICLE}?on=1900-01-01")
    assert "We know of no status of its asks on that day." in early.notices


def test_words_that_are_a_part_of_longer_ones_stand_with_these(sqlite_site: Site) -> None:
    said = {"b": ("tax homes", "Line 10"), "a": ("Build.", "Line 9"), "c": ("We must tax homes now.", "Line 10")}
    with sqlite_site.change(ED) as change:
        source = make_source(change, key="speech", title="A speech")
        for slug, (quote, place) in said.items():
            asked: dict[str, Any] = {"slug": slug, "title": f"Ask {slug}", "quote": quote, "quote_place": place}
            make_ask(change, source_id=source.id, published=True, **asked)
    shown = passages(sqlite_site.browser().get("/sources/speech"))
    assert list(shown) == ["Line 9", "Line 10"]
    for words in ("We must tax homes now.", "Ask b", "Ask c"):
        assert words in shown["Line 10"]


def test_no_drafts_and_few_of_many_asks_are_there(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden: dict[str, Any] = {"slug": "hidden", "responsible_bodies": ["Hidden body", "Home Office"]}
    with sqlite_site.change(ED) as change:
        make_source(change, key="draft", title="A draft")
        make_ask(change, title="Hidden ask", source_id=1, **hidden)
    browser = sqlite_site.browser()
    for address in ("/sources/draft", "/bodies/hidden-body"):
        assert browser.send("GET", address).status_code == 404
    for address in (ARTICLE, "/bodies/home-office"):
        assert "Hidden" not in browser.get(address).text
    preview = sqlite_site.browser(ADA).get(f"/staff/asks/{sqlite_site.ask_id('hidden')}/preview")
    assert "Hidden body" in preview.text
    assert not [href for href in preview.links().values() if href.startswith(("/bodies/", "/sources/"))]
    monkeypatch.setattr(pages, "MOST_OF_ONE", 2)
    sqlite_site.forget()
    page = browser.get(ARTICLE)
    assert len(page.all("li", "ask")) == 2
    assert "These are 2 of 11 asks:" in page.text
    assert page.all("h2")[0].casefold().endswith("of its eleven asks are met"), "all are counted"


def test_the_counts_lead_to_the_asks_and_the_page_stays_without_them(sqlite_site: Site) -> None:
    make_manifesto(sqlite_site, 2)
    browser, archived = sqlite_site.browser(), {"publication": Publication.ARCHIVED}
    page = browser.get("/sources/manifesto")
    assert page.all("h2")[0] == "None of its two asks is met"
    assert page.follow("2 Open").h1 == "2 of 13 asks"
    assert page.follow("All of them, to filter and search").h1 == "2 of 13 asks"
    sqlite_site.execute(sa.update(Source).where(Source.key == "manifesto").values(**archived))
    assert len(browser.get("/sources/manifesto").all("li", "ask")) == 2, "its asks keep it"
    sqlite_site.execute(sa.update(Ask).where(Ask.slug.like("pledge-%")).values(**archived))
    assert browser.get("/sources/manifesto").notices == ["We follow no ask of this source now."]
    assert browser.get("/bodies/the-council").notices == ["We follow no ask for which it answers now."]
    assert browser.get("/?body=the-council").h1 == "0 of 11 asks"


def test_one_ask_is_told_as_one_beside_its_tests_and_as_it_was_typed(sqlite_site: Site) -> None:
    nasty = "\"><script>alert('x')</script> & “Škoda”"
    make_manifesto(sqlite_site, 1, quote=nasty, title=nasty, author=nasty, note=nasty)
    with sqlite_site.change(ED) as change:
        make_test(change, change.session.get_one(Ask, sqlite_site.ask_id("pledge-0")))
    sqlite_site.execute(sa.update(Body).where(Body.slug == "the-council").values(name=f"{nasty} Council"))
    page = sqlite_site.browser().get("/sources/manifesto")
    council = sqlite_site.browser().get("/asks/pledge-0").follow(f"{nasty} Council")
    assert (page.h1, council.h1) == (nasty, f"{nasty} Council")
    assert page.text.count(nasty) == 4
    for one in (page, council):
        assert one.all("h2")[0] == "Its one ask is not met yet"
        assert "0 of 1 test met" in one.text


# --- asks that ask for the same as another ---

SPEECH, MANIFESTO = "How do we deal with Russia?", "A manifesto"


@pytest.fixture
def pair(site: Site) -> Site:
    """A site with an ask of a later manifesto, not linked yet, that asks for the same."""
    with site.change(ED) as change:
        of_june: dict[str, Any] = {"author": "The Alliance", "published_on": PartialDate("2024-06")}
        manifesto = make_source(change, key="manifesto", title=MANIFESTO, **of_june)
        make_ask(change, slug="pledge", title="Pledge orders", source_id=manifesto.id, published=True)
    return site


def others(site: Site, slug: str, on: str = "") -> str:
    """What a page says of who else asked."""
    words = site.browser().get(f"/asks/{slug}{on and f'?on={on}'}").section("words")
    return words.partition("Who else asked for it")[2].partition("History of the wording")[0].strip()


def name_the_other(site: Site, slug: str, other: str, expect: str = "Kept.") -> Page:
    page = site.browser(ED).get(f"/staff/asks/{site.ask_id(slug)}/edit").submit("Keep", same_as_id=other)
    assert expect in page.text
    return page


def asked_elsewhere(site: Site, slug: str) -> list[str]:
    found: list[str] = json.loads(site.browser().send("GET", f"/api/v1/asks/{slug}").text)["asked_elsewhere"]
    return found


def test_an_editor_names_the_other_ask_and_both_pages_say_who_else_asked_and_when(pair: Site) -> None:
    assert others(pair, "pledge") == others(pair, WEALTH_ORDERS) == ""
    page = name_the_other(pair, "pledge", "no such ask", expect="No other ask here fits.")
    assert page.value("same_as_id") == "no such ask"
    name_the_other(pair, "pledge", "Pledge orders", expect="No other ask here fits.")
    for named in (f"https://tracker.example/asks/{WEALTH_ORDERS}", "", TITLE):
        name_the_other(pair, "pledge", named)
        assert bool(others(pair, "pledge")) is bool(others(pair, WEALTH_ORDERS)) is bool(named)
    for part in (TITLE, "Mike Gapes", SPEECH, "19 March 2018"):
        assert part in others(pair, "pledge")
    assert others(pair, WEALTH_ORDERS) == "Pledge orders The Alliance A manifesto June 2024"
    files = {row["ask_slug"]: row["same_as"] for row in rows(pair, "asks") if row["same_as"]}
    assert files == {"pledge": WEALTH_ORDERS}
    assert asked_elsewhere(pair, "pledge") == [WEALTH_ORDERS]
    assert asked_elsewhere(pair, WEALTH_ORDERS) == ["pledge"]
    log = pair.browser(ED).get("/staff/log").text
    assert f"number {pair.ask_id(WEALTH_ORDERS)}" in log[log.index("Same as") :][:40]
    assert others(pair, WEALTH_ORDERS, on="2024-05-31") == ""
    assert MANIFESTO in others(pair, WEALTH_ORDERS, on="2024-06-01")
    assert SPEECH in others(pair, "pledge", on="2024-06-01")


def test_all_who_asked_for_the_same_stand_on_each_page_whoever_named_whom(pair: Site) -> None:
    with pair.change(ED) as change:
        report = make_source(change, key="report", title="A report", published_on=PartialDate("2020")).id
        advice: dict[str, Any] = {"slug": "advice", "title": "Advice on orders", "same_as_id": pair.ask_id("pledge")}
        make_ask(change, source_id=report, published=True, **advice)
    name_the_other(pair, "pledge", WEALTH_ORDERS)
    for slug, titles in ((WEALTH_ORDERS, ("Pledge orders", "Advice on orders")), ("advice", ("Pledge orders", TITLE))):
        for title in titles:
            assert title in others(pair, slug)
    of_article = others(pair, "pledge")
    assert 0 < of_article.index(SPEECH) < of_article.index("A report")  # the first who asked stands first
    name_the_other(pair, WEALTH_ORDERS, "advice")  # a ring
    assert "Pledge orders" in others(pair, WEALTH_ORDERS)


def test_only_a_published_ask_is_shown(pair: Site) -> None:
    name_the_other(pair, WEALTH_ORDERS, "pledge")
    for publication in set(Publication) - {Publication.PUBLISHED}:
        pair.execute(sa.update(Ask).where(Ask.slug == "pledge").values(publication=publication))
        assert others(pair, WEALTH_ORDERS) == ""
        assert asked_elsewhere(pair, WEALTH_ORDERS) == []
        assert {row["same_as"] for row in rows(pair, "asks")} == {""}


def test_a_draft_between_two_published_asks_joins_them_for_nobody(pair: Site) -> None:
    with pair.change(CLEO) as change:
        source_id = change.session.scalars(sa.select(Source.id)).first()
        make_ask(change, slug="between", title="Between", source_id=source_id, same_as_id=pair.ask_id("pledge"))
    name_the_other(pair, WEALTH_ORDERS, "between")
    assert others(pair, WEALTH_ORDERS) == others(pair, "pledge") == ""
    assert asked_elsewhere(pair, "pledge") == []
    with pair.change(ED) as change:
        ask = change.session.get_one(Ask, pair.ask_id("between"))
        make_update(change, ask, status=Status.ANNOUNCED, happened_on=PartialDate("2018-01-01"))
        asks.publish_ask(change, ask, None)
        records.archive(change, ask, None, "It says the same.")
    assert asked_elsewhere(pair, "pledge") == [WEALTH_ORDERS]


def test_of_several_sources_lists_say_whose_ask_it_is(pair: Site, shared_site: Site) -> None:
    by_article, by_manifesto = f"Mike Gapes, {SPEECH}", f"The Alliance, {MANIFESTO}"
    for path in ("/", "/?sort=title", "/?on=2024-12-31", "/bodies/home-office"):
        assert by_article not in shared_site.browser().get(path).text
        assert by_article in pair.browser().get(path).text
        assert path.startswith("/bodies") or by_manifesto in pair.browser().get(path).text
    assert by_manifesto not in pair.browser().get("/sources/manifesto").section("passages")
    first = pair.browser().get("/")
    assert first.links()[f"“{MANIFESTO}”"] == "/sources/manifesto"
    found = first.submit("Search", source="manifesto")
    assert "Pledge orders" in found.text
    assert TITLE not in found.text
    pair.execute(sa.update(Source).where(Source.key == "manifesto").values(author=""))
    assert f"· {MANIFESTO}" in pair.browser().get("/").text


def test_an_archived_source_stays_among_the_sources_while_we_follow_its_asks(sqlite_site: Site) -> None:
    make_manifesto(sqlite_site, 1, published_on=PartialDate("2024"))
    archived = {"publication": Publication.ARCHIVED}
    sqlite_site.execute(sa.update(Source).where(Source.key == "manifesto").values(**archived))
    home = sqlite_site.browser().get("/")
    assert home.h1.startswith("Twelve things were asked. "), "not all of them in 2018"
    assert "A manifesto" in home.section("sources-title")
    assert "Mike Gapes, How do we" in home.all("li", "ask")[0]
    keys = {row["source_key"] for row in rows(sqlite_site, "sources")}
    assert keys == {row["source_key"] for row in rows(sqlite_site, "asks")}
    with sqlite_site.reading() as session:
        assert count_rows(session)["sources"] == len(keys) == len(public.list_sources(session))
