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
    day = today.isoformat()
    coming = _read(session, of, sa.asc, today)
    past = _read(session, of, sa.desc, today - A_YEAR, lambda on: on < PartialDate(day))
    nearest = sorted(coming, key=_order)[:MOST_DATES]
    latest = sorted(past - coming, key=_order, reverse=True)[: MOST_DATES - len(nearest)]
    return tuple(sorted(nearest + latest, key=_order))


def _order(found: PublicDate) -> tuple[PartialDate, DateKind, int]:
    return found.on, found.kind, found.number


def _read(
    session: Session,
    of: FeedAsk | None,
    direction: Callable[[Any], Any],
    first: date,
    until: Callable[[Any], sa.ColumnElement[bool]] = lambda _: sa.true(),
) -> set[PublicDate]:
    """The dates of every kind from a day on, and those known to the month or the year only that may be."""
    day, found = first.isoformat(), set()
    for kind, statement in STATEMENTS.items():
        number, on = (column.element for column in list(statement.selected_columns)[:2])
        conditions = [on >= PartialDate(day), on.in_([PartialDate(day[:4]), PartialDate(day[:7])])]
        # For all asks the database picks by the dates alone, so that it does not read all that is published.
        for condition in [sa.or_(*conditions)] if of else conditions:
            near = sa.select(number).where(condition, until(on)).order_by(direction(on), direction(number))
            if of:
                near = near.where((Link.ask_id if kind is DateKind.IN_FORCE else Ask.id) == of.number)
            rows = session.execute(statement.where(number.in_(near.limit(LOOKED_THROUGH).subquery().select())))
            for id_, day_of_it, note, title, provisions, extent, recorded_at, publication, *ask in rows:
                if publication is PUBLISHED:
                    law = (title, provisions, tuple(extent or ()))
                    found.add(PublicDate(kind, id_, day_of_it, FeedAsk(*ask), note, *law, recorded_at))
    return found


def _statement(number: Any, on: Any, note: Any, *law: Any) -> sa.Select[Any]:
    """Return the statement for the dates of one kind."""
    recorded_at = sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == Ask.id).scalar_subquery()
    of_ask = (recorded_at, Ask.publication, Ask.id, Ask.slug, Ask.title)
    return sa.select(number.label("number"), on.label("on"), note, *(law or NO_LAW), *of_ask)


NO_LAW = (sa.literal(""), sa.literal(""), sa.null())
STATEMENTS: Mapping[DateKind, sa.Select[Any]] = {
    DateKind.NEXT_STEP: _statement(Ask.id, Ask.next_step_on, Ask.next_step),
    DateKind.FIRST_DEADLINE: _statement(Ask.id, Ask.first_deadline, Ask.deadline_note).where(
        Ask.first_deadline.is_distinct_from(Ask.current_deadline)
    ),
    DateKind.DEADLINE: _statement(Ask.id, Ask.current_deadline, Ask.deadline_note),
    DateKind.IN_FORCE: _statement(Link.id, Link.in_force_on, Link.note, Legislation.title, Link.provisions, Link.extent)
    .join(Link.ask)
    .join(Link.legislation)
    .where(Link.publication == PUBLISHED, Legislation.publication == PUBLISHED),
}
