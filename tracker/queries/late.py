"""What is over: dates that may be known to the month or the year only, and the time after which we look again."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import beginning_of
from tracker.models import Ask, Update
from tracker.rules.asks import Publication


def is_review_late(session: Session, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that a published ask is to be looked at again by now. Costs a query.

    Where nobody has looked again yet, it counts from the first publication, as rules.story.review_due does.
    """
    first = sa.select(sa.func.min(Update.published_at)).where(Update.ask_id == Ask.id)
    intervals = sa.select(Ask.review_interval_days).where(Ask.publication == Publication.PUBLISHED).distinct()
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                Ask.review_interval_days == days,
                sa.or_(
                    ended_by(Ask.reviewed_on, today - timedelta(days=days)),
                    sa.and_(
                        Ask.reviewed_on.is_(None),
                        first.scalar_subquery() < beginning_of(today - timedelta(days=days - 1)),
                    ),
                ),
            )
            for days in session.scalars(intervals)
        ),
    )


def ended_by(column: Any, day: date) -> sa.ColumnElement[bool]:
    """Return the condition that the last day that a date can mean is not after the day; false without a date."""
    text = sa.type_coerce(column, sa.String)
    next_day = day + timedelta(days=1)
    last_month = next_day.replace(day=1) - timedelta(days=1)
    bounds = {10: day.isoformat(), 7: f"{last_month:%Y-%m}", 4: f"{next_day.year - 1:04}"}
    return sa.or_(
        *(sa.and_(sa.func.length(text) == length, text <= sa.literal(bound)) for length, bound in bounds.items())
    )
