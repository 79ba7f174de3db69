"""What search engines, social networks and programs read in the head of a page: true, whole, and in its place."""

import json
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, Legislation
from tracker.rules.dates import PartialDate

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


def test_a_law_is_described_as_far_as_it_is_known(shared_site: Site) -> None:
    address = HOST + LAW
    assert thing(shared_site.browser().get(LAW)) == {
        "@type": "Legislation",
        "@id": address,
        "url": address,
        "name": "Criminal Finances Act 2017",
        "legislationIdentifier": "2017 c. 22",
        "legislationType": "Act of the UK Parliament",
        "legislationDate": "2017-04-27",
        "sameAs": "https://www.legislation.gov.uk/ukpga/2017/22",
    }


def test_only_of_what_is_not_law_it_is_known_whether_it_is_in_force(sqlite_site: Site) -> None:
    """An Act may be in force in part; our links say of some provisions since when, and of none until when."""
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


class Alternate(NamedTuple):
    """A link to the same in another form."""

    type: str
    address: str
    title: str


PAGES = {
    "/": {"application/json", "text/csv", "application/atom+xml"},
    "/?family=partly_met&topic=illicit-finance&q=wealth": {"application/json", "text/csv", "application/atom+xml"},
    ASK: {"application/json", "application/atom+xml", "text/calendar"},
    "/updates": {"application/json", "text/csv", "application/atom+xml"},
    "/sources/how-do-we-deal-with-russia": {"application/json", "text/csv", "application/atom+xml"},
    "/bodies/home-office": {"application/json", "text/csv", "application/atom+xml"},
    "/unknown": {"application/atom+xml"},
    "/corrections": {"application/json", "text/csv", "application/atom+xml"},
    "/legislation": {"application/json", "text/csv"},
    LAW: {"application/json"},
    "/method": {"application/json"},
    "/data": {"application/json", "application/zip", "application/atom+xml"},
}
SAID = {ASK: f'"ask_slug":"{WEALTH_ORDERS}"', LAW: '"law_key":"ukpga/2017/22"'}


def alternates(page: Page) -> list[Alternate]:
    links = [link for link in page.tree.iter("link") if link.get("rel") == "alternate"]
    return [Alternate(link.get("type", ""), link.get("href", ""), link.get("title", "")) for link in links]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_json_csv_and_feed(shared_site: Site, path: str) -> None:
    browser = shared_site.browser()
    found = alternates(browser.get(path))
    assert {link.type for link in found} == PAGES[path]
    assert len({link.title for link in found}) == len(found)
    query = path.partition("/?")[2]
    for link in found:
        response = browser.send("GET", link.address)
        assert (response.status_code, response.mimetype) == (200, link.type)
        assert link.address.endswith(query)
        if link.type == "application/json":
            assert SAID.get(path, "") in response.text, "it is of the same record"
