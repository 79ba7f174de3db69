"""A link with something of the sentence around it leads where it means; addresses of entries lead to the entry."""

import csv
import io

import feedparser
import pytest

from tests.factories import make_update
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.models import Ask
from tracker.rules.dates import PartialDate

ASK = f"/asks/{WEALTH_ORDERS}"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/asks", "/"),
        ("/asks/", "/"),
        ("/asks?family=met", "/?family=met"),
        (f"{ASK}/", ASK),
        (f"{ASK}.", ASK),
        (f"{ASK}/?on=2019-06-30", f"{ASK}?on=2019-06-30"),
        (f"{ASK}/story).", f"{ASK}/story"),
        (f"{ASK}/feed.atom,", f"{ASK}/feed.atom"),
        ("/updates/", "/updates"),
        ("/updates%E2%80%9D", "/updates"),
        ("/asks.csv>", "/asks.csv"),
        ("/legislation/ukpga/2018/13;", "/legislation/ukpga/2018/13"),
        ("/staff/asks/.", "/staff/asks/"),
    ],
)
def test_an_address_with_the_end_of_a_sentence_leads_where_it_means(shared_site: Site, path: str, meant: str) -> None:
    answer = shared_site.browser().send("GET", path)
    assert (answer.status_code, answer.location) == (301, meant)


@pytest.mark.parametrize(
    "path",
    ["/nowhere/", "/asks/never.there", "/%5Cevil.example.", "/..//evil.example/", "/staff/asks/x/"],
)
def test_what_means_nothing_here_leads_nowhere(shared_site: Site, path: str) -> None:
    assert shared_site.browser().send("GET", path).status_code == 404


@pytest.mark.parametrize("path", ["//evil.example.", "//evil.example/.", "/\\evil.example.", "https://evil.example/"])
def test_nothing_leads_to_another_site(shared_site: Site, path: str) -> None:
    answer = shared_site.browser().send("GET", "/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404 or not (answer.location or "").startswith(("//", "http", "/\\"))


def test_a_form_is_never_led_on(shared_site: Site) -> None:
    assert shared_site.browser(ED).send("POST", "/staff/asks/new/").status_code in {400, 404}


def test_the_oldest_entry_of_a_long_story_is_led_to(sqlite_site: Site) -> None:
    """The page of the ask shows the newest fifty with their words."""
    with sqlite_site.change() as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        for number in range(55):
            make_update(change, ask, happened_on=PartialDate("2026-05-01"), text=f"Event {number}.")
    browser = sqlite_site.browser()
    rows = [
        row
        for row in csv.DictReader(io.StringIO(browser.send("GET", "/updates.csv").data.decode()))
        if row["ask_slug"] == WEALTH_ORDERS
    ]
    assert len(rows) > 55
    for address, text in [(row["update_url"], row["text"]) for row in rows[:3]]:
        page = browser.get(address.removeprefix("http://127.0.0.1:8000"))
        assert page.status == 200
        assert " ".join(text.split())[:60] in page.text
    for entry in feedparser.parse(browser.send("GET", f"{ASK}/feed.atom").data).entries[-3:]:
        assert browser.get(entry.link.removeprefix("http://127.0.0.1:8000")).status == 200
