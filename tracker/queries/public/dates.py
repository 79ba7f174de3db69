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
Place = tuple[str, "DateKind", int]


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
    """The dates from a year back on, of one ask or of all, in the order of time; four queries a kind and one at most.

    Of more than a calendar should hold, those to come go first, and the nearest before the others.
    """
    day = today.isoformat()
    found = _read(session, of, sa.asc, today)
    chosen = sorted(found)[:MOST_DATES]
    if len(chosen) < MOST_DATES:
        past = _read(session, of, sa.desc, today - A_YEAR, lambda on: on < PartialDate(day))
        chosen += sorted(past.keys() - found.keys(), reverse=True)[: MOST_DATES - len(chosen)]
        found |= past
    rows = [(place[1], found[place]) for place in sorted(chosen)]
    newest = sa.select(Update.ask_id, sa.func.max(Update.published_at)).group_by(Update.ask_id)
    of_asks = newest.where(Update.ask_id.in_({row.ask_id for _, row in rows}))
    recorded_at: dict[int, Any] = dict(session.execute(of_asks).all())
    return tuple(_date(kind, row, recorded_at[row.ask_id]) for kind, row in rows)


def _read(
    session: Session,
    of: FeedAsk | None,
    direction: Callable[[Any], Any],
    first: date,
    until: Callable[[Any], sa.ColumnElement[bool]] = lambda _: sa.true(),
) -> dict[Place, Any]:
    """The dates of every kind from a day on, and those known to the month or the year only that may be."""
    day, found = first.isoformat(), dict[Place, Any]()
    for kind, statement in STATEMENTS.items():
        number, on = (column.element for column in list(statement.selected_columns)[:2])
        conditions = [on >= PartialDate(day), on.in_([PartialDate(day[:4]), PartialDate(day[:7])])]
        # For all asks the database picks by the dates alone, so that it does not read all that is published.
        for condition in [sa.or_(*conditions)] if of else conditions:
            near = sa.select(number).where(condition, until(on)).order_by(direction(on), direction(number))
            if of:
                near = near.where((Link.ask_id if kind is DateKind.IN_FORCE else Ask.id) == of.number)
            rows = session.execute(statement.where(number.in_(near.limit(LOOKED_THROUGH).subquery().select())))
            found |= {(row.on.text, kind, row.number): row for row in rows if row.publication is PUBLISHED}
    return found


def _date(kind: DateKind, row: Any, recorded_at: datetime) -> PublicDate:
    number, on, note, law_title, provisions, extent, _, *ask = row
    return PublicDate(kind, number, on, FeedAsk(*ask), note, law_title, provisions, tuple(extent or ()), recorded_at)


def _statement(number: Any, on: Any, note: Any, *law: Any) -> sa.Select[Any]:
    """Return the statement for the dates of one kind."""
    of_ask = (Ask.publication, Ask.id.label("ask_id"), Ask.slug, Ask.title)
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
