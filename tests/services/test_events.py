"""The event log: one entry for each change in its own transaction, chained so that nobody rewrites it unseen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, ask_draft, find_staff, make_ask, make_staff, make_test, make_update, update_draft
from tests.tampering import unlock_log
from tests.transactions import count_events, refused, revision, shared_engine_with
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Person
from tracker.queries.people import with_names
from tracker.rules.chain import entry_hash
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.method import VERSION
from tracker.rules.people import UNKNOWN
from tracker.rules.status import Status
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.updates import Result
from tracker.services import asks, events, proof, sessions
from tracker.services.change import Change
from tracker.services.events import MOST_AN_HOUR, Subject, record
from tracker.services.proof import BrokenChain


def fill(change: Change) -> Ask:
    """A dozen entries with every kind of value in them, all about one ask."""
    ask = make_ask(change, published=True, jurisdictions=("England", "Škoda 🙂"), next_step_on=PartialDate("2027-01"))
    test = make_test(change, ask)
    make_update(change, ask, results=((test.id, Result.NOT_MET),))
    make_test(change, ask, key="second")
    return ask


shared_engine = shared_engine_with(fill)


@pytest.fixture
def log(session: Session) -> Session:
    """A transaction on a log with entries in which the triggers are off, as for somebody who owns the database."""
    unlock_log(session)  # undone with the transaction
    return session


def last_id(session: Session) -> int:
    return session.scalars(sa.select(sa.func.max(Event.id))).one()


def test_an_honest_log_holds_though_it_is_read_in_steps(log: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    count, head = proof.verify(log)
    last = log.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (count, head) == (last.id, last.hash)
    assert count > 10
    monkeypatch.setattr(proof, "CHAIN_STEP", 3)
    assert proof.verify(log) == (count, head)


CHANGED: dict[str, Any] = {
    "at": NOW.replace(microsecond=1),
    "actor_id": None,
    "actor_name": "Eve",
    "action": "edited!",
    "subject": "law",
    "subject_id": 999_999,
    "subject_name": "Something else",
    "ask_id": None,
    "before": {"title": "x"},
    "after": {},
    "reason": "Because.",
    "request_id": "x",
    "previous_hash": "0" * 64,
    "hash": "f" * 64,
    "format": 1,
}


def test_any_changed_field_of_any_entry_is_noticed(log: Session) -> None:
    assert {"id", *CHANGED} == {column.key for column in Event.__table__.columns}
    wrong = last_id(log) - 2
    for column, value in CHANGED.items():
        with log.begin_nested() as tried:
            log.execute(sa.update(Event).where(Event.id == wrong).values({column: value}))
            with pytest.raises(BrokenChain) as broken:
                proof.verify(log)
            assert broken.value.event_id == wrong, column
            tried.rollback()
        log.expunge_all()


# What is done to a log of a dozen entries, and the first entry that is wrong then.
TAMPERINGS = {
    "DELETE FROM event WHERE id = 5": 5,
    "DELETE FROM event WHERE id = 1": 1,
    "DELETE FROM event WHERE id = 5; UPDATE event SET id = id + 1000 WHERE id > 5;"
    "UPDATE event SET id = id - 1001 WHERE id > 1000": 5,
    "UPDATE event SET id = 1000 WHERE id = 5; UPDATE event SET id = 5 WHERE id = 6;"
    "UPDATE event SET id = 6 WHERE id = 1000": 5,
}


def test_tampering_is_noticed_at_the_first_wrong_entry(log: Session) -> None:
    def notice(wrong: int) -> None:
        with pytest.raises(BrokenChain, match=f"Entry {wrong} ") as broken:
            proof.verify(log)
        assert broken.value.event_id == wrong

    for statements, wrong in TAMPERINGS.items():
        with log.begin_nested() as tried:
            for statement in statements.split(";"):
                log.execute(sa.text(statement))
            notice(wrong)
            tried.rollback()
        log.expunge_all()
    # An entry that was forged at the end, right but for the chain, and one with a hash that fits what it says now.
    last = log.get_one(Event, last_id(log))
    forged = Event(**{column.key: getattr(last, column.key) for column in Event.__table__.columns})
    forged.id = last.id + 1
    for entry, wrong in ((forged, forged.id), (log.get_one(Event, 5), 6)):
        entry.subject_name = "Something else"
        entry.hash = entry_hash(proof.content_of(entry))
        log.add(entry)
        log.flush()
        notice(wrong)


# --- one transaction ---


def test_the_entry_and_the_change_are_kept_or_undone_together(engine: sa.Engine) -> None:
    with writing(engine) as session:
        fill(Change(session, make_staff(session).ed, NOW))
    with reading(engine) as session:
        before = (count_events(session), revision(session), proof.verify(session))
    with refused("change_reason"), writing(engine) as session:
        change, ask = Change(session, find_staff(session).ed, NOW), session.scalars(sa.select(Ask)).one()
        make_update(change, ask, status=Status.REJECTED)
        asks.edit_ask(change, ask, ask_draft(ask.source_id, title="Tax them"), seen_version=None)
    with reading(engine) as session:
        assert (count_events(session), revision(session), proof.verify(session)) == before
        assert session.scalars(sa.select(Ask.status)).one() is Status.ANNOUNCED


def test_entries_are_numbered_as_they_were_written_without_a_gap_whatever_the_clock_says(ed: Change) -> None:
    make_ask(ed, slug="kept")
    for undone in (True, False):
        with ed.session.begin_nested() as savepoint:
            make_ask(ed, slug="tried")
            if undone:
                savepoint.rollback()
    make_ask(ed, slug="next")
    first = count_events(ed.session)
    assert proof.verify(ed.session)[0] == first
    assert ed.session.scalars(sa.select(Ask.slug).order_by(Ask.id)).all()[-3:] == ["kept", "tried", "next"]
    for days in (0, -2, 1):
        events.record(replace(ed, at=NOW + timedelta(days)), "looked", Subject("ask", 1, "An ask"))
    rows = list(ed.session.scalars(sa.select(Event).where(Event.id > first).order_by(Event.id)))
    assert [(row.id - first, row.at.day - NOW.day) for row in rows] == [(1, 0), (2, -2), (3, 1)]
    proof.verify(ed.session)


def test_an_entry_says_who_and_when_in_which_request_and_what_with_all_its_parts(ed: Change) -> None:
    ask = make_ask(ed, slug="other")
    by_request = Change(ed.session, replace(ed.actor, request_id="request-7"), NOW)
    asks.edit_ask(by_request, ask, ask_draft(ask.source_id, slug="other", title="Tax them"), seen_version=None)
    event = ed.session.scalars(sa.select(Event).where(Event.request_id == "request-7")).one()
    (told,) = with_names(ed.session, [event])
    assert (told.actor_id, told.actor_name, told.at) == (ed.actor.id, "Ed", NOW)
    assert event.actor_name != "Ed"
    assert (event.subject, event.subject_id, event.subject_name, event.ask_id) == ("ask", ask.id, "Tax them", ask.id)
    test = make_test(ed, ask)
    make_update(ed, ask, results=((test.id, Result.MET),))
    of_update = sa.select(Event).where(Event.subject == "update", Event.ask_id == ask.id).order_by(Event.id)
    event, published = ed.session.scalars(of_update)
    assert event.after is not None
    assert event.after["results"] == [[test.id, "met"]]
    assert event.after["happened_on"] == update_draft().happened_on.text
    assert [evidence["url"] for evidence in event.after["evidence"]] == ["https://www.gov.uk/news"]
    assert published.before == {"publication": "draft", "published_at": None, "method_version": ""}
    judged = {"publication": "published", "published_at": NOW.isoformat(), "method_version": VERSION}
    assert published.after == judged
    entries = last_id(ed.session)
    with refused("reason"):
        events.record(ed, "noted", Subject("ask", 1, "Empty homes"), reason="x" * (SENTENCE_LENGTH + 1))
    assert last_id(ed.session) == entries


def test_a_contributor_has_a_pace_and_can_leave(ed: Change, cleo: Change, log: Session) -> None:
    ask, before = log.scalars(sa.select(Ask)).one(), count_events(log)
    for number in range(MOST_AN_HOUR):
        asks.add_note(cleo, ask, f"Note {number}.")
    person = log.get_one(Person, cleo.actor.id)
    for write in (lambda change: asks.add_note(change, ask, "More."), lambda change: sessions.start(change, person)):
        with pytest.raises(RuleBroken, match="100 times an hour"), log.begin_nested():
            write(replace(cleo, at=NOW + timedelta(minutes=59)))
    sessions.log_failure(replace(cleo, actor=UNKNOWN), person)  # others can neither slow nor stop them
    record(cleo, "signed out", Subject("person", person.id, person.name))
    asks.add_note(ed, ask, "Of an editor.")
    asks.add_note(replace(cleo, at=NOW + timedelta(hours=1)), ask, "Later.")
    asks.add_note(replace(cleo, at=NOW - timedelta(days=2)), ask, "By a clock that was put back.")
    assert count_events(log) == before + MOST_AN_HOUR + 5
