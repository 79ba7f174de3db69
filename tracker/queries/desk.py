"""What the desk shows: what waits for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.models import Ask, Event, Legislation, Link, Reply, Source, SuccessTest, Update
from tracker.queries import paging
from tracker.queries.late import ended_by, is_review_late
from tracker.queries.log import BY_PEOPLE
from tracker.queries.paging import Listed
from tracker.queries.people import list_newest
from tracker.queries.public.as_of import is_published
from tracker.queries.public.filters import read_key, write_key
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome
from tracker.rules.legislation import BILLS
from tracker.rules.standing import contradictions
from tracker.rules.status import STATUSES_OF, Family
from tracker.rules.updates import Result, UpdateKind

WAITING = (Update.publication == Publication.DRAFT, Update.submitted_at.is_not(None))
STILL_OPEN = (*STATUSES_OF[Family.OPEN], *STATUSES_OF[Family.PARTLY_MET])
UNVERIFIED: tuple[type[Link | Legislation | Source | Ask], ...] = (Link, Legislation, Source, Ask)
OF_UPDATE = (joinedload(Update.ask), joinedload(Update.author))
TO_CHECK = (selectinload(Ask.tests), selectinload(Ask.links).joinedload(Link.legislation))
COMINGS_AND_GOINGS = ("signed in", "signed out")
LATEST, RECENT = 500, 15
# What the log says of an ask that came with an import and whose tests contradict its status.
QUESTIONED = "questioned"


@dataclass(frozen=True)
class DueAsk:
    """An ask to check: since when, how many entries its story has, what is worth a look, whether a check waits."""

    ask: Ask
    since: date | None
    seen: int
    unknown_tests: tuple[str, ...]
    live_bills: tuple[str, ...]
    is_proposed: bool
    look: Update | None = None  # of today, with which it was checked


def list_waiting(session: Session, limit: int, after: str = "") -> Listed[Update]:
    """Return what waits for approval, the longest first."""
    by = (Update.submitted_at, Update.id)
    return paging.cut(session, sa.select(Update).where(*WAITING), by, limit=limit, after=after, loaded=OF_UPDATE)


def count_waiting(session: Session) -> int:
    """How many entries wait for approval."""
    return session.scalar(sa.select(sa.func.count()).select_from(Update).where(*WAITING)) or 0


def has_asks(session: Session) -> bool:
    """True if there is any ask, a draft too."""
    return bool(session.scalar(sa.select(sa.exists().where(Ask.id > 0))))


def find_looks(session: Session, ask_ids: Iterable[int], today: date) -> dict[int, DueAsk]:
    """Return those of these asks that have a published review of today, by their number."""
    looks = sa.select(Update).where(Update.ask_id.in_(list(ask_ids)), Update.kind == UpdateKind.REVIEW)
    of_today = looks.where(
        Update.publication == Publication.PUBLISHED, Update.happened_on == PartialDate(today.isoformat())
    )
    found = session.scalars(of_today.options(joinedload(Update.ask).options(*TO_CHECK)).order_by(Update.id))
    return {update.ask_id: replace(_due(update.ask, 0, False), look=update) for update in found}


def list_drafts(
    session: Session, person_id: int | None, limit: int, after: str = "", *among: sa.ColumnElement[bool]
) -> Listed[Update]:
    """Return what is being written, sent back entries included: one's own first, the newest of them first."""
    being_written = (Update.publication == Publication.DRAFT, Update.submitted_at.is_(None))
    statement = sa.select(Update).where(*being_written, *among)
    by = (sa.case((Update.author_id == person_id, 0), else_=1), sa.literal(0) - Update.id)
    return paging.cut(session, statement, by, limit=limit, after=after, loaded=OF_UPDATE)


