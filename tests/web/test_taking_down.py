"""Words that were taken down stand in no page and no file, and everybody reads that and why they were."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.cli.commands import tracker_on
from tests.engines import Databases
from tests.factories import make_ask
from tests.site import ADA, CLEO, ED, Site
from tests.unwanted import OURS, REASON, WORDS, work
from tests.web.test_leaks import words_of
from tracker.clock import today
from tracker.models import Event
from tracker.rules.checks import MARK
from tracker.rules.dates import PartialDate
from tracker.services import taking_down

ASK = "/asks/empty-homes"
PICTURE = f"{ASK}/picture.png"
# Public addresses at which the words are read before they are taken down.
ADDRESSES = (
    "/", "/?on=2022-01-01", "/updates", "/legislation", "/legislation/ukpga/2018/199", "/corrections",
    "/sources/the-article", "/sources/the-article?on=2022-01-01", "/bodies/the-treasury", "/unknown",
    ASK, f"{ASK}?on=2022-01-01", f"{ASK}?on=2020-06-01", f"{ASK}/story", f"{ASK}/story?on=2022-01-01",
    f"{ASK}/history", f"{ASK}/card", f"{ASK}/badge.svg", f"{ASK}/feed.atom", f"{ASK}/calendar.ics", "/feed.atom",
    "/calendar.ics", "/asks.csv", "/updates.csv", "/evidence.csv", "/tests.csv", "/results.csv", "/legislation.csv",
    "/links.csv", "/replies.csv", "/sources.csv", "/api/v1/asks", f"/api/v1{ASK}", "/api/v1/updates?ask=empty-homes",
    "/api/v1/evidence?ask=empty-homes", "/api/v1/links?ask=empty-homes", "/api/v1/tests", "/api/v1/results",
    "/api/v1/legislation", "/api/v1/replies", "/api/v1/sources",
    "/api/v1/legislation/ukpga/2018/199", "/data.zip", "/data.sqlite3", "/data.xlsx",
)  # fmt: skip


@pytest.fixture(scope="module")
def before(shared_site: Site) -> dict[str, Any]:
    """What stood at each address before the words were taken down, which they are then."""
    with shared_site.change(ED) as change:
        work(change)
    found: dict[str, Any] = {address: read(shared_site, address) for address in ADDRESSES}
    found[PICTURE] = shared_site.browser().send("GET", PICTURE).data
    with shared_site.change(ADA) as change:
        wanted = (WORDS, REASON, OURS)
        taking_down.take_down(change, *wanted, taking_down.find(change.session, *wanted).seen)
    return found


def read(site: Site, address: str) -> str:
    """All text at an address, in small letters."""
    answer = site.browser().send("GET", address)
    assert answer.status_code == 200, address
    return words_of(answer).casefold()


def test_the_mark_stands_where_the_words_were_read(shared_site: Site, before: dict[str, Any]) -> None:
    for address in ADDRESSES:
        assert "quux" in before[address], address
        after = read(shared_site, address)
        assert [word for word in ("zebedee", "quux") if word in after] == [], address
        assert MARK.casefold() in after.replace("\r\n ", ""), address  # a calendar breaks its lines
    browser = shared_site.browser()
    assert browser.send("GET", PICTURE).data != before[PICTURE], "it is drawn anew"
    found = browser.get("/?q=Zebedee").text
    assert "No ask fits" in found
    assert "Tax empty homes" not in found
    assert browser.send("GET", "/bodies/office-of-zebedee-quux").status_code == 404


def test_everybody_reads_when_and_why_and_staff_are_told(shared_site: Site, before: dict[str, Any]) -> None:
    assert "words that the law made us take down" not in before["/corrections"]
    page = shared_site.browser().get("/corrections")
    said = page.section("taken-down")
    number = shared_site.scalar(sa.select(Event.after).where(Event.subject == "words"))["places"]
    assert PartialDate(today().isoformat()).in_words in said
    assert f"{REASON} In {number} texts." in said
    assert page.links()["words that the law made us take down"] == "#taken-down"
    told = shared_site.browser(ED).get("/staff/").section("accounts")
    assert "Ada Admin took words down in" in told
    assert REASON in told
    cleo = shared_site.browser(CLEO)
    log = cleo.get("/staff/log?subject=words")
    assert "took words down in" in log.text
    assert "quux" not in log.html.casefold()
    assert MARK in cleo.get(f"/staff/asks/{shared_site.ask_id('empty-homes')}").text


def test_an_empty_tracker_takes_in_the_marks_though_texts_are_longer_by_them(
    shared_site: Site, before: dict[str, Any], databases: Databases, tmp_path: Path
) -> None:
    assert before
    tracker_on(shared_site.engine.url.render_as_string(hide_password=False))("export", tmp_path, "--internal")
    with databases.temporary("sqlite") as url:
        assert "Brought in." in tracker_on(url)("import", tmp_path).out


def show(site: Site, words: str = WORDS, reason: str = REASON) -> Page:
    page = site.browser(ADA).get("/staff/log").follow("Take words down")
    with site.unchanged():
        return page.submit("Show where they stand", words=words, reason=reason)


def test_an_admin_sees_every_place_before_anything_is_done(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        work(change)
    for words, reason, field, said in (
        ("Nobody at all", REASON, "words", "stand nowhere"),
        (WORDS, "", "reason", "Fill in"),
        (WORDS, f"So {WORDS} asked.", "reason", "must not repeat"),
    ):
        page = show(sqlite_site, words, reason)
        assert (page.status, page.value("words"), page.value("reason")) == (422, words, reason)
        assert said in page.errors(field)[0]
        assert not page.has_button("Take them down for good")
    page = show(sqlite_site)
    is_place = re.compile(r"[A-Z][a-z]+, [a-z ]+: .*(\[words taken|#taken-down)")
    listed = [line for line in page.all("li") if is_place.match(line)]
    assert f"Where they stand: {len(listed)} places, and " in page.text
    assert f"Test, label: {MARK} has left" in listed
    assert f"Note, text: Remember {MARK}." in listed
    assert page.value("words") == WORDS
    with sqlite_site.change(ED) as change:
        make_ask(change, slug="zebedee-quux-goes", title=f"{WORDS} again")
    with sqlite_site.unchanged():
        again = page.submit("Take them down for good")
    assert again.status == 422, "what has changed since it was shown is shown again"
    assert "Look at them again" in again.summary[0]
    assert f"{MARK} again" in again.text
    assert "zebedee-quux-goes" in show(sqlite_site).notices[0], "an address that spells them is named"
    done = again.submit("Take them down for good")
    assert done.h1.startswith("Entry ")
    assert "The words are taken down." in done.notices[0]
    assert "quux" not in done.html.replace("zebedee-quux-goes", "").casefold()
    assert MARK in sqlite_site.browser().get(ASK).h1
