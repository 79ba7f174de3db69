"""Conditions on dates that may be known to the month or the year only."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa


def ended_by(column: Any, day: date) -> sa.ColumnElement[bool]:
    """Whether the last day that the date can mean is that day or an earlier one; false where there is no date."""
    text = sa.type_coerce(column, sa.String)
    next_day = day + timedelta(days=1)
    last_month = next_day.replace(day=1) - timedelta(days=1)
    bounds = {10: day.isoformat(), 7: f"{last_month:%Y-%m}", 4: f"{next_day.year - 1:04}"}
    return sa.or_(
        *(sa.and_(sa.func.length(text) == length, text <= sa.literal(bound)) for length, bound in bounds.items())
    )