def is_sent_back_to(person_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition that an entry of this person came back from an editor."""
    return sa.and_(Update.sent_back_note != "", Update.author_id == person_id)


def list_due(session: Session, today: date, limit: int, after: str = "") -> Listed[DueAsk]:
    """The published asks whose review is due, the longest unchecked first; never checked ones before all."""
    statement = sa.select(Ask).where(Ask.publication == Publication.PUBLISHED, is_review_late(session, today))
    by = (_sorted_date(Ask.reviewed_on), Ask.id)
    found = paging.cut(session, statement, by, limit=limit, after=after, loaded=TO_CHECK)
    ids = [ask.id for ask in found.rows]
    seen = count_published_updates(session, ids)
    reviews = sa.select(Update.ask_id).where(*WAITING, Update.kind == UpdateKind.REVIEW, Update.ask_id.in_(ids))
    proposed = set(session.scalars(reviews))
    return replace(found, rows=[_due(ask, seen.get(ask.id, 0), ask.id in proposed) for ask in found.rows])


def list_overdue(session: Session, today: date, limit: int, after: str = "") -> Listed[Ask]:
    """The published asks with a next step whose day is past, and the open ones with a deadline that is past."""
    yesterday = today - timedelta(days=1)
    deadline = sa.func.coalesce(Ask.current_deadline, Ask.first_deadline)
    is_late = sa.or_(
        ended_by(Ask.next_step_on, yesterday), sa.and_(Ask.status.in_(STILL_OPEN), ended_by(deadline, yesterday))
    )
    statement = sa.select(Ask).where(Ask.publication == Publication.PUBLISHED, is_late)
    return paging.cut(session, statement, (Ask.title, Ask.id), limit=limit, after=after)


def list_disputed(session: Session, limit: int, after: str = "") -> Listed[Ask]:
    """The asks of which something is disputed, in the order in which an answer is due."""
    statement = sa.select(Ask).where(Ask.answer_due_on.is_not(None))
    return paging.cut(session, statement, (_sorted_date(Ask.answer_due_on), Ask.id), limit=limit, after=after)


def list_unanswered(session: Session, today: date, limit: int, after: str = "") -> Listed[Reply]:
    """Who was asked to reply and has not, though the answer is due; the longest due first."""
    is_due = sa.and_(Reply.outcome == Outcome.WAITING, ended_by(Reply.due_on, today))
    statement = sa.select(Reply).where(is_due, Reply.publication == Publication.DRAFT)
    by = (_sorted_date(Reply.due_on), Reply.id)
    return paging.cut(session, statement, by, limit=limit, after=after, loaded=[joinedload(Reply.ask)])


def list_unverified(session: Session, limit: int, after: str = "") -> Listed[Link | Legislation | Source | Ask]:
    """Facts that nobody has checked and published: draft links, laws, sources and asks."""
    first, begin = read_key((int, int), after or "0~0")
    rows: list[Link | Legislation | Source | Ask] = []
    number = 0
    for place, model in enumerate(UNVERIFIED):
        statement = sa.select(model).where(model.publication == Publication.DRAFT)
        loaded = (joinedload(Link.ask), joinedload(Link.legislation)) if model is Link else ()
        room = limit + 1 - len(rows) if place >= first else 0
        key = str(begin) if begin and place == first else ""
        found = paging.cut(session, statement, (model.id,), limit=room, after=key, loaded=loaded)
        rows += found.rows
        number += found.number
    last = rows[limit - 1] if len(rows) > limit else None
    next_key = write_key((UNVERIFIED.index(type(last)), last.id)) if last else ""
    return Listed(rows[:limit], number, next_key, not after)


def list_recent(session: Session) -> list[Event]:
    """The newest entries of the event log by people, comings and goings left out."""
    return list_newest(session, RECENT, Event.action.not_in(COMINGS_AND_GOINGS), *BY_PEOPLE)


def count_published_updates(session: Session, ask_ids: Sequence[int]) -> dict[int, int]:
    """How many published updates each of these asks has."""
    of_asks = sa.select(Update.ask_id, sa.func.count()).where(Update.ask_id.in_(ask_ids))
    counted = of_asks.where(is_published(Update.publication)).group_by(Update.ask_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def _due(ask: Ask, seen: int, is_proposed: bool) -> DueAsk:
    laws = [link.legislation for link in ask.links if link.publication is Publication.PUBLISHED]
    interval = timedelta(days=ask.review_interval_days)
    return DueAsk(
        ask=ask,
        since=ask.reviewed_on.last_day + interval if ask.reviewed_on else None,
        seen=seen,
        unknown_tests=tuple(t.label for t in ask.tests if t.result is Result.UNKNOWN and not t.is_archived),
        live_bills=tuple(law.title for law in laws if law.kind in BILLS and not (law.enacted_on or law.lapsed_on)),
        is_proposed=is_proposed,
    )


def _sorted_date(column: Any) -> sa.ColumnElement[str]:
    """A date as the text by which it is sorted, what has none first."""
    return sa.func.coalesce(sa.type_coerce(column, sa.String), "")


def find_contradicted(session: Session, *among: sa.ColumnElement[bool]) -> list[int]:
    """The numbers of the contradicted ones of these published asks; reads the result of each of their tests."""
    in_use = sa.and_(SuccessTest.ask_id == Ask.id, SuccessTest.is_archived.is_(False))
    tests = sa.select(Ask.id, Ask.status, Ask.status_on, SuccessTest.result).outerjoin(SuccessTest, in_use)
    rows = session.execute(tests.where(Ask.publication == Publication.PUBLISHED, *among).order_by(Ask.id))
    return [
        number
        for (number, status, since), found in groupby(rows, key=lambda row: tuple(row[:3]))
        if contradictions(status, (row.result for row in found if row.result), since)
    ]


def list_contradicted(session: Session, limit: int, after: str = "") -> Listed[Ask]:
    """The contradicted asks by title, among those of the latest redefinitions and those that an import questioned."""
    latest = (
        sa.select(Update.ask_id)
        .where(Update.publication == Publication.PUBLISHED, Update.kind == UpdateKind.REDEFINITION)
        .order_by(Update.published_at.desc())
        .limit(LATEST)
    )
    questioned = sa.select(Event.subject_id).where(Event.action == QUESTIONED, Event.subject == "ask")
    found = find_contradicted(session, Ask.id.in_({*session.scalars(latest), *session.scalars(questioned)}))
    return paging.cut(session, sa.select(Ask).where(Ask.id.in_(found)), (Ask.title, Ask.id), limit=limit, after=after)
