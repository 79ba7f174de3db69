"""What search engines and social networks read of a page: true, whole, and unable to break out of its place."""

import json
from typing import Any

import sqlalchemy as sa

from tests.browser import Page
from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, Legislation
from tracker.rules.dates import PartialDate

ASK = f"/asks/{WEALTH_ORDERS}"
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
    address = f"{HOST}/legislation/ukpga/2017/22"
    assert thing(shared_site.browser().get("/legislation/ukpga/2017/22")) == {
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
        law = sqlite_site.browser().get("/legislation/ukpga/2017/22")
        assert thing(law)["name"] == typed
        assert meta(law)["og:title"] == " ".join(typed.split())
        assert "<script>" not in page.html + law.html


def test_the_address_of_a_past_day_is_that_of_the_page(shared_site: Site) -> None:
    assert meta(shared_site.browser().get(f"{ASK}?on=2019-01-01"))["og:url"] == HOST + ASK


def test_every_page_has_words_and_a_picture_for_social_networks(make_site: MakeSite) -> None:
    browser, site = make_site(PRODUCTION).browser(), "https://tracker.example"
    for path in (ASK, "/", "/about", "/method", "/legislation", "/legislation/ukpga/2017/22", "/data"):
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


def test_pages_with_changes_name_their_feed(shared_site: Site) -> None:
    for path, feed in ((ASK, f"{ASK}/feed.atom"), ("/", "/feed.atom")):
        links = shared_site.browser().get(path).tree.iter("link")
        assert feed in [link.get("href") for link in links if link.get("type") == "application/atom+xml"]
