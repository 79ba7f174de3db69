"""The published asks as they stand now, or stood on a past day: from where they are read, and what is told of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.models import Ask, StatusSpan
from tracker.rules.asks import Publication

ASK, SPAN = Ask.__table__.c, StatusSpan.__table__.c
# What a line of a list tells of an ask whatever the day. The wording is today's.
WHATEVER_THE_DAY = (ASK.id, ASK.slug, ASK.title, ASK.kind, ASK.topic, ASK.summary, ASK.first_deadline)


@dataclass(frozen=True)
class AsOf:
    """How asks are read as of a day: from which tables, where `holds`; their status and since when, and their lines."""

    source: Any
    holds: tuple[sa.ColumnElement[bool], ...]
    status: sa.ColumnElement[Any]
    since: sa.ColumnElement[Any]
    line: tuple[sa.ColumnElement[Any], ...]


NOW = AsOf(
    source=Ask.__table__,
    holds=(ASK.publication == Publication.PUBLISHED,),
    status=ASK.status,
    since=ASK.status_on,
    line=(
        *WHATEVER_THE_DAY,
        ASK.status,
        ASK.status_on,
        ASK.status_reason.label("reason"),
        ASK.reviewed_on,
        ASK.disputed_on,
        ASK.disputed_about,
    ),
)


def as_of(on: date | None) -> AsOf:
    """Return how asks are read as of a day, or as of now."""
    if on is None:
        return NOW
    day = on.isoformat()
    return AsOf(
        source=StatusSpan.__table__.join(Ask.__table__, ASK.id == SPAN.ask_id),
        holds=(SPAN.begins_on <= day, sa.or_(SPAN.ends_on.is_(None), SPAN.ends_on > day)),
        status=SPAN.status,
        since=SPAN.begins_on,
        line=(
            *WHATEVER_THE_DAY,
            SPAN.status,
            SPAN.happened_on.label("status_on"),
            SPAN.reason,
            sa.null().label("reviewed_on"),
            sa.null().label("disputed_on"),
            sa.literal("").label("disputed_about"),
        ),
    )
