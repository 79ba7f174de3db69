"""The figures that pages show."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.as_of import ASK, SPAN, as_of
from tracker.queries.public.bodies import LAST, STORED, bodies_in, list_bodies, names_in
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.listing import conditions
from tracker.rules.asks import AskKind
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


@dataclass(frozen=True)
class YearCounts:
    """How many asks stood in each family at the end of a year."""

    year: int
    families: Mapping[Family, int]


def count_by_status(session: Session, on: date | None = None) -> dict[Status, int]:
    """How many published asks stand where, now or as they stood on a day."""
    asks = as_of(on)
    counted = sa.select(asks.status, sa.func.count()).select_from(asks.source).where(*asks.holds)
    return {row[0]: row[1] for row in session.execute(counted.group_by(asks.status))}


def count_by_family(counts: Mapping[Status, int]) -> dict[Family, int]:
    """The counts by status summed up by family, every family named."""
    return {family: sum(counts.get(status, 0) for status in STATUSES_OF[family]) for family in Family}


def count_by_year(session: Session) -> tuple[YearCounts, ...]:
    """How the families stood at the end of each year, from the first year with an ask; the last is still running."""
    growth: dict[int, Counter[Status]] = {}
    for statement, sign in ((_BEGUN, 1), (_ENDED, -1)):
        for year, status, number in session.execute(statement):
            growth.setdefault(int(year), Counter())[status] += sign * number
    if not growth:
        return ()
    years = range(min(growth), max(growth) + 1)
    ends = accumulate((growth.get(year, Counter()) for year in years), _sum)
    return tuple(YearCounts(year, count_by_family(counts)) for year, counts in zip(years, ends, strict=True))


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
    bodies, by_body = _count_by_body(session, wanted, on)

    def number_of(status: Status | None, family: Family | None) -> int:
        return sum(by_status[each] for each in replace(wanted, status=status, family=family).statuses)

    return FilterChoices(
        families=tuple(FilterChoice(f, f.label, number_of(wanted.status, f)) for f in Family),
        statuses=tuple(FilterChoice(s, s.label, number_of(s, wanted.family)) for s in Status),
        topics=tuple(FilterChoice(slug, name, by_topic[name]) for slug, name in topics.items()),
        kinds=tuple(FilterChoice(kind, kind.label, by_kind[kind]) for kind in AskKind),
        bodies=tuple(FilterChoice(slug, name, by_body[slug]) for slug, name in bodies.items()),
    )


def _count_cells(session: Session, wanted: AskFilter, on: date | None) -> sa.Result[*tuple[Any, ...]]:
    """How many asks of each topic, kind and status fit the filters of words, body and law."""
    asks = as_of(on)
    others = conditions(session, AskFilter(text=wanted.text, body=wanted.body, law=wanted.law), asks)
    cell: tuple[Any, ...] = (ASK.topic, ASK.kind, asks.status)
    counted = sa.select(*cell, sa.func.count()).select_from(asks.source).where(*asks.holds, *others)
    return session.execute(counted.group_by(*cell))


def _count_by_body(session: Session, wanted: AskFilter, on: date | None) -> tuple[dict[str, str], Counter[str]]:
    """All bodies, slug to name, and how many asks of each fit the other filters."""
    asks, others = as_of(on), wanted.without("body")
    counted = sa.select(STORED, sa.func.count()).select_from(asks.source)
    counted = counted.where(*asks.holds, *conditions(session, others, asks)).group_by(STORED).order_by(LAST)
    rows = session.execute(counted).all()
    numbers = Counter[str]()
    for stored, number in rows:
        numbers.update(dict.fromkeys(names_in(stored), number))
    are_all = others.is_empty and not on
    return bodies_in(stored for stored, _ in rows) if are_all else list_bodies(session), numbers


def _sum(counts: Counter[Status], growth: Counter[Status]) -> Counter[Status]:
    return Counter({status: counts[status] + growth[status] for status in counts | growth})


def _by_year(day: sa.ColumnElement[str]) -> sa.Select[*tuple[Any, ...]]:
    """In which years how many spans of each status begin, or end."""
    year = sa.func.substr(day, 1, 4).label("year")
    return sa.select(year, SPAN.status, sa.func.count()).where(day.is_not(None)).group_by(year, SPAN.status)


_BEGUN, _ENDED = _by_year(SPAN.begins_on), _by_year(SPAN.ends_on)
