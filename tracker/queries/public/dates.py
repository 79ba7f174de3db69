"""The dates that somebody may want in a calendar: next steps, deadlines, and the days on which linked law begins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Link, Update
from tracker.queries.public.feeds import FeedAsk
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate

MOST_DATES = 1000
# Of each kind a calendar looks through so many dates and no further, published or not.
LOOKED_THROUGH = 2 * MOST_DATES
A_YEAR = timedelta(days=366)
PUBLISHED = Publication.PUBLISHED
Conditions = Callable[[sa.ColumnElement[Any]], list[sa.ColumnElement[bool]]]


class DateKind(StrEnum):
    """What is to happen on a date."""

    NEXT_STEP = "next-step"
    FIRST_DEADLINE = "first-deadline"
    DEADLINE = "deadline"
    IN_FORCE = "in-force"


@dataclass(frozen=True)
class PublicDate:
    """A date of an ask. Kind and `number`, that of the ask or of its link to a law, identify it."""

    kind: DateKind
    number: int
    on: PartialDate
    ask: FeedAsk
    note: str
    law_title: str
    provisions: str
    extent: tuple[str, ...]
    recorded_at: datetime


def list_dates(session: Session, today: date, of: FeedAsk | None = None) -> tuple[PublicDate, ...]:
    """The dates from a year back on, of one ask or of all, in the order of time; four queries a kind at most.

    Of more than a calendar should hold, those to come go first, and the nearest before the others.
    """
    day, first = today.isoformat(), (today - A_YEAR).isoformat()
    coming = _read(session, of, sa.asc, _from(day))
    past = _read(session, of, sa.desc, lambda on: [part & (on < PartialDate(day)) for part in _from(first)(on)])
    nearest = sorted(coming, key=_order)[:MOST_DATES]
    latest = sorted(past - coming, key=_order, reverse=True)[: MOST_DATES - len(nearest)]
    return tuple(sorted(nearest + latest, key=_order))


def _from(day: str) -> Conditions:
    """That a date lies on the day or after it; or that it may, for it is known to the month or the year only."""
    uncertain = [PartialDate(day[:4]), PartialDate(day[:7])]
    return lambda on: [on >= PartialDate(day), on.in_(uncertain)]


def _order(found: PublicDate) -> tuple[PartialDate, DateKind, int]:
    return found.on, found.kind, found.number


def _read(
    session: Session, of: FeedAsk | None, direction: Callable[[Any], Any], conditions: Conditions
) -> set[PublicDate]:
    """The dates of every kind that meet one of the conditions."""
    found = set()
    for kind, statement in STATEMENTS.items():
        on, number = statement.selected_columns["on"].element, statement.selected_columns["number"].element
        # For all asks the database picks by the dates alone, so that it does not read all that is published.
        for condition in [sa.or_(*conditions(on))] if of else conditions(on):
            near = sa.select(number).where(condition).order_by(direction(on), direction(number)).limit(LOOKED_THROUGH)
            if of:
                near = near.where((Link.ask_id if kind is DateKind.IN_FORCE else Ask.id) == of.number)
            rows = session.execute(statement.where(number.in_(near.subquery().select())))
            found |= {_public_date(kind, row) for row in rows if row.publication is PUBLISHED}
    return found


def _public_date(kind: DateKind, row: Any) -> PublicDate:
    ask = FeedAsk(row.ask_number, row.slug, row.title)
    law = (row.law_title, row.provisions, tuple(row.extent or ()))
    return PublicDate(kind, row.number, row.on, ask, row.note, *law, row.recorded_at)


def _statement(number: Any, on: Any, note: Any, law: tuple[Any, Any, Any]) -> sa.Select[Any]:
    """Return the statement for the dates of one kind."""
    recorded_at = sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == Ask.id)
    title, provisions, extent = law
    return sa.select(
        number.label("number"),
        on.label("on"),
        note.label("note"),
        title.label("law_title"),
        provisions.label("provisions"),
        extent.label("extent"),
        Ask.id.label("ask_number"),
        Ask.slug,
        Ask.title,
        Ask.publication,
        recorded_at.scalar_subquery().label("recorded_at"),
    )


NO_LAW = (sa.literal(""), sa.literal(""), sa.null())
STATEMENTS: Mapping[DateKind, sa.Select[Any]] = {
    DateKind.NEXT_STEP: _statement(Ask.id, Ask.next_step_on, Ask.next_step, NO_LAW),
    DateKind.FIRST_DEADLINE: _statement(Ask.id, Ask.first_deadline, Ask.deadline_note, NO_LAW).where(
        Ask.first_deadline.is_distinct_from(Ask.current_deadline)
    ),
    DateKind.DEADLINE: _statement(Ask.id, Ask.current_deadline, Ask.deadline_note, NO_LAW),
    DateKind.IN_FORCE: _statement(
        Link.id, Link.in_force_on, Link.note, (Legislation.title, Link.provisions, Link.extent)
    )
    .join(Link.ask)
    .join(Link.legislation)
    .where(Link.publication == PUBLISHED, Legislation.publication == PUBLISHED),
}
