"""The rows behind the JSON API: a page of a file's rows, or all rows of one ask or one law.

A page costs one statement with a LIMIT, and one more where an ask is named; an ask eleven, however long its story.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import (
    Ask,
    Event,
    Evidence,
    Legislation,
    Link,
    Reply,
    Revision,
    Source,
    SuccessTest,
    Target,
    TestResult,
    Update,
)
from tracker.queries.public import tables
from tracker.queries.public.as_of import HIDDEN, ONLY_PUBLISHED, is_published, is_shown
from tracker.queries.public.tables import Key, Row
from tracker.queries.public.updates import NEWEST_FIRST
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.chain import Checkpoint

Rows = tuple[Row, ...]
PUBLISHED = Publication.PUBLISHED


@dataclass(frozen=True)
class RowPage:
    """Some rows of a file in the order of their keys; `next_key` is the last one's, or None at the end."""

    rows: Rows
    next_key: Key | None


@dataclass(frozen=True)
class Edition:
    """Which state of the data this is: the revision's number, and when the latest entry was published."""

    revision: int
    published_at: datetime | None


def find_edition(session: Session) -> Edition:
    """The state of the data now."""
    shown = (Update.publication == PUBLISHED, is_published(Ask.publication))
    latest = sa.select(Update.published_at).join(Update.ask).where(*shown).order_by(*NEWEST_FIRST).limit(1)
    return Edition(*session.execute(sa.select(Revision.number, latest.scalar_subquery())).one())


def count_rows(session: Session) -> dict[str, int]:
    """How many rows each file has: all but the hidden ones, which are few and found along indexes."""
    return dict(session.execute(_NUMBERS).one()._mapping)


def find_ask_id(session: Session, slug: str) -> int | None:
    """The number of a published ask."""
    return session.scalar(sa.select(Ask.id).where(Ask.slug == slug, Ask.publication == PUBLISHED))


def list_rows(session: Session, name: str, after: Key | None, size: int, ask_id: int | None = None) -> RowPage:
    """The rows of a file after a key, at most `size`; those of one ask if one is given."""
    records = tables.RECORDS[name]
    statement = records.statement()
    if ask_id is not None:
        statement = statement.where(_of_ask(name, ask_id))
    return _page(session, name, statement, after, size)


def list_asks_called(session: Session, slugs: Sequence[str]) -> Rows:
    """The rows of these published asks, in this order."""
    found = {row.ask_slug: row for row in session.execute(tables.asks().where(Ask.slug.in_(slugs)))}
    return tuple(found[slug] for slug in slugs if slug in found)


def find_ask_row(session: Session, slug: str) -> Row | None:
    """The row of an ask that is or was public."""
    return session.execute(tables.asks(PUBLIC).where(Ask.slug == slug)).first()


def list_rows_of(session: Session, name: str, ask_id: int) -> Rows:
    """All rows of a file that belong to an ask that is or was public, in the order of their keys.

    Whom somebody wanted to be sanctioned is told of asks that we follow alone.
    """
    records, which = tables.RECORDS[name], ONLY_PUBLISHED if name == "targets" else PUBLIC
    return _rows(session.execute(records.statement(of_asks=which).where(_of_ask(name, ask_id)).order_by(*records.key)))


def find_laws_of(session: Session, ask_id: int) -> dict[str, Row]:
    """The rows of the laws on which an ask hangs, by their keys."""
    laws = session.execute(tables.legislation().where(_of_ask("legislation", ask_id)))
    return {law.law_key: law for law in laws}


def find_law_row(session: Session, key: str) -> Row | None:
    """The row of a law that is or was public."""
    return session.execute(tables.legislation(PUBLIC).where(Legislation.key == key)).first()


def list_bills_of(session: Session, law_id: int) -> Sequence[str]:
    """The keys of the bills that a law was, as far as they are or were public."""
    was = sa.select(Legislation.key).where(Legislation.becomes_id == law_id, Legislation.publication.in_(PUBLIC))
    return session.scalars(was.order_by(Legislation.id)).all()


