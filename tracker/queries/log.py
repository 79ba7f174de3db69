"""The event log as staff read it: the newest entries first, filtered, page by page.

Everybody on the staff reads what was done to records. What was done to people, sign-ins among it, is for those
who manage people; each person also sees what concerns themself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from tracker.clock import beginning_of
from tracker.db.engine import reading
from tracker.models import Ask, Event, Person
from tracker.queries.people import with_names
from tracker.rules.people import Action, Actor

SIZE = 50
STEP = 500
NOBODY = 0
# The kinds of record that all staff may read about; whatever else comes is for those who manage people.
RECORDS = {
    "ask",
    "body",
    "test",
    "update",
    "link",
    "legislation",
    "source",
    "reply",
    "target",
    "note",
    "finding",
    "publisher",
}
OF_ALL = {"spreadsheet", "database", "words"}
# Changes can wait for one another; then they are entered in another order than they were begun in.
CLOCK_MAY_DIFFER = timedelta(minutes=1)
Earlier, Later = aliased(Event, name="earlier"), aliased(Event, name="later")
# What is drafted and published at once is told as published; the entries of one request stand close together.
REQUEST_SPANS = 20
IS_TOLD_AGAIN = sa.exists().where(
    Event.action.in_(("drafted", "approved")),
    Event.request_id != "",
    Later.id.between(Event.id + 1, Event.id + REQUEST_SPANS),
    Later.request_id == Event.request_id,
    Later.subject == Event.subject,
    Later.subject_id == Event.subject_id,
    Later.action.in_(("submitted", "published")),
)
# Not "is not null": for a list SQLite goes by the index, and need not read what machines wrote.
BY_PEOPLE = (Event.actor_id.in_(sa.select(Person.id)), ~IS_TOLD_AGAIN)


@dataclass(frozen=True)
class LogFilter:
    """Which entries are wanted; `person` NOBODY is the command line and the seeds.

    Without any wish it is what people did, each publication once; with `has_all` it is everything.
    """

    person: int | None = None
    ask: str = ""
    subject: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None
    has_all: bool = False


@dataclass(frozen=True)
class LogEntry:
    """An entry; `is_dated_back` says that the clock stood earlier than at the entry before it."""

    event: Event
    is_dated_back: bool


@dataclass(frozen=True)
class LogPage:
    """Some entries, the newest first; `next_key` is where the next page begins, or None at the end."""

    entries: tuple[LogEntry, ...]
    next_key: int | None


def list_entries(session: Session, reader: Actor, wanted: LogFilter, before: int | None, size: int = SIZE) -> LogPage:
    """The entries that fit and that the reader may see, at most `size`, from before a key on."""
    found = session.scalars(_statement(reader, wanted, before).limit(size + 1)).all()
    entries = _entries(session, found[:size])
    return LogPage(entries, entries[-1].event.id if len(found) > size else None)


def find_entry(session: Session, reader: Actor, number: int) -> LogEntry | None:
    """One entry, if the reader may see it."""
    found = session.scalars(_statement(reader, LogFilter(has_all=True), None).where(Event.id == number)).all()
    return next(iter(_entries(session, found)), None)


def read(engine: sa.Engine, reader: Actor, wanted: LogFilter) -> Iterator[Event]:
    """All entries that fit, the newest first, read in short steps so that nobody waits for it."""
    before: int | None = None
    while True:
        with reading(engine, is_patient=True) as session:
            page = list_entries(session, reader, wanted, before, STEP)
            session.expunge_all()
        yield from (entry.event for entry in page.entries)
        before = page.next_key
        if before is None:
            return


def _statement(reader: Actor, wanted: LogFilter, before: int | None) -> sa.Select[int]:
    conditions = [
        _visible_to(reader),
        Event.id < before if before is not None else None,
        Event.actor_id == wanted.person if wanted.person else None,
        Event.actor_id.is_(None) if wanted.person == NOBODY else None,
        Event.ask_id.in_(sa.select(Ask.id).where(Ask.slug == wanted.ask)) if wanted.ask else None,
        Event.subject == wanted.subject if wanted.subject else None,
        Event.action == wanted.action if wanted.action else None,
        Event.at >= beginning_of(wanted.first) if wanted.first else None,
        Event.at < beginning_of(wanted.last + timedelta(days=1)) if wanted.last else None,
        *(BY_PEOPLE if wanted == LogFilter() else ()),
    ]
    return sa.select(Event.id).where(*(it for it in conditions if it is not None)).order_by(Event.id.desc())


def _visible_to(reader: Actor) -> sa.ColumnElement[bool] | None:
    if reader.may(Action.MANAGE_PEOPLE):
        return None
    own = sa.and_(Event.subject == "person", Event.subject_id == reader.id)
    return sa.or_(Event.subject.in_(RECORDS | OF_ALL), own)


def _entries(session: Session, numbers: Sequence[int]) -> tuple[LogEntry, ...]:
    joined = sa.select(Event, Earlier.at).outerjoin(Earlier, Earlier.id == Event.id - 1)
    rows: Sequence[Any] = session.execute(joined.where(Event.id.in_(numbers)).order_by(Event.id.desc())).all()
    events = with_names(session, (event for event, _ in rows))
    return tuple(
        LogEntry(event, earlier is not None and event.at < earlier - CLOCK_MAY_DIFFER)
        for event, (_, earlier) in zip(events, rows, strict=True)
    )


def list_distinct(session: Session, column: Any) -> Iterator[str]:
    """Yield the values of an indexed column of the log, in order; each costs one step along the index."""
    found = session.scalar(sa.select(sa.func.min(column)))
    while found is not None:
        yield found
        found = session.scalar(sa.select(sa.func.min(column)).where(column > found))
