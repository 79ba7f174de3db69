"""What search engines, social networks and programs read in the head of a page: true, whole, and in its place."""

import gzip
import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.face import Face
from tracker.models import Ask, Legislation
from tracker.rules.dates import PartialDate
from tracker.web.build import stylesheets, version_of

ASK = f"/asks/{WEALTH_ORDERS}"
LAW = "/legislation/ukpga/2017/22"
HOST = "http://127.0.0.1:8000"
BREAKOUTS = ["</script><script>alert(1)</script>", "<!--<script>", "]]> & \u2028 “Škoda” \\u003c", "'\"><b>"]


def thing(page: Page) -> dict[str, Any]:
    """What the page says to search engines; there is one block."""
    (block,) = page.tree.iter("script")
    data: dict[str, Any] = json.loads("".join(block.itertext()))
    assert data.pop("@context") == "https://schema.org"
    return data


def meta(page: Page) -> dict[str, str]:
    """The words for social networks; each stands once."""
    pairs = [(tag.get("property") or tag.get("name") or "", tag.get("content", "")) for tag in page.tree.iter("meta")]
    pairs = [(name, content) for name, content in pairs if name.startswith(("og:", "twitter:"))]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_a_law_is_described_as_far_as_it_is_known(sqlite_site: Site) -> None:
    """An Act may be in force in part; our links say of some provisions since when, and of none until when."""
    address = HOST + LAW
    assert thing(sqlite_site.browser().get(LAW)) == {
        "@type": "Legislation",
        "@id": address,
        "url": address,
        "name": "Criminal Finances Act 2017",
        "legislationIdentifier": "2017 c. 22",
        "legislationType": "Act of the UK Parliament",
        "legislationDate": "2017-04-27",
        "sameAs": "https://www.legislation.gov.uk/ukpga/2017/22",
    }
    of_bill = sa.update(Legislation).where(Legislation.key == "bill/2017-19/157")
    for enacted_on, force in (("2018-05-23", None), (None, "https://schema.org/NotInForce")):
        sqlite_site.execute(of_bill.values(enacted_on=enacted_on and PartialDate(enacted_on)))
        law = thing(sqlite_site.browser().get("/legislation/bill/2017-19/157"))
        assert (law.get("legislationDate"), law.get("legislationLegalForce")) == (enacted_on, force)


def test_the_data_are_a_dataset_whose_files_answer(shared_site: Site) -> None:
    browser = shared_site.browser()
    dataset = thing(browser.get("/data"))
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert 50 < len(dataset["description"]) < 5000
    for file in dataset["distribution"]:
        response = browser.send("HEAD", file["contentUrl"].removeprefix(HOST))
        assert (response.status_code, response.mimetype) == (200, file["encodingFormat"])


def test_no_text_can_break_out_of_its_place(sqlite_site: Site) -> None:
    for typed in BREAKOUTS:
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=typed, summary=typed))
        sqlite_site.execute(sa.update(Legislation).where(Legislation.key == "ukpga/2017/22").values(title=typed))
        page = sqlite_site.browser().get(ASK)
        assert meta(page)["og:title"] == typed
        law = sqlite_site.browser().get(LAW)
        assert thing(law)["name"] == typed
        assert meta(law)["og:title"] == " ".join(typed.split())
        assert "<script>" not in page.html + law.html


def test_every_page_has_words_and_a_picture_for_social_networks(make_site: MakeSite) -> None:
    browser, site = make_site(PRODUCTION).browser(), "https://tracker.example"
    for path in (ASK, "/", "/about", "/method", LAW, "/data"):
        page = Page(browser, path, browser.send("GET", path, base_url=site), [200])
        found = meta(page)
        assert found["og:title"] == page.title.removesuffix(" – Policy ask tracker")
        assert found["og:url"] == site + path
        assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
        assert found["og:image:alt"]
        assert found["og:description"]
        assert found["twitter:card"] == "summary_large_image"
        image = browser.send("GET", found["og:image"].removeprefix(site), base_url=site)
        assert (image.status_code, image.mimetype) == (200, "image/png")
    past = Page(browser, ASK, browser.send("GET", f"{ASK}?on=2019-01-01", base_url=site), [200])
    assert meta(past)["og:url"] == site + ASK


# --- the same in other forms ---

JSON, CSV, FEED = "application/json", "text/csv", "application/atom+xml"
PAGES = {
    "/": {JSON, CSV, FEED},
    "/?family=partly_met&topic=illicit-finance&q=wealth": {JSON, CSV, FEED},
    ASK: {JSON, FEED, "text/calendar"},
    "/updates": {JSON, CSV, FEED},
    "/sources/how-do-we-deal-with-russia": {JSON, CSV, FEED},
    "/bodies/home-office": {JSON, CSV, FEED},
    "/unknown": {FEED},
    "/corrections": {JSON, CSV, FEED},
    "/legislation": {JSON, CSV},
    LAW: {JSON},
    "/method": {JSON},
    "/data": {JSON, "application/zip", FEED},
}
SAID = {ASK: f'"ask_slug":"{WEALTH_ORDERS}"', LAW: '"law_key":"ukpga/2017/22"'}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_json_csv_and_feed(shared_site: Site, path: str) -> None:
    browser = shared_site.browser()
    links = [link.attrib for link in browser.get(path).tree.iter("link") if link.get("rel") == "alternate"]
    assert {link["type"] for link in links} == PAGES[path]
    assert len({link["title"] for link in links}) == len(links)
    for link in links:
        response = browser.send("GET", link["href"])
        assert (response.status_code, response.mimetype) == (200, link["type"])
        assert link["href"].endswith(path.partition("/?")[2])
        if link["type"] == JSON:
            assert SAID.get(path, "") in response.text, "it is of the same record"


# --- what a phone has to load: small pages with their small stylesheet in them, and nothing else ---

STYLESHEET = stylesheets(Face())["site.css"]

MOST_BYTES, MOST_OF_AN_ASK, MOST_BYTES_ON_THE_WAY = 60_000, 130_000, 14_000
LIGHT = [
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
    most = dict.fromkeys([*LIGHT, *(f"{ask}/story" for ask in asks)], MOST_BYTES) | dict.fromkeys(asks, MOST_OF_AN_ASK)
    heavy = {path: len(browser.get(path).html.encode()) - len(STYLESHEET.encode()) for path in most}
    assert {path: size for path, size in heavy.items() if size > most[path]} == {}


def test_the_first_page_comes_with_its_stylesheet_in_one_breath_and_without_indentation(shared_site: Site) -> None:
    """As many bytes as a server may send before it hears that the first have arrived."""
    response = shared_site.browser().send("GET", "/", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) <= MOST_BYTES_ON_THE_WAY
    sent = gzip.decompress(response.data)
    assert STYLESHEET.encode() in sent
    assert b"\n " not in sent


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
