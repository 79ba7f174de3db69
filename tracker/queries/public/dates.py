"""The dates that somebody may want in a calendar: next steps, deadlines, and the days on which linked law begins."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Legislation, Link, Update
from tracker.queries.public.as_of import ASK, is_published
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.text import Choice

MOST_DATES = 1000
# Of each kind a calendar looks through so many dates and no further, published or not.
LOOKED_THROUGH = 2 * MOST_DATES
A_YEAR = timedelta(days=366)
PUBLISHED = Publication.PUBLISHED
Place = tuple[str, str, int]


class DateKind(Choice):
    """What is to happen on a date."""

    NEXT_STEP = "next-step", "Next step"
    FIRST_DEADLINE = "first-deadline", "First deadline"
    DEADLINE = "deadline", "Deadline"
    IN_FORCE = "in-force", "Comes into force"


def list_dates(session: Session, today: date, of: int | None = None) -> list[Any]:
    """The dates from a year back on, of one ask or of all, in the order of time; two queries at most.

    Of more than a calendar should hold, those to come go first, and the nearest before the others. Kind and `number`,
    that of the ask or of its link to a law, identify a date.
    """
    found = _read(session, of, today)
    chosen = sorted(found)[:MOST_DATES]
    if len(chosen) < MOST_DATES:
        past = _read(session, of, today - A_YEAR, until=today)
        chosen += sorted(past.keys() - found.keys(), reverse=True)[: MOST_DATES - len(chosen)]
        found |= past
    return [found[place] for place in sorted(chosen)]


def _read(session: Session, of: int | None, first: date, until: date | None = None) -> dict[Place, Any]:
    """The dates of every kind from a day on, and those known to the month or the year only that may be."""
    day = first.isoformat()
    days = {"first": day, "month": day[:7], "year": day[:4], "until": (until or date.max).isoformat()}
    values = {name: PartialDate(text) for name, text in days.items()}
    statement = _of_all_kinds(is_past=until is not None, is_of_one=of is not None)
    rows = session.execute(statement, {**values, "of": of})
    return {(row.on.text, row.kind, row.number): row for row in rows}


@cache
def _of_all_kinds(*, is_past: bool, is_of_one: bool) -> sa.CompoundSelect[Any]:
    """Return the statement for the dates of every kind, made once."""
    return sa.union_all(*(_nearest(dates, is_past=is_past, is_of_one=is_of_one) for dates in DATES))


def _nearest(dates: sa.Select[Any], *, is_past: bool, is_of_one: bool) -> sa.Select[Any]:
    """Return the statement for those of these dates that are nearest, and for when the story of their ask changed."""
    _, number, on, ask_id = (column.element for column in list(dates.selected_columns)[:4])
    in_order = (on.desc(), number.desc()) if is_past else (on, number)
    may_be, near = [on >= FIRST, on.in_([MONTH, YEAR])], []
    # For all asks the database picks by the dates alone, so that it does not read all that is published.
    for condition in [sa.or_(*may_be)] if is_of_one else may_be:
        picked = sa.select(number).where(condition, on < UNTIL).order_by(*in_order).limit(LOOKED_THROUGH)
        near.append((picked.where(ask_id == OF) if is_of_one else picked).subquery().select())
    nearest = dates.where(number.in_(sa.union_all(*near))).order_by(*in_order).limit(MOST_DATES).subquery()
    changed_at = sa.select(sa.func.max(UPDATE.published_at)).where(UPDATE.ask_id == nearest.c.ask_id)
    return sa.select(*nearest.c, changed_at.scalar_subquery().label("recorded_at"))


def _dates(kind: DateKind, number: Any, on: Any, ask_id: Any, note: Any, *law: Any) -> sa.Select[Any]:
    """Return the statement for the dates of one kind, whose asks are published."""
    what = (sa.literal(kind.value).label("kind"), number.label("number"), on.label("on"), ask_id.label("ask_id"))
    return sa.select(*what, ASK.slug, ASK.title, note.label("note"), *law).where(is_published(ASK.publication))


LINK, LAW, UPDATE = Link.__table__.c, Legislation.__table__.c, Update.__table__.c
FIRST, MONTH, YEAR, UNTIL = (
    sa.bindparam(name, type_=ASK.next_step_on.type) for name in ("first", "month", "year", "until")
)
OF = sa.bindparam("of", type_=sa.Integer)
NOTHING = sa.literal("")
NO_LAW = (NOTHING.label("law_title"), NOTHING.label("provisions"), sa.cast(sa.null(), sa.JSON).label("extent"))
OF_LAW = (LAW.title.label("law_title"), LINK.provisions, LINK.extent)
DATES = (
    _dates(DateKind.NEXT_STEP, ASK.id, ASK.next_step_on, ASK.id, ASK.next_step, *NO_LAW),
    _dates(DateKind.FIRST_DEADLINE, ASK.id, ASK.first_deadline, ASK.id, ASK.deadline_note, *NO_LAW).where(
        ASK.first_deadline.is_distinct_from(ASK.current_deadline)
    ),
    _dates(DateKind.DEADLINE, ASK.id, ASK.current_deadline, ASK.id, ASK.deadline_note, *NO_LAW),
    _dates(DateKind.IN_FORCE, LINK.id, LINK.in_force_on, LINK.ask_id, LINK.note, *OF_LAW)
    .where(LINK.ask_id == ASK.id, LINK.legislation_id == LAW.id)
    .where(LINK.publication == PUBLISHED, LAW.publication == PUBLISHED),
)
