"""An ask that asks for the same as another: both say who else asked, and when."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.exported import rows
from tests.factories import make_ask, make_source, make_update
from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tracker.models import Ask, Source
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import asks, records

ARTICLE, MANIFESTO = "How do we deal with Russia?", "A manifesto"
TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"


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
    for part in (TITLE, "Mike Gapes", ARTICLE, "19 March 2018"):
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
    assert ARTICLE in others(pair, "pledge", on="2024-06-01")


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
    assert 0 < of_article.index(ARTICLE) < of_article.index("A report")  # the first who asked stands first
    name_the_other(pair, WEALTH_ORDERS, "advice")  # a ring
    assert "Pledge orders" in others(pair, WEALTH_ORDERS)


@pytest.mark.parametrize("publication", sorted(set(Publication) - {Publication.PUBLISHED}))
def test_only_a_published_ask_is_shown(pair: Site, publication: Publication) -> None:
    name_the_other(pair, WEALTH_ORDERS, "pledge")
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
    by_article, by_manifesto = f"Mike Gapes, {ARTICLE}", f"The Alliance, {MANIFESTO}"
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
