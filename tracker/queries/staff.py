"""What the staff area shows: everything, drafts and archived records included."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.models import Ask, Event, Legislation, Link, Note, Person, Reply, SuccessTest, Update
from tracker.queries.names import with_names
from tracker.rules.asks import Publication

MOST = 100
RECENT = 15


def list_asks_of(session: Session, ids: Iterable[int]) -> Sequence[Ask]:
    """The asks with these numbers, by title."""
    return session.scalars(sa.select(Ask).where(Ask.id.in_(list(ids))).order_by(Ask.title, Ask.id)).all()


def list_people(session: Session) -> Sequence[Person]:
    """All members of staff by name."""
    return session.scalars(sa.select(Person).order_by(Person.name)).all()


def find_ask(session: Session, ask_id: int) -> Ask | None:
    """An ask with its source, tests, links and updates, in a fixed number of queries."""
    return session.get(
        Ask,
        ask_id,
        options=[
            joinedload(Ask.source),
            joinedload(Ask.superseded_by),
            selectinload(Ask.tests),
            selectinload(Ask.links).joinedload(Link.legislation),
            selectinload(Ask.updates).options(joinedload(Update.author), selectinload(Update.evidence)),
        ],
    )


def find_test(session: Session, test_id: int) -> SuccessTest | None:
    """A test with its ask."""
    return session.get(SuccessTest, test_id, options=[joinedload(SuccessTest.ask)])


def find_link(session: Session, link_id: int) -> Link | None:
    """A link with its ask and its law."""
    return session.get(Link, link_id, options=[joinedload(Link.ask), joinedload(Link.legislation)])


def find_update(session: Session, update_id: int) -> Update | None:
    """An update with everything that its form shows."""
    return session.get(
        Update,
        update_id,
        options=[
            joinedload(Update.ask).selectinload(Ask.tests),
            joinedload(Update.author),
            selectinload(Update.evidence),
            selectinload(Update.results),
        ],
    )


def find_reply(session: Session, reply_id: int) -> Reply | None:
    """What somebody was asked, and what came of it."""
    return session.get(Reply, reply_id)


def list_replies(session: Session, ask_id: int) -> Sequence[Reply]:
    """Who was asked to reply about an ask, the newest first."""
    of_ask = sa.select(Reply).where(Reply.ask_id == ask_id)
    return session.scalars(of_ask.order_by(Reply.asked_on.desc(), Reply.id.desc()).limit(MOST)).all()


def list_notes(session: Session, ask_id: int) -> Sequence[Note]:
    """The private notes about an ask with their authors, the newest first."""
    of_ask = sa.select(Note).where(Note.ask_id == ask_id).options(joinedload(Note.author))
    return session.scalars(of_ask.order_by(Note.id.desc()).limit(MOST)).all()


def find_law(session: Session, law_id: int) -> Legislation | None:
    """A law with the asks that hang on it."""
    return session.get(
        Legislation,
        law_id,
        options=[joinedload(Legislation.becomes), selectinload(Legislation.links).joinedload(Link.ask)],
    )


def list_events(
    session: Session, ask_id: int | None = None, before: int | None = None, limit: int = RECENT
) -> Sequence[Event]:
    """The newest entries of the event log, of one ask or of all; `before` is the entry at which to go on."""
    statement = sa.select(Event).order_by(Event.id.desc()).limit(limit)
    if ask_id:
        statement = statement.where(Event.ask_id == ask_id)
    if before:
        statement = statement.where(Event.id < before)
    return with_names(session, session.scalars(statement))


def list_subject_events(session: Session, subject: str, subject_id: int) -> Sequence[Event]:
    """The newest entries of the event log about one record."""
    about = sa.select(Event).where(Event.subject == subject, Event.subject_id == subject_id)
    return with_names(session, session.scalars(about.order_by(Event.id.desc()).limit(MOST)))


def count_published(session: Session, ask_id: int) -> int:
    """How many published updates the ask has; the number only ever grows."""
    of_ask = sa.select(sa.func.count()).select_from(Update).where(Update.ask_id == ask_id)
    return session.scalar(of_ask.where(Update.publication == Publication.PUBLISHED)) or 0
