"""What a phone has to load: small pages, one small stylesheet, and nothing else."""

import pytest
import sqlalchemy as sa

from tests.site import Site
from tracker.models import Ask
from tracker.paths import resource_dir

MOST_BYTES = 60_000
PAGES = ["/", "/?q=russia", "/legislation", "/legislation/ukpga/2017/22", "/method", "/about", "/nowhere"]


@pytest.mark.parametrize(("name", "most"), [("site.css", 15_000), ("desk.css", 5_000), ("card.css", 2_500)])
def test_a_stylesheet_is_small_and_asks_for_nothing_more(shared_site: Site, name: str, most: int) -> None:
    css = shared_site.browser().request("GET", f"/static/{name}").html
    assert len(css.encode()) < most
    assert "@import" not in css
    assert "@font-face" not in css
    assert [part for part in css.split("url(")[1:] if not part.startswith('"#')] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small(shared_site: Site, path: str) -> None:
    assert len(shared_site.browser().get(path).html.encode()) <= MOST_BYTES


def test_the_page_of_each_ask_is_small(shared_site: Site) -> None:
    browser = shared_site.browser()
    with shared_site.reading() as session:
        slugs = session.scalars(sa.select(Ask.slug)).all()
    weights = {slug: len(browser.get(f"/asks/{slug}").html.encode()) for slug in slugs}
    assert {slug: weight for slug, weight in weights.items() if weight > MOST_BYTES} == {}


@pytest.mark.parametrize("path", ["/", "/asks/overseas-territories-registers", "/method"])
def test_a_page_loads_one_stylesheet_and_an_icon(shared_site: Site, path: str) -> None:
    tree = shared_site.browser().get(path).tree
    loaded = [
        link.get("href", "") for link in tree.iter("link") if link.get("rel") in ("stylesheet", "icon", "preload")
    ]
    assert sorted(address.partition("?")[0] for address in loaded) == ["/static/icon.svg", "/static/site.css"]
    loading = [element for element in tree.iter() if element.tag in ("script", "img", "iframe", "object", "video")]
    assert not [element.tag for element in loading if element.get("type") != "application/ld+json"]


def test_templates_are_sent_without_their_indentation(shared_site: Site) -> None:
    indented = [line for line in shared_site.browser().get("/").html.splitlines() if line.startswith(" ")]
    source = (resource_dir("templates") / "public" / "index.html").read_text(encoding="utf-8")
    assert any(line.startswith("    <") for line in source.splitlines())
    assert indented == []
