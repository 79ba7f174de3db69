"""The event log as staff read it: filtered, paged, entry by entry, and as a file."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_posting import NEWS, PAGE
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


def test_each_filter_leaves_what_fits_and_pages_leave_nothing_out(
    site: Site, edited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log.list_entries, "__defaults__", (7,))
    ed = site.scalar(sa.select(Person.id).where(Person.name == ED))
    ask_id = site.ask_id()
    laws = Event.subject == "legislation"
    assert numbers(site, f"ask={WEALTH_ORDERS}") == expected(site, Event.ask_id == ask_id)
    assert edited in numbers(site, f"person={ed}&subject=ask")
    assert numbers(site, "person=0&subject=legislation&action=published") == expected(
        site, laws, Event.action == "published", Event.actor_id.is_(None)
    )
    opened = day_of(site.scalar(sa.select(sa.func.min(Event.at))))
    assert numbers(site, f"subject=person&from={opened}&to={today()}") == expected(site, Event.subject == "person")
    assert numbers(site, f"to={opened - timedelta(1)}") == []
    assert numbers(site, "ask=nobody-asked-for-it") == []


def test_a_publication_is_told_once_and_machines_only_if_one_asks(sqlite_site: Site) -> None:
    status_form(sqlite_site, sqlite_site.browser(ED)).submit("Publish", **UNDONE)
    form = sqlite_site.browser(CLEO).get(f"/staff/asks/{sqlite_site.ask_id()}").follow("Post an update")
    form.submit("Send for approval", **NEWS, **PAGE)
    sqlite_site.browser(ED).get("/staff/").follow("Look and decide on 1 May 2026: A report came.").submit("Publish")
    told = expected(sqlite_site, Event.actor_id.is_not(None), Event.action.not_in(("drafted", "approved")))
    assert numbers(sqlite_site, "")[1:] == told  # one more: this very look signs in
    everything = expected(sqlite_site)
    assert numbers(sqlite_site, "all=yes")[1:] == everything
    page = sqlite_site.browser(ADA).get("/staff/log").follow("Show what machines wrote too")
    assert "Ada Admin signed in." in page.text
    assert len([item for item in page.tree.iter("li") if item.get("id", "").startswith("e-")]) == log.SIZE
    assert sqlite_site.browser(ADA).send("GET", "/staff/log.csv").text.count("\r\n") > len(everything)


def test_an_entry_says_who_did_what_when_why_and_what_it_was(site: Site, edited: int) -> None:
    page = site.browser(CLEO).get(f"/staff/log/{edited}")
    assert "Ed Editor edited the ask" in page.text
    assert "So it is <clear>." in page.text
    assert '<ins><span class="unseen">[put in: </span> now<span class="unseen">]</span></ins>' in page.html
    assert f'href="/staff/asks/{site.ask_id()}"' in page.html
    assert site.scalar(sa.select(Event.hash).where(Event.id == edited)) in page.text


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


def test_the_file_holds_every_entry_that_fits_and_runs_no_formula(
    site: Site, edited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = site.browser(ADA)
    answer = ada.send("GET", f"/staff/log.csv?ask={WEALTH_ORDERS}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    assert f'attachment; filename="log-{today()}.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert list(rows[0]) == [column.name for column in LOG.columns]
    assert [int(row["id"]) for row in rows] == expected(site, Event.ask_id == site.ask_id())
    row = next(row for row in rows if row["id"] == str(edited))
    assert json.loads(row["after"])["internal_note"] == "=1+1<b>"
    with site.change(ADA) as change:
        events.record(change, "edited", Subject("ask", 1, "=cmd()", 1))
    assert "\r\n" in answer.text
    assert ",'=cmd()," in ada.send("GET", "/staff/log.csv?action=edited").text
    whole = ada.send("GET", "/staff/log.csv?subject=update").text
    monkeypatch.setattr(log, "STEP", 3)
    assert ada.send("GET", "/staff/log.csv?subject=update").text == whole, "it is read in steps"


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


@pytest.mark.parametrize(
    "query",
    ["person=x", "person=-1", "before=1.5", "from=yesterday", "to=9999-12-31", "from=0001-01-01", "ask=%00", "x=1",
     "ask=a&ask=b"],
)  # fmt: skip
def test_what_cannot_be_filtered_by_is_refused_in_words(shared_site: Site, query: str) -> None:
    browser = shared_site.browser(ADA)
    for path in ("/staff/log", "/staff/log.csv"):
        if "before" in query and path.endswith("csv"):
            continue
        assert browser.send("GET", f"{path}?{query}").status_code == 400, path
