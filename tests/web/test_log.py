"""What is logged: the event log as staff read it, and what the site says on standard error."""

import csv
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.site import ADA, CLEO, ED, PASSWORD, WEALTH_ORDERS, Site, email_of
from tests.web.test_imports import NEXT, upload
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import day_of, now, today
from tracker.exports.folder import LOG
from tracker.models import Event, Person
from tracker.queries import log
from tracker.rules.people import Actor, Role
from tracker.server import log_to_standard_error
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


# --- lines on standard error, which name nobody and which nobody can make up ---


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log as the server sets it up would write to standard error."""
    root, ours = logging.getLogger(), logging.getLogger("tracker")
    before = [(logger, logger.handlers[:], logger.level) for logger in (root, ours)]
    root.handlers.clear()
    log_to_standard_error()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream := io.StringIO())
    yield stream
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def said(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_sign_ins_failures_refusals_and_imports_are_lines(sqlite_site: Site, lines: io.StringIO) -> None:
    browser = sqlite_site.browser()
    form = browser.get("/staff/sign-in")
    form.submit("Sign in", email=email_of(CLEO), password="wrong\nat all")
    form.submit("Sign in", email=email_of(CLEO), password=PASSWORD)
    browser.send("GET", "/staff/people/")
    browser.send("POST", "/staff/sign-out", data={"csrf_token": "wrong"})
    upload(sqlite_site.browser(ED), {"asks.csv": NEXT}).submit("Bring it in")
    cleo = sqlite_site.scalar(sa.select(Person.id).where(Person.email == email_of(CLEO)))
    found = said(lines)
    assert [line["what"] for line in found] == [
        "sign-in failed",
        f"signed in: person {cleo}",
        "denied: may not manage people",
        "csrf: The CSRF token is invalid.",
        "import: 1 rows brought in",
    ]
    assert found[2]["person"] == cleo
    assert [line["page"] for line in found[1:4]] == ["auth.sign_in", "people.index", "auth.sign_out"]
    assert all(datetime.fromisoformat(str(line["at"])).tzinfo for line in found)
    assert not any(known in str(found) for known in (PASSWORD, "wrong", CLEO, ED, email_of(CLEO), "127.0.0.1"))


def test_an_error_is_one_line_without_the_token_of_a_link(sqlite_site: Site, lines: io.StringIO) -> None:
    def broken(**_: str) -> str:
        raise RuntimeError('one\n{"what": "another line"}\r\n')

    sqlite_site.app.view_functions |= {"public.about": broken, "links.choose": broken}
    for path in ("/about", "/staff/link/a-secret-token"):
        assert sqlite_site.browser(ADA).client.get(path).status_code == 500
    line, _ = said(lines)
    assert (line["level"], line["what"], line["page"]) == ("error", "unexpected error", "public.about")
    assert "another line" in str(line["error"])
    assert "a-secret-token" not in str(said(lines))
