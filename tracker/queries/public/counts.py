"""The figures that pages show."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Source, StatusSpan
from tracker.queries.public.as_of import ASK, NOW, SPAN, as_of
from tracker.queries.public.bodies import BODIES, LAST, PLACES, NameList, names_in, names_of
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.fitting import conditions
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUSES_OF, Family, Status


@dataclass(frozen=True)
class FilterChoice:
    """A value that a filter can take, and how many asks it would leave."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class FilterChoices:
    """What every filter offers, each counted with the other filters as they are."""

    families: tuple[FilterChoice, ...]
    statuses: tuple[FilterChoice, ...]
    topics: tuple[FilterChoice, ...]
    kinds: tuple[FilterChoice, ...]
    bodies: tuple[FilterChoice, ...]
    places: tuple[FilterChoice, ...]
    sources: tuple[FilterChoice, ...]


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


def count_by_status(session: Session, on: date | None = None) -> dict[Status, int]:
    """How many published asks stand where, now or as they stood on a day."""
    asks = as_of(on)
    counted = sa.select(asks.status, sa.func.count()).select_from(asks.source).where(*asks.holds)
    return {row[0]: row[1] for row in session.execute(counted.group_by(asks.status))}


def count_by_family(counts: Mapping[Status, int]) -> dict[Family, int]:
    """The counts by status summed up by family, every family named."""
    return {family: sum(counts.get(status, 0) for status in STATUSES_OF[family]) for family in Family}


def count_by_year(session: Session) -> tuple[YearCounts, ...]:
    """How the asks stood at the end of each year, from that of the first ask; the last is still running.

    An ask joins in the year in which it was made. A status that is older is the one with which it begins.
    """
    growth: dict[int, Counter[Status]] = defaultdict(Counter)
    for statement, sign in ((_BEGUN, 1), (_ENDED, -1)):
        for year, status, number in session.execute(statement):
            growth[int(year)][status] += sign * number
    made = Counter({int(year): number for year, number in session.execute(_MADE)})
    if not made:
        return ()
    years = range(min(made), max([*made, *growth]) + 1)
    ends = accumulate((growth[year] for year in years), _sum)
    asks = accumulate(made[year] for year in years)
    return tuple(
        YearCounts(year, count_by_family(counts), number - counts.total())
        for year, counts, number in zip(years, ends, asks, strict=True)
    )


def find_first_year(session: Session) -> int | None:
    """The year of the first ask, from which histories are drawn; None without asks."""
    first = session.scalar(sa.select(sa.func.min(_YEAR_MADE)).select_from(_MADE_IN).where(*NOW.holds))
    return int(first) if first else None


def find_last_change(session: Session) -> tuple[PartialDate | None, int]:
    """When a status last changed, and how many did in that year; those with which asks began do not count."""
    last = session.scalar(_LAST_CHANGE)
    if last is None:
        return None, 0
    return last, session.scalar(_CHANGES.where(SPAN.begins_on >= str(last.first_day.year))) or 0


def find_choices(
    session: Session, wanted: AskFilter, topics: Mapping[str, str], *, on: date | None = None
) -> FilterChoices:
    """What each filter offers, on a past day as it would have been then."""
    topic = topics.get(wanted.topic)
    by_status, by_topic, by_kind = Counter[Status](), Counter[str](), Counter[AskKind]()
    for of_topic, kind, status, number in _count_cells(session, wanted, on):
        fits_topic, fits_kind, fits_status = topic in {None, of_topic}, kind in wanted.kinds, status in wanted.statuses
        by_status[status] += number if fits_topic and fits_kind else 0
        by_topic[of_topic] += number if fits_kind and fits_status else 0
        by_kind[kind] += number if fits_topic and fits_status else 0

    def number_of(status: Status | None, family: Family | None) -> int:
        return sum(by_status[each] for each in replace(wanted, status=status, family=family).statuses)

    return FilterChoices(
        families=tuple(FilterChoice(f, f.label, number_of(wanted.status, f)) for f in Family),
        statuses=tuple(FilterChoice(s, s.label, number_of(s, wanted.family)) for s in Status),
        topics=tuple(FilterChoice(slug, name, by_topic[name]) for slug, name in topics.items()),
        kinds=tuple(FilterChoice(kind, kind.label, by_kind[kind]) for kind in AskKind),
        bodies=_count_names(session, BODIES, wanted.without("body"), on),
        places=_count_names(session, PLACES, wanted.without("place"), on),
        sources=_count_sources(session, wanted.without("source"), on),
    )