def list_links_of(session: Session, law_id: int, after: Key | None, size: int) -> RowPage:
    """The links of a law that is or was public to published asks, after a key, at most `size`."""
    return _page(session, "links", tables.links(of_laws=PUBLIC).where(Link.legislation_id == law_id), after, size)


def _page(session: Session, name: str, statement: tables.Statement, after: Key | None, size: int) -> RowPage:
    """The rows of this statement after a key, at most `size`."""
    records = tables.RECORDS[name]
    rows = session.execute(records.after(statement, after or records.start, size + 1)).all()
    has_more = len(rows) > size
    return RowPage(_rows(rows[:size]), records.key_of(rows[size - 1]) if has_more else None)


def _of_ask(name: str, ask_id: int) -> sa.ColumnElement[bool]:
    """The condition that a file's row belongs to an ask."""
    if name == "legislation":
        linked = sa.select(Link.legislation_id).where(Link.ask_id == ask_id, Link.publication == PUBLISHED)
        return Legislation.id.in_(linked)
    if name == "sources":
        return Source.id == sa.select(Ask.source_id).where(Ask.id == ask_id).scalar_subquery()
    owners = {"tests": SuccessTest, "links": Link, "replies": Reply, "targets": Target}
    owner: Any = owners.get(name, Update)
    condition: sa.ColumnElement[bool] = owner.ask_id == ask_id
    return condition


def _rows(found: Iterable[Any]) -> Rows:
    return tuple(found)


def _number(name: str, *which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(tables.RECORDS[name].key[0].class_).where(*which).scalar_subquery()


_ASKS = sa.select(Ask.id).where(Ask.publication.in_(HIDDEN))
_UPDATES = sa.select(Update.id).where(Update.publication.in_(HIDDEN) | Update.ask_id.in_(_ASKS))
_LAWS = sa.select(Legislation.id).where(Legislation.publication.in_(HIDDEN))
_OF_A_LAW = Link.legislation_id.in_(sa.select(Legislation.id))  # as every link is; an index begins with the law
_IS_HIDDEN = {
    "asks": Ask.id.in_(_ASKS),
    "updates": Update.id.in_(_UPDATES),
    "evidence": Evidence.update_id.in_(_UPDATES),
    "tests": SuccessTest.is_archived | SuccessTest.ask_id.in_(_ASKS),
    "results": TestResult.update_id.in_(_UPDATES),
    "legislation": Legislation.id.in_(_LAWS),
    "links": Link.ask_id.in_(_ASKS) | Link.legislation_id.in_(_LAWS) | (_OF_A_LAW & Link.publication.in_(HIDDEN)),
    "replies": Reply.publication.in_(HIDDEN) | Reply.ask_id.in_(_ASKS),
    "sources": ~is_shown(Source),
    "targets": ~Target.is_shown | Target.ask_id.in_(_ASKS),
}
_NUMBERS = sa.select(*((_number(name) - _number(name, hidden)).label(name) for name, hidden in _IS_HIDDEN.items()))


def find_checkpoint(session: Session) -> Checkpoint:
    """The checkpoint of the present revision; sign-ins and drafts do not move it."""
    return Checkpoint(*session.execute(sa.select(Revision.checkpoint_number, Revision.checkpoint_hash)).one())


def find_logged_at(session: Session, number: int | None) -> datetime | None:
    """When the entry of the log with this number was made."""
    return session.scalar(sa.select(Event.at).where(Event.id == number))


def find_latest_checkpoint(session: Session, at: datetime) -> Checkpoint:
    """Return the checkpoint of the last entry before this hour, public or not, or a later one that is published.

    So it follows every entry, and tells of sign-ins and drafts only the hour.
    """
    published = find_checkpoint(session)
    hour = at.replace(minute=0, second=0, microsecond=0)
    later = sa.select(Event.id, Event.hash).where(Event.at < hour, Event.id > published.number)
    last = session.execute(later.order_by(Event.id.desc()).limit(1)).first()
    return Checkpoint(*last) if last else published
