"""Writers are killed while they publish, and the disk fills up: nothing acknowledged is lost, nothing half-done.

A few rounds here; `make torture ROUNDS=200` runs hundreds. A kill shows what a crash of the program does; that the
disk has what was acknowledged is the matter of `synchronous = FULL`.
"""

import itertools
import os
import re
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from tests.copies import check_whole
from tests.engines import open_engine
from tests.factories import (
    NOW,
    ask_draft,
    find_staff,
    make_ask,
    make_law,
    make_link,
    make_staff,
    make_test,
    make_update,
)
from tests.full_disk import full_disk
from tests.processes import processes, received
from tests.site import ED, LOCAL, Site, open_app
from tests.test_concurrency import ed
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, StaffSession, Update
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.services import asks, sessions
from tracker.services.change import Change
from tracker.settings import Settings

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "2"))
WRITERS = 4
DEED = re.compile(r"r\d+w\d-(\d+)")


def begin(engine: sa.Engine, round_: int) -> int:
    """A published ask with a test and a law. A new one now and then: writing to a long story takes its time."""
    with writing(engine) as session:
        staff = find_staff(session) if round_ else make_staff(session)
        change = Change(session, staff.ed, NOW)
        ask = make_ask(change, published=True, slug=f"ask-{(session.scalar(sa.select(sa.func.max(Ask.id))) or 0) + 1}")
        make_test(change, ask)
        make_link(change, ask, make_law(change, citation=f"2018 c. {round_ + 1}"))
        return ask.id


def publish_for_ever(url: str, ask_id: int, name: str, acknowledge: Connection) -> None:
    """Deeds of several entries each, in one transaction; after each commit send its name."""
    with open_engine(url) as engine:
        for number in itertools.count():
            acknowledge.send(publish(engine, ask_id, f"{name}-{number}", number))


def publish(engine: sa.Engine, ask_id: int, deed: str, number: int) -> str:
    """One deed in one transaction; answer its name."""
    with writing(engine) as session:
        change = Change(session, ed(session), NOW)
        ask = session.scalars(sa.select(Ask).where(Ask.id == ask_id).options(selectinload(Ask.tests))).one()
        if number % 3:
            result = Result.UNKNOWN if number % 2 else Result.NOT_MET
            make_update(change, ask, text=deed, results=((ask.tests[0].id, result),))
        else:
            draft = replace(ask_draft(ask.source_id, slug=ask.slug), reading=f"We read it as {deed}.")
            asks.edit_ask(change, ask, draft, seen_version=None, reason=deed)
            other = Status.NOT_STARTED if ask.status is Status.ANNOUNCED else Status.ANNOUNCED
            make_update(change, ask, text=deed, status=other)
    return deed


def rest_of(pipe: Connection) -> list[str]:
    """What was sent before the sender died; a word that it was cut off in does not count."""
    words = []
    while pipe.poll():
        try:
            words.append(pipe.recv())
        except (EOFError, OSError):
            break
    return words


def check_deeds(engine: sa.Engine, acknowledged: set[str]) -> None:
    """Every acknowledged deed is there whole."""
    with reading(engine) as session:
        written = set(session.scalars(sa.select(Update.text)))
        reasons = set(session.scalars(sa.select(Event.reason).where(Event.subject == "ask")))
    assert acknowledged <= written
    deeds = [found for text in written if (found := DEED.fullmatch(text))]
    reworded = {deed[0] for deed in deeds if int(deed[1]) % 3 == 0}
    assert reworded == reasons - {""}  # the two halves of one transaction


def publish_and_be_killed(url: str, ask_id: int, name: str, client: FlaskClient) -> set[str]:
    """Answer what several writers told before they were killed; meanwhile somebody reads the ask."""
    ours, theirs = Pipe(duplex=False)
    calls = [(url, ask_id, f"{name}w{writer}", theirs) for writer in range(WRITERS)]
    with processes(publish_for_ever, calls) as started:
        theirs.close()
        for _, pipe in started:
            pipe.send("go")
        told = set()
        for _ in range(8):
            told.add(received(ours))
            assert client.get(f"/asks/ask-{ask_id}").status_code == 200
        for process, _ in started:
            process.kill()
        for process, _ in started:
            process.join()
        told |= set(rest_of(ours))
        ours.close()
    return told


@pytest.mark.slow
def test_killed_writers_leave_nothing_half_done_and_nothing_acknowledged_is_lost(
    engine: sa.Engine, database: str
) -> None:
    acknowledged: set[str] = set()
    with open_app(Settings(database, LOCAL.secret_key)) as app:
        for round_ in range(ROUNDS):
            if round_ % 5 == 0:
                ask_id = begin(engine, round_)
            acknowledged |= publish_and_be_killed(database, ask_id, f"r{round_}", app.test_client())
            with reading(engine) as session:
                newest = session.scalars(sa.select(Update.text).order_by(Update.id.desc()).limit(1)).one()
            assert newest in app.test_client().get(f"/asks/ask-{ask_id}").text
            if round_ % 10 == 9 or round_ == ROUNDS - 1:
                check_deeds(engine, acknowledged)
                check_whole(engine)


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_on_a_full_disk_the_site_is_read_and_says_what_is_wrong_and_recovers(site: Site) -> None:
    path, browser = Path(site.engine.url.database or ""), site.browser(ED)
    form = status_form(site, browser)
    with full_disk(path.stat().st_size + 4096):
        for number in range(200):
            typed = form.sent("Keep as a draft", **UNDONE | {"text": f"{number} " + "W" * 900})
            answer = browser.client.post(form.path, data=MultiDict(typed))
            if answer.status_code == 503:
                break
            assert answer.status_code == 303
        else:
            pytest.fail("the disk never filled up")
        before = site.footprint()
        assert "The site cannot save anything at the moment" in answer.text
        assert "Nothing was lost and nothing was changed" in answer.text
        assert f"{number} WWW" in answer.text  # what was typed is kept
        site.forget()
        assert [site.browser().send("GET", address).status_code for address in ("/", "/data", "/feed.atom")] == [
            200
        ] * 3
        assert browser.send("GET", "/staff/").status_code == 200
        assert site.footprint() == before
    long_ago = now() - 2 * sessions.SEEN_STEP
    site.execute(sa.update(StaffSession).values(seen_at=long_ago))
    with full_disk(512):  # not even that the session is in use can be noted
        assert browser.send("GET", "/staff/").status_code == 200
    assert site.scalar(sa.select(StaffSession.seen_at)) == long_ago
    assert form.submit("Publish", **UNDONE).hops == [303, 200]
    check_whole(site.engine)
