"""The published asks as they stand now, or stood on a past day: from where they are read, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clock import today
from tracker.models import Ask, Source, StatusSpan, Update
from tracker.queries.public.filters import EVERY_ASK, AskFilter
from tracker.rules.asks import Publication

ONLY_PUBLISHED = (Publication.PUBLISHED,)
HIDDEN = tuple(state for state in Publication if state not in ONLY_PUBLISHED)
ASK, SPAN = Ask.__table__.c, StatusSpan.__table__.c
# What a line of a list tells of an ask whatever the day. The wording is today's. What is not named here, or given in
# PAST, is blank on a past day.
WHATEVER_THE_DAY = ("slug", "title", "kind", "topic", "summary", "first_deadline", "basis", "asked_by")
_NAMING, _CORRECTING = Ask.__table__.alias("naming").c, Update.__table__.alias("correcting").c


def is_shown(source: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a source is published, or archived while published asks name it."""
    is_named = sa.exists().where(_NAMING.source_id == source.id, _NAMING.publication == Publication.PUBLISHED)
    return sa.or_(source.publication == Publication.PUBLISHED, is_named)


_SOURCE, _OTHER = Source.__table__, Source.__table__.alias()
# Whether others are shown: one that is published, or one that a published ask names.
_OTHERS = (
    sa.exists().where(_OTHER.c.id != _SOURCE.c.id, _OTHER.c.publication == Publication.PUBLISHED),
    *(
        sa.select(which(_NAMING.source_id)).where(_NAMING.publication == Publication.PUBLISHED).scalar_subquery()
        != _SOURCE.c.id
        for which in (sa.func.min, sa.func.max)
    ),
)
_ASKED_BY = (
    sa.select(sa.func.ltrim(_SOURCE.c.author + ", " + _SOURCE.c.title, ", "))
    .where(_SOURCE.c.id == ASK.source_id, sa.or_(*_OTHERS))
    .scalar_subquery()
)
_WORDING = {name: ASK[name] for name in WHATEVER_THE_DAY if name != "asked_by"} | {"asked_by": _ASKED_BY}


def is_published(publication: Any) -> sa.ColumnElement[bool]:
    """Return the condition for lists that are read along another index.

    Nearly all rows are published, so an index on that is no help; but SQLite would take it, and sort all rows.
    """
    return is_one_of(publication, ONLY_PUBLISHED)


def is_one_of(publication: Any, which: Sequence[Publication]) -> sa.ColumnElement[bool]:
    """Return the condition that a record is in one of these states, likewise."""
    stored = sa.cast(publication, sa.String)
    condition: sa.ColumnElement[bool] = sa.or_(*(stored == state.value for state in which))
    return condition


def is_corrected(number: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a published entry puts the entry with this number right."""
    return sa.exists().where(_CORRECTING.corrects_id == number, _CORRECTING.publication == Publication.PUBLISHED)


@dataclass(frozen=True)
class AsOf:
    """How asks are read as of a day: from which tables, where `holds`; their status and since when.

    `line` gives the fields of an AskLine. Statements are executed with `values`, so that one serves all days.
    """

    source: Any
    id: sa.ColumnElement[int]
    holds: tuple[sa.ColumnElement[bool], ...]
    status: sa.ColumnElement[Any]
    since: sa.ColumnElement[Any]
    line: Mapping[str, sa.ColumnElement[Any]]
    on: date | None = None

    @property
    def day(self) -> date:
        """The day as of which they are read."""
        return self.on or today()

    @property
    def values(self) -> dict[str, str]:
        """What statements about them are executed with."""
        return {"day": self.on.isoformat()} if self.on else {}


NOW = AsOf(
    source=Ask.__table__,
    id=ASK.id,
    holds=(ASK.publication == Publication.PUBLISHED,),
    status=ASK.status,
    since=ASK.status_on,
    line={
        **_WORDING,
        "status": ASK.status,
        "status_on": ASK.status_on,
        "reason": ASK.status_reason,
        "reviewed_on": ASK.reviewed_on,
        "disputed_on": ASK.disputed_on,
        "disputed_about": ASK.disputed_about,
    },
)


_DAY = sa.bindparam("day", type_=SPAN.begins_on.type)
_HELD = (SPAN.begins_on <= _DAY, sa.or_(SPAN.ends_on.is_(None), SPAN.ends_on > _DAY))
PAST = AsOf(
    source=Ask.__table__.join(StatusSpan.__table__, ASK.id == SPAN.ask_id),
    id=SPAN.ask_id,
    holds=(*NOW.holds, *_HELD),
    status=SPAN.status,
    since=SPAN.happened_on,
    line={**_WORDING, "status": SPAN.status, "status_on": SPAN.happened_on, "reason": SPAN.reason},
)


# Read from their statuses alone, which only published asks have: enough where nothing else of the asks is wanted.
PAST_STATUSES = replace(PAST, source=StatusSpan.__table__, holds=_HELD)


def as_of(on: date | None, wanted: AskFilter = EVERY_ASK) -> AsOf:
    """Return how the asks that fit are read as of a day, or as of now."""
    if not on:
        return NOW
    return replace(PAST_STATUSES if replace(wanted, family=None, status=None).is_empty else PAST, on=on)
