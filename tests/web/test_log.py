"""The event log as staff read it: filtered, paged, entry by entry, and as a file."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import day_of, now, today
from tracker.exports.folder import LOG
from tracker.models import Event, Person
from tracker.queries import log
from tracker.rules.people import Actor, Role
from tracker.services import events, proof
from tracker.services.change import Change
from tracker.services.events import Subject


@pytest.fixture
def edited(site: Site) -> int:
    """The number of the entry in which Ed gives the ask a formula for a note, and another title."""
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}/edit")
    form.submit("Keep", internal_note="=1+1<b>", title=f"{form.value('title')} now", change_reason="So it is <clear>.")
    edits = sa.select(sa.func.max(Event.id)).where(Event.action == "edited", Event.subject == "ask")
    return int(site.scalar(edits))


def numbers(site: Site, query: str, who: str = ADA) -> list[int]:
    """The entries that a filtered log shows, page by page."""
    browser, found = site.browser(who), []
    path = f"/staff/log?{query}"
    while path:
        page = browser.get(path)
        found += [int(item.get("id", "").removeprefix("e-")) for item in page.tree.iter("li") if item.get("id")]
        path = next((link.get("href", "") for link in page.tree.iter("a") if link.get("rel") == "next"), "")
    return found


def expected(site: Site, *conditions: sa.ColumnElement[bool]) -> list[int]:
    with site.reading() as session:
        return list(session.scalars(sa.select(Event.id).where(*conditions).order_by(Event.id.desc())))


def test_each_filter_leaves_what_fits(site: Site, edited: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log.list_entries, "__defaults__", (7,))
    ed = site.scalar(sa.select(Person.id).where(Person.name == ED))
    opened = day_of(site.scalar(sa.select(sa.func.min(Event.at))))
    of_laws = (Event.subject == "legislation", Event.action == "published", Event.actor_id.is_(None))
    for query, conditions in (
        (f"ask={WEALTH_ORDERS}", [Event.ask_id == site.ask_id()]),
        ("person=0&subject=legislation&action=published", of_laws),
        (f"subject=person&from={opened}&to={today()}", [Event.subject == "person"]),
        (f"to={opened - timedelta(1)}", [sa.false()]),
        ("ask=nobody-asked-for-it", [sa.false()]),
    ):
        assert numbers(site, query) == expected(site, *conditions), query
    assert edited in numbers(site, f"person={ed}&subject=ask")


def test_a_publication_is_told_once_and_machines_only_if_one_asks(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    status_form(sqlite_site, ed).submit("Publish", **UNDONE)
    overtaken = UNDONE | {"status": "overtaken", "happened_on": "2 May 2026"}
    status_form(sqlite_site, sqlite_site.browser(CLEO)).submit("Send for approval", **overtaken)
    ed.get("/staff/").follow("Look and decide on 2 May 2026: The power was repealed.").submit("Publish")
    told = expected(sqlite_site, Event.actor_id.is_not(None), Event.action.not_in(("drafted", "approved")))
    assert numbers(sqlite_site, "")[1:] == told  # one more: this very look signs in
    everything = expected(sqlite_site)
    assert numbers(sqlite_site, "all=yes")[1:] == everything
    page = sqlite_site.browser(ADA).get("/staff/log").follow("Show what machines wrote too")
    assert "Ada Admin signed in." in page.text
    assert len([item for item in page.tree.iter("li") if item.get("id", "").startswith("e-")]) == log.SIZE
    assert page.browser.send("GET", "/staff/log.csv").text.count("\r\n") > len(everything)


@pytest.mark.parametrize("who", [CLEO, ED])
def test_what_concerns_other_people_is_for_those_who_manage_people(sqlite_site: Site, who: str) -> None:
    others = sqlite_site.browser(ADA)
    browser = sqlite_site.browser(who)
    own = sqlite_site.scalar(sa.select(Person.id).where(Person.name == who))
    mine = expected(sqlite_site, Event.subject == "person", Event.subject_id == own)
    assert numbers(sqlite_site, "subject=person", who)[1:] == mine  # one more: this very look signs in
    foreign = expected(sqlite_site, Event.subject == "person", Event.subject_id != own)[0]
    assert others.send("GET", f"/staff/log/{foreign}").status_code == 200
    with sqlite_site.change(ADA) as change:  # a new kind of record is hidden until somebody decides
        unknown = events.record(change, "created", Subject("secret", 1, "A secret")).id
    for number in (foreign, unknown, 99999999):
        assert browser.send("GET", f"/staff/log/{number}").status_code == 404


def test_an_entry_says_all_and_the_file_holds_what_fits_and_no_formula(
    site: Site, edited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.browser(CLEO).get(f"/staff/log/{edited}")
    assert "Ed Editor edited the ask" in page.text
    assert "So it is <clear>." in page.text
    assert '<ins><span class="unseen">[put in: </span> now<span class="unseen">]</span></ins>' in page.html
    assert f'href="/staff/asks/{site.ask_id()}"' in page.html
    assert site.scalar(sa.select(Event.hash).where(Event.id == edited)) in page.text
    ada = site.browser(ADA)
    with site.change(ADA) as change:
        formula = events.record(change, "edited", Subject("ask", site.ask_id(), "=cmd()", site.ask_id())).id
    monkeypatch.setattr(log, "STEP", 3)  # it is read in steps
    answer = ada.send("GET", f"/staff/log.csv?ask={WEALTH_ORDERS}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    assert f'attachment; filename="log-{today()}.csv"' in answer.headers["Content-Disposition"]
    rows = {int(row["id"]): row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    assert list(rows[edited]) == [column.name for column in LOG.columns]
    assert list(rows) == expected(site, Event.ask_id == site.ask_id())
    assert json.loads(rows[edited]["after"])["internal_note"] == "=1+1<b>"
    assert "'=cmd()" in rows[formula].values()


def test_entries_stand_in_their_order_when_the_clock_was_put_back(sqlite_site: Site) -> None:
    with sqlite_site.change(ADA) as change:
        before = Change(change.session, change.actor, now() - timedelta(days=2))
        number = events.record(before, "edited", Subject("ask", 1, "An ask", 1)).id
        change.session.flush()
        page = log.list_entries(change.session, Actor("Ada", Role.ADMIN, 1), log.LogFilter(has_all=True), None, 2)
        listed = [(entry.event.id, entry.is_dated_back) for entry in page.entries]
        assert listed == [(number, True), (number - 1, False)]
        proof.verify(change.session)
    assert f"written after entry {number - 1}" in sqlite_site.browser(ADA).get(f"/staff/log/{number}").text


def test_what_cannot_be_filtered_by_is_refused_in_words(shared_site: Site) -> None:
    browser = shared_site.browser(ADA)
    days = ("from=yesterday", "to=9999-12-31", "from=0001-01-01")
    for query in ("person=x", "person=-1", *days, "ask=%00", "x=1", "ask=a&ask=b"):
        for path in ("/staff/log", "/staff/log.csv"):
            assert browser.send("GET", f"{path}?{query}").status_code == 400, (path, query)
    assert browser.send("GET", "/staff/log?before=1.5").status_code == 400