def _count_cells(session: Session, wanted: AskFilter, on: date | None) -> sa.Result[*tuple[Any, ...]]:
    """How many asks of each topic, kind and status fit the other filters."""
    asks = as_of(on)
    others = conditions(session, replace(wanted, family=None, status=None, topic="", kind=None), asks)
    cell: tuple[Any, ...] = (ASK.topic, ASK.kind, asks.status)
    counted = sa.select(*cell, sa.func.count()).select_from(asks.source).where(*asks.holds, *others)
    return session.execute(counted.group_by(*cell))


def _count_names(session: Session, of: NameList, others: AskFilter, on: date | None) -> tuple[FilterChoice, ...]:
    """All names, and how many asks of each fit the other filters."""
    asks = as_of(on)
    counted = sa.select(of.stored, sa.func.count()).select_from(asks.source)
    counted = counted.where(*asks.holds, *conditions(session, others, asks)).group_by(of.stored).order_by(LAST)
    rows = session.execute(counted).all()
    numbers = Counter[str]()
    for stored, number in rows:
        numbers.update(dict.fromkeys(names_in(stored), number))
    are_all = others.is_empty and not on
    names = names_of(stored for stored, _ in rows) if are_all else of.names(session)
    return tuple(FilterChoice(slug, name, numbers[slug]) for slug, name in names.items())


def _count_sources(session: Session, others: AskFilter, on: date | None) -> tuple[FilterChoice, ...]:
    """All sources with published asks, and how many asks of each fit the other filters."""
    asks = as_of(on)
    counted = sa.select(ASK.source_id, sa.func.count()).select_from(asks.source)
    counted = counted.where(*asks.holds, *conditions(session, others, asks)).group_by(ASK.source_id)
    numbers = {row[0]: row[1] for row in session.execute(counted)}
    with_asks = _SOURCE.id.in_(sa.select(ASK.source_id).where(*NOW.holds))
    sources = sa.select(_SOURCE.id, _SOURCE.key, _SOURCE.title).where(with_asks)
    rows = session.execute(sources.order_by(_SOURCE.published_on, _SOURCE.title))
    return tuple(FilterChoice(key, title, numbers.get(number, 0)) for number, key, title in rows)


def _sum(counts: Counter[Status], growth: Counter[Status]) -> Counter[Status]:
    return Counter({status: counts[status] + growth[status] for status in counts | growth})


def _later(day: Any, other: Any) -> sa.ColumnElement[str]:
    return sa.case((day > other, day), else_=other)


def _year(day: Any) -> sa.ColumnElement[str]:
    return sa.func.substr(day, 1, 4).label("year")


def _by_year(day: Any, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    """In which years how many spans begin or end by these days; those before an ask was made count from then."""
    year = _year(_later(day, _ASKED))
    counted = sa.select(year, *columns, sa.func.count()).select_from(_SPANS).where(day.is_not(None))
    return counted.group_by(year, *columns)


_SOURCE, _EARLIER = Source.__table__.c, StatusSpan.__table__.alias("earlier")
_ASKED = sa.type_coerce(sa.func.coalesce(_SOURCE.published_on, ""), sa.String)
_MADE_IN = Ask.__table__.join(Source.__table__, _SOURCE.id == ASK.source_id)
_SPANS = _MADE_IN.join(StatusSpan.__table__, ASK.id == SPAN.ask_id)
_BEGUN, _ENDED = _by_year(SPAN.begins_on, SPAN.status), _by_year(SPAN.ends_on, SPAN.status)
_FIRST = sa.select(sa.func.min(SPAN.begins_on)).where(SPAN.ask_id == ASK.id).correlate(Ask.__table__).scalar_subquery()
_YEAR_MADE = _year(sa.case((_ASKED != "", _ASKED), else_=_FIRST))
_MADE = sa.select(_YEAR_MADE, sa.func.count()).select_from(_MADE_IN).where(*NOW.holds).group_by(_YEAR_MADE)
_CHANGED = (
    SPAN.begins_on > _ASKED,
    sa.exists().where(
        _EARLIER.c.ask_id == SPAN.ask_id, _EARLIER.c.ends_on == SPAN.begins_on, _EARLIER.c.status != SPAN.status
    ),
)
_LAST_CHANGE = sa.select(SPAN.happened_on).select_from(_SPANS).where(*_CHANGED).order_by(SPAN.begins_on.desc()).limit(1)
_CHANGES = sa.select(sa.func.count()).select_from(_SPANS).where(*_CHANGED)
