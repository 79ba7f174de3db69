"""What the desk shows: what waits for whom. Each list has its first rows, and how many there are in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.models import Ask, Event, Legislation, Link, Reply, Source, Update
from tracker.queries.calendar_days import ended_by
from tracker.rules.asks import Publication
from tracker.rules.legislation import BILLS
from tracker.rules.replies import Outcome
from tracker.rules.status import STATUSES_OF, Family
from tracker.rules.updates import Result

Row_co = TypeVar("Row_co", covariant=True)
WAITING = (Update.publication == Publication.DRAFT, Update.submitted_at.is_not(None))
STILL_OPEN = (*STATUSES_OF[Family.OPEN], *STATUSES_OF[Family.PART])
COMINGS_AND_GOINGS = ("signed in", "signed out")


@dataclass(frozen=True)
class Listed(Generic[Row_co]):
    """The first rows of a list, and how many it has in all."""

    rows: Sequence[Row_co]
    number: int

    @property
    def has_more(self) -> bool:
        return self.number > len(self.rows)


@dataclass(frozen=True)
class DueAsk:
    """An ask to check: since when, how many entries its story has, and what is worth a look."""

    ask: Ask
    since: date | None
    seen: int
    unknown_tests: tuple[str, ...]
    live_bills: tuple[str, ...]


def list_waiting(session: Session, limit: int) -> Listed[Update]:
    """What waits for approval, the longest first."""
    statement = sa.select(Update).where(*WAITING).order_by(Update.submitted_at, Update.id)
    return _listed(session, statement, limit, joinedload(Update.ask), joinedload(Update.author))


def list_drafts(session: Session, person_id: int | None, limit: int) -> Listed[Update]:
    """What is being written, sent back entries included: one's own first, the newest of them first."""
    statement = sa.select(Update).where(Update.publication == Publication.DRAFT, Update.submitted_at.is_(None))
    own_first = statement.order_by((Update.author_id == person_id).is_(True).desc(), Update.id.desc())
    return _listed(session, own_first, limit, joinedload(Update.ask), joinedload(Update.author))


def list_due(session: Session, today: date, limit: int) -> Listed[DueAsk]:
    """The published asks whose review is due, the longest unchecked first; never checked ones before all."""
    is_published = Ask.publication == Publication.PUBLISHED
    intervals = session.scalars(sa.select(Ask.review_interval_days).where(is_published).distinct())
    is_late = [
        sa.and_(Ask.review_interval_days == days, ended_by(Ask.reviewed_on, today - timedelta(days=days)))
        for days in intervals
    ]
    statement = (
        sa.select(Ask)
        .where(is_published, sa.or_(Ask.reviewed_on.is_(None), *is_late))
        .order_by(Ask.reviewed_on.is_not(None), Ask.reviewed_on, Ask.id)
    )
    loaded = (selectinload(Ask.tests), selectinload(Ask.links).joinedload(Link.legislation))
    found = _listed(session, statement, limit, *loaded)
    seen = count_entries(session, [ask.id for ask in found.rows])
    return Listed([_due(ask, seen.get(ask.id, 0)) for ask in found.rows], found.number)


def list_overdue(session: Session, today: date, limit: int) -> Listed[Ask]:
    """The published asks with a next step whose day is past, and the open ones with a deadline that is past."""
    yesterday = today - timedelta(days=1)
    deadline = sa.func.coalesce(Ask.current_deadline, Ask.first_deadline)
    is_late = sa.or_(
        ended_by(Ask.next_step_on, yesterday), sa.and_(Ask.status.in_(STILL_OPEN), ended_by(deadline, yesterday))
    )
    statement = sa.select(Ask).where(Ask.publication == Publication.PUBLISHED, is_late)
    return _listed(session, statement.order_by(Ask.title, Ask.id), limit)


def list_unanswered(session: Session, today: date, limit: int) -> Listed[Reply]:
    """Who was asked to reply and has not, though the answer is due; the longest due first."""
    is_due = sa.and_(Reply.outcome == Outcome.WAITING, ended_by(Reply.due_on, today))
    statement = sa.select(Reply).where(is_due, Reply.publication == Publication.DRAFT)
    return _listed(session, statement.order_by(Reply.due_on, Reply.id), limit, joinedload(Reply.ask))


def list_unverified(session: Session, limit: int) -> Listed[Link | Legislation | Source | Ask]:
    """Facts that nobody has checked and published: draft links, laws, sources and asks."""
    rows: list[Link | Legislation | Source | Ask] = []
    number = 0
    for model in (Link, Legislation, Source, Ask):
        statement = sa.select(model).where(model.publication == Publication.DRAFT).order_by(model.id)
        loaded = (joinedload(Link.ask), joinedload(Link.legislation)) if model is Link else ()
        found = _listed(session, statement, limit - len(rows), *loaded)
        rows += found.rows
        number += found.number
    return Listed(rows, number)


def list_recent(session: Session, limit: int) -> Sequence[Event]:
    """The newest entries of the event log, comings and goings left out."""
    statement = sa.select(Event).where(Event.action.not_in(COMINGS_AND_GOINGS))
    return session.scalars(statement.order_by(Event.id.desc()).limit(limit)).all()


def _listed(session: Session, statement: sa.Select[Any], limit: int, *loaded: Any) -> Listed[Any]:
    rows = session.scalars(statement.options(*loaded).limit(limit)).all() if limit else []
    counted = statement.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    return Listed(rows, session.scalar(counted) or 0)


def count_entries(session: Session, ask_ids: Sequence[int]) -> dict[int, int]:
    """How many published updates each of these asks has."""
    of_asks = sa.select(Update.ask_id, sa.func.count()).where(Update.ask_id.in_(ask_ids))
    counted = of_asks.where(Update.publication == Publication.PUBLISHED).group_by(Update.ask_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def _due(ask: Ask, seen: int) -> DueAsk:
    laws = [link.legislation for link in ask.links if link.publication is Publication.PUBLISHED]
    interval = timedelta(days=ask.review_interval_days)
    return DueAsk(
        ask=ask,
        since=ask.reviewed_on.last_day + interval if ask.reviewed_on else None,
        seen=seen,
        unknown_tests=tuple(t.label for t in ask.tests if t.result is Result.UNKNOWN and not t.is_archived),
        live_bills=tuple(law.title for law in laws if law.kind in BILLS and not (law.enacted_on or law.lapsed_on)),
    )
