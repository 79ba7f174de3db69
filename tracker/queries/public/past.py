"""Lists of asks as they stood on a past day, from the days on which each status began and ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Listing, StatusSpan
from tracker.queries.public.counts import count_by_status, count_cells
from tracker.queries.public.filters import AskFilter, fits
from tracker.queries.public.keys import Place
from tracker.queries.public.records import AskLine, Total
from tracker.queries.public.search import find_hits

MOST_COUNTED = 100
# Up to so many asks are sorted; of more, the list of all is looked through, in which they then stand close enough.
FEW = 5000
SPAN = StatusSpan.__table__.c
COLUMNS = (SPAN.ask_id, SPAN.begins_on, SPAN.happened_on, SPAN.status, SPAN.reason)
NEWEST_FIRST = (SPAN.begins_on.desc(), SPAN.ask_id.desc())


def walk_past(
    session: Session, wanted: AskFilter, topic: str, on: date, *, after: Place | None, most: int
) -> list[sa.Row[Any]]:
    """The spans of status that held on the day, of the asks that fit, the last changed first."""
    if not wanted.statuses:
        return []
    day = on.isoformat()
    held = sa.select(*COLUMNS).where(SPAN.begins_on <= day, sa.or_(SPAN.ends_on.is_(None), SPAN.ends_on > day))
    if after:
        held = held.where(sa.tuple_(SPAN.begins_on, SPAN.ask_id) < (after.value, after.ask_id))
    if wanted.text:
        held = held.where(SPAN.ask_id.in_(find_hits(session, wanted.text)))
    if wanted.kind or topic or wanted.scopes != [""]:
        held = _of_asks(session, held, wanted, topic)
    if not (wanted.family or wanted.status):
        return list(session.execute(held.order_by(*NEWEST_FIRST).limit(most)))
    # Each status has its own stretch of an index, in this order.
    walks = (held.where(SPAN.status == status).order_by(*NEWEST_FIRST).limit(most) for status in wanted.statuses)
    spans = sa.union_all(*(walk.subquery().select() for walk in walks)).subquery()
    return list(session.execute(sa.select(spans).order_by(spans.c.begins_on.desc(), spans.c.ask_id.desc()).limit(most)))


def _of_asks(session: Session, held: sa.Select[Any], wanted: AskFilter, topic: str) -> sa.Select[Any]:
    """Of these spans those of asks with the wanted topic and kind, in the wanted scopes."""
    cells = count_cells(session, wanted.scopes[0], topic)
    fitting = (*fits(wanted, topic), Listing.ask_id == SPAN.ask_id)
    if sum(number for (kind, _), number in cells.items() if kind in wanted.kinds) <= FEW:
        return held.join(Listing, sa.and_(*fitting))
    return held.where(sa.exists().where(*fitting))


def total_past(session: Session, wanted: AskFilter, topic: str, on: date) -> Total:
    """How many fit: from the counters where only statuses are wanted, else counted up to a hundred."""
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
                disputed_on=None,
                disputed_about="",
            ),
        )
        for id, line in lines
    ]
