"""What a phone has to load: small pages with their small stylesheet in them, and nothing else."""

import gzip

import pytest
import sqlalchemy as sa

from tests.site import Site
from tracker.face import Face
from tracker.models import Ask
from tracker.paths import resource_dir
from tracker.web.build import stylesheets, version_of

STYLESHEET = stylesheets(Face())["site.css"]

MOST_BYTES, MOST_OF_AN_ASK, MOST_BYTES_ON_THE_WAY = 60_000, 130_000, 14_000
PAGES = [
    "/", "/?q=russia", "/?on=2019-06-30", "/legislation", "/legislation/ukpga/2017/22", "/updates", "/unknown",
    "/sources/how-do-we-deal-with-russia", "/bodies/home-office",
    "/method", "/data", "/api", "/about", "/nowhere",
]  # fmt: skip


def test_a_stylesheet_is_small_and_asks_for_nothing_more(shared_site: Site) -> None:
    for name, most in (("site.css", 15_000), ("desk.css", 5_000), ("card.css", 2_500)):
        css = STYLESHEET if name == "site.css" else shared_site.browser().request("GET", f"/static/{name}").html
        assert len(css.encode()) < most
        assert "@import" not in css
        assert "@font-face" not in css
        assert [part for part in css.split("url(")[1:] if not part.startswith('"#')] == []


def test_every_page_is_small(shared_site: Site) -> None:
    browser = shared_site.browser()
    with shared_site.reading() as session:
        asks = [f"/asks/{slug}" for slug in session.scalars(sa.select(Ask.slug))]
    most = dict.fromkeys([*PAGES, *(f"{ask}/story" for ask in asks)], MOST_BYTES) | dict.fromkeys(asks, MOST_OF_AN_ASK)
    heavy = {path: len(browser.get(path).html.encode()) - len(STYLESHEET.encode()) for path in most}
    assert {path: size for path, size in heavy.items() if size > most[path]} == {}


def test_the_first_page_comes_with_its_stylesheet_in_one_breath(shared_site: Site) -> None:
    """As many bytes as a server may send before it hears that the first have arrived."""
    response = shared_site.browser().send("GET", "/", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert STYLESHEET.encode() in gzip.decompress(response.data)
    assert len(response.data) <= MOST_BYTES_ON_THE_WAY


@pytest.mark.parametrize("path", ["/", "/asks/overseas-territories-registers", "/nowhere", "/staff/sign-in"])
def test_a_page_has_its_stylesheet_within_and_loads_an_icon(shared_site: Site, path: str) -> None:
    tree = shared_site.browser().get(path).tree
    assert ["".join(style.itertext()) for style in tree.iter("style")] == [STYLESHEET]
    links = [link for link in tree.iter("link") if link.get("rel") in ("stylesheet", "icon", "preload")]
    own = [f"/static/desk.css?v={version_of('desk.css')}"] if path.startswith("/staff") else []
    icon, *others = [link.get("href", "") for link in links]
    assert (icon.partition("?")[0], others) == ("/icon.svg", own)
    loading = [element for element in tree.iter() if element.tag in ("script", "img", "iframe", "object", "video")]
    assert not [element.tag for element in loading if element.get("type") != "application/ld+json"]


def test_templates_are_sent_without_their_indentation(shared_site: Site) -> None:
    indented = [line for line in shared_site.browser().get("/").html.splitlines() if line.startswith(" ")]
    source = (resource_dir("templates") / "public" / "index.html").read_text(encoding="utf-8")
    assert any(line.startswith("    <") for line in source.splitlines())
    assert indented == []
