"""The figures that pages show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Source, StatusSpan
from tracker.queries.public.as_of import ASK, SPAN, as_of
from tracker.queries.public.choices import Cell
from tracker.queries.public.filters import EVERY_ASK, AskFilter
from tracker.queries.public.fitting import conditions
from tracker.queries.public.sources import OFFERED_SOURCES
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUSES_OF, Family, Status


@dataclass(frozen=True)
class YearCounts:
    """How many asks stood in each family at the end of a year, and how many were made and had no status yet."""

    year: int
    families: Mapping[Family, int]
    no_status: int = 0

    @property
    def total(self) -> int:
        """How many asks there were."""
        return sum(self.families.values()) + self.no_status


def count_by_status(session: Session, on: date | None = None, wanted: AskFilter = EVERY_ASK) -> dict[Status, int]:
    """How many published asks that fit the filter stand where, now or as they stood on a day."""
    asks = as_of(on, wanted)
    fitting = (*asks.holds, *conditions(session, wanted, asks))
    counted = sa.select(asks.status, sa.func.count()).select_from(asks.source).where(*fitting)
    return {row[0]: row[1] for row in session.execute(counted.group_by(asks.status), asks.values)}


def sum_by_status(cells: Iterable[Cell]) -> Counter[Status]:
    """Return how many asks of these cells stand where."""
    counts = Counter[Status]()
    for cell in cells:
        counts[cell.status] += cell.number
    return counts


def count_by_family(counts: Mapping[Status, int]) -> dict[Family, int]:
    """The counts by status summed up by family, every family named."""
    return {family: sum(counts.get(status, 0) for status in STATUSES_OF[family]) for family in Family}


def count_by_year(session: Session, cells: Iterable[Cell]) -> tuple[YearCounts, ...]:
    """How the asks of these cells stood at the end of each year, from that of the first; the last is still running.

    An ask joins in the year in which it was made. A status that is older is the one with which it begins.
    """
    made_in = find_years(session)
    made, growth = Counter[int](), defaultdict[int, Counter[Status]](Counter)
    for cell in cells:
        made[made_in[cell.source_id]] += cell.number
    if not made:
        return ()
    for begun, ended, status, number in session.execute(_STOOD):
        growth[int(begun)][status] += number
        growth[int(ended or 0)][status] -= number
    for source_id, begun, ended, status, number in session.execute(_STOOD_EARLY, {"last": str(max(made))}):
        first = made_in.get(source_id, 0)
        for year, moved in ((int(begun), number), (int(ended or first), -number)):
            growth[min(year, first)][status] -= moved
            growth[first][status] += moved
    years = range(min(made), max([*made, *growth]) + 1)
    ends = accumulate((growth[year] for year in years), _sum)
    asks = accumulate(made[year] for year in years)
    return tuple(
        YearCounts(year, count_by_family(counts), number - counts.total())
        for year, counts, number in zip(years, ends, asks, strict=True)
    )


def find_years(session: Session) -> dict[int, int]:
    """The year in which the asks of each source with published asks were made; undated, that of their first status."""
    found = {row.id: row.published_on for row in session.execute(OFFERED_SOURCES)}
    undated = [number for number, on in found.items() if on is None]
    firsts = {row[0]: row[1] for row in session.execute(_FIRST, {"ids": undated})} if undated else {}
    return {number: on.first_day.year if on else int(firsts[number][:4]) for number, on in found.items()}


def find_last_change(session: Session, today: date) -> tuple[PartialDate | None, int, int]:
    """When a status last changed, and how many did in that year; those with which asks began do not count.

    And how many of today's asks were met when this year began, also of those that were made later.
    """
    found = session.execute(_LAST_CHANGE).first()
    met = count_by_status(session, date(today.year - 1, 12, 31)).get(Status.MET, 0)
    return (found[0], found[1], met) if found else (None, 0, met)


def _sum(counts: Counter[Status], growth: Counter[Status]) -> Counter[Status]:
    return Counter({status: counts[status] + growth[status] for status in counts | growth})


def _year(day: Any) -> sa.ColumnElement[str]:
    return sa.func.substr(day, 1, 4)


_SOURCE = Source.__table__.c
_EARLIER, _LATEST = StatusSpan.__table__.alias("earlier"), StatusSpan.__table__.alias("latest")
_ASKED = sa.type_coerce(sa.func.coalesce(_SOURCE.published_on, ""), sa.String)
_OF_ASKS = Ask.__table__.join(StatusSpan.__table__, ASK.id == SPAN.ask_id)
_SPANS = _OF_ASKS.join(Source.__table__, _SOURCE.id == ASK.source_id)
# Counted by days first, along an index: to sort all statuses by their years takes longer.
_DAYS = (SPAN.begins_on, SPAN.ends_on, SPAN.status)
_BY_DAYS = sa.select(*_DAYS, sa.func.count().label("number")).group_by(*_DAYS).subquery().c
_YEARS = (_year(_BY_DAYS.begins_on), _year(_BY_DAYS.ends_on), _BY_DAYS.status)
_STOOD = sa.select(*_YEARS, sa.cast(sa.func.sum(_BY_DAYS.number), sa.Integer)).group_by(*_YEARS)
_EARLY = (ASK.source_id, _year(SPAN.begins_on), _year(SPAN.ends_on), SPAN.status)
_STOOD_EARLY = (
    sa.select(*_EARLY, sa.func.count())
    .select_from(_OF_ASKS)
    .where(SPAN.begins_on < sa.bindparam("last", type_=sa.String))
    .group_by(*_EARLY)
)
_FIRST = (
    sa.select(ASK.source_id, sa.func.min(SPAN.begins_on))
    .select_from(_OF_ASKS)
    .where(ASK.source_id.in_(sa.bindparam("ids", expanding=True)))
    .group_by(ASK.source_id)
)
_CHANGED = (
    SPAN.begins_on > _ASKED,
    # Of one column, so that an index is enough.
    sa.exists(_EARLIER.c.ask_id).where(
        _EARLIER.c.ask_id == SPAN.ask_id, _EARLIER.c.ends_on == SPAN.begins_on, _EARLIER.c.status != SPAN.status
    ),
)
_LATEST_FIRST = (SPAN.begins_on.desc(), SPAN.ask_id.desc())
_LAST = (
    sa.select(SPAN.ask_id, SPAN.begins_on).select_from(_SPANS).where(*_CHANGED).order_by(*_LATEST_FIRST).limit(1)
).subquery()
_IN_ITS_YEAR = (
    sa.select(sa.func.count()).select_from(_SPANS).where(*_CHANGED, SPAN.begins_on >= _year(_LAST.c.begins_on))
)
_IS_LAST = sa.and_(_LATEST.c.ask_id == _LAST.c.ask_id, _LATEST.c.begins_on == _LAST.c.begins_on)
_LAST_CHANGE = sa.select(_LATEST.c.happened_on, _IN_ITS_YEAR.scalar_subquery()).join(_LAST, _IS_LAST)
