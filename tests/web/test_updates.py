"""The updates of all asks page by page, and the corrections with both sides."""

from collections import Counter

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.site import WEALTH_ORDERS, Site
from tests.web.test_story import NEWS, ask_page
from tracker.clock import today
from tracker.models import Ask, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateKind


def entries(page: Page) -> list[str]:
    """Where the entries of a page lead, in its order."""
    return [link.get("href", "") for link in page.tree.iter("a") if "#u-" in link.get("href", "")]


def walk(site: Site, path: str) -> list[list[str]]:
    """The entries of each page from here to the last."""
    page = site.browser().get(path)
    found = [entries(page)]
    while "Older" in page.links():
        page = page.follow("Older")
        found.append(entries(page))
        assert "Newest" in page.links()
    return found


def test_paging_visits_every_published_entry_once(shared_site: Site) -> None:
    pages = walk(shared_site, "/updates")
    with shared_site.reading() as session:
        published = sa.select(Ask.slug, Update.key).join(Update.ask).where(Update.publication == Publication.PUBLISHED)
        expected = {f"/asks/{slug}#u-{key}" for slug, key in session.execute(published)}
    visited = [entry for page in pages for entry in page]
    assert Counter(visited) == Counter(expected)
    assert [len(page) for page in pages[:-1]] == [30] * (len(pages) - 1)
    assert len(pages) > 3


def test_a_kind_has_as_many_entries_as_its_count_says_and_another_is_a_clear_400(shared_site: Site) -> None:
    browser = shared_site.browser()
    for kind in UpdateKind:
        count = sum(map(len, walk(shared_site, f"/updates?kind={kind.value}")))
        page = browser.get(f"/updates?kind={kind.value}")
        assert page.links()[f"{kind.label} ({count})"] == f"/updates?kind={kind.value}"
        assert ("There is no such entry yet." in page.notices) is (count == 0)
    for wrong in ("wish", "status,test", "\x00", "x" * 5000):
        page = browser.get("/updates", query_string={"kind": wrong})
        assert page.status == 400
        assert "There is no such kind of entry. Choose one of: status, test, milestone" in page.text


def test_what_was_published_last_stands_first_and_then_what_happened_last(site: Site) -> None:
    before = entries(site.browser().get("/updates"))
    dates = [entry.partition("#u-")[2][:10] for entry in before]
    assert dates == sorted(dates, reverse=True), "the seeds were published at one moment"
    ask_page(site).follow("Post an update").submit("Publish", **NEWS | {"happened_on": "3 March 2019"})
    page = site.browser().get("/updates")
    assert entries(page) == [f"/asks/{WEALTH_ORDERS}#u-2019-03-03", *before[:-1]]
    first = next(item for item in page.all("li") if "A report came." in item)
    assert first.startswith("Use unexplained wealth orders against Kremlin-linked wealth 3 March 2019 Milestone")
    assert page.all("h2")[0] == f"Published on {PartialDate(today().isoformat()).in_words}"
    draft = NEWS | {"text": "A report is to come."}
    ask_page(site).follow("Post an update").submit("Keep as a draft", **draft)
    assert "A report is to come." not in site.browser().get("/updates").text


BROKEN = [
    "1", "\x00", "9" * 5000, "20261122T181506123456", "20261322T181506123456~2020-02~1",
    "20261122T181506123456~2020-13~1", "20261122T181506123456~2020~" + "9" * 10, "00000101T000000000000~2020~1",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/updates", "/corrections"])
def test_a_broken_page_key_is_a_clear_400_and_one_beyond_the_oldest_entry_says_so(shared_site: Site, path: str) -> None:
    browser = shared_site.browser()
    for key in BROKEN:
        page = browser.get(path, query_string={"after": key})
        assert page.status == 400
        assert "That page key leads nowhere" in page.text
    page = browser.get(path, query_string={"after": "19990101T000000000000~1999~999999999"})
    assert (page.status, page.notices) == (200, ["There is nothing older."])
    assert page.links()["Newest"] == path


def test_without_a_correction_the_page_says_so_honestly(shared_site: Site) -> None:
    page = shared_site.browser().get("/corrections")
    assert page.notices[0].startswith(
        "We have published no correction yet. That does not mean that there is no mistake"
    )
    assert "No ask and no test has been reworded" in page.section("reworded")
    assert page.links()["write to us"] == "/about#contact"
