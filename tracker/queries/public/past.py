"""Lists of asks as they stood on a past day, from the days on which each status began and ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Listing, StatusSpan
from tracker.queries.public.counts import count_by_status
from tracker.queries.public.filters import AskFilter, fits
from tracker.queries.public.keys import Place
from tracker.queries.public.records import AskLine, Total
from tracker.queries.public.search import find_hits

MOST_COUNTED = 1000


def walk_past(
    session: Session, wanted: AskFilter, topic: str, on: date, *, after: Place | None, most: int
) -> list[sa.Row[Any]]:
    """The spans of status that held on the day, of the asks that fit, the last changed first."""
    day = on.isoformat()
    statement = (
        sa.select(*(getattr(StatusSpan, name) for name in ["ask_id", "begins_on", "happened_on", "status", "reason"]))
        .join(Listing, Listing.ask_id == StatusSpan.ask_id)
        .where(
            *fits(wanted, topic),
            StatusSpan.begins_on <= day,
            sa.or_(StatusSpan.ends_on.is_(None), StatusSpan.ends_on > day),
        )
        .order_by(StatusSpan.begins_on.desc(), StatusSpan.ask_id.desc())
    )
    if wanted.family or wanted.status:
        statement = statement.where(StatusSpan.status.in_(wanted.statuses))
    if wanted.text:
        statement = statement.where(StatusSpan.ask_id.in_(find_hits(session, wanted.text)))
    if after:
        statement = statement.where(sa.tuple_(StatusSpan.begins_on, StatusSpan.ask_id) < (after.value, after.ask_id))
    return list(session.execute(statement.limit(most)))


def total_past(session: Session, wanted: AskFilter, topic: str, on: date) -> Total:
    """How many fit: from the counters where only statuses are wanted, else counted up to a thousand."""
    if wanted == AskFilter(family=wanted.family, status=wanted.status):
        counts = count_by_status(session, on)
        return Total(sum(number for status, number in counts.items() if status in wanted.statuses))
    number = len(walk_past(session, wanted, topic, on, after=None, most=MOST_COUNTED + 1))
    return Total(min(number, MOST_COUNTED), number > MOST_COUNTED)


def as_of(lines: Sequence[tuple[int, AskLine]], spans: Sequence[sa.Row[Any]]) -> list[tuple[int, AskLine]]:
    """The lines with the status, its date and its reason of that day; when they were checked is today's knowledge."""
    by_id = {span.ask_id: span for span in spans}
    return [
        (
            id,
            replace(
                line,
                status=by_id[id].status,
                status_on=by_id[id].happened_on,
                reason=by_id[id].reason,
                reviewed_on=None,
            ),
        )
        for id, line in lines
    ]
