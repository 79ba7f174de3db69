"""The figures that pages show, read from the counters that each change keeps. None of them scans the asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import AskCount, Scope, StatusFlow
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import AskKind
from tracker.rules.status import Family, Status
from tracker.rules.text import slugify

Cell = tuple[AskKind, Status]
YEAR_LENGTH = 4


@dataclass(frozen=True)
class Choice:
    """A value that a filter can take, and how many asks it would leave (None: not counted)."""

    value: str
    label: str
    number: int | None


@dataclass(frozen=True)
class Choices:
    """What every filter offers, each counted with the other filters as they are."""

    families: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    bodies: tuple[Choice, ...]


@dataclass(frozen=True)
class YearCounts:
    """How many asks stood in each family at the end of a year."""

    year: int
    families: Mapping[Family, int]


def list_topics(session: Session) -> dict[str, str]:
    """The topics of the published asks: slug to name, in the order of the alphabet."""
    statement = sa.select(AskCount.topic).where(AskCount.scope == "", AskCount.topic != "").distinct()
    return {slugify(topic): topic for topic in sorted(session.scalars(statement))}


def list_bodies(session: Session) -> dict[str, str]:
    """The bodies that answer for published asks: slug to name, in the order of the alphabet."""
    bodies = sa.select(AskCount.scope).where(AskCount.topic == "", AskCount.scope.startswith("body/")).distinct()
    statement = sa.select(Scope.scope, Scope.name).where(Scope.scope.in_(bodies)).order_by(Scope.name)
    return {scope.removeprefix("body/"): name for scope, name in session.execute(statement)}


def count_cells(session: Session, scope: str = "", topic: str = "") -> dict[Cell, int]:
    """How many asks of a scope and a topic ("": any) have each kind and status; none is left out or zero."""
    statement = sa.select(AskCount.kind, AskCount.status, AskCount.number)
    rows = session.execute(statement.where(AskCount.scope == scope, AskCount.topic == topic))
    return {(kind, status): number for kind, status, number in rows}


def count_by_status(session: Session, on: date | None = None) -> dict[Status, int]:
    """How many published asks stand where, now or as they stood on a day."""
    if on:
        return _count_on(session, on)
    counts: dict[Status, int] = {}
    for (_, status), number in count_cells(session).items():
        counts[status] = counts.get(status, 0) + number
    return counts


def count_by_family(counts: Mapping[Status, int]) -> dict[Family, int]:
    """The counts by status summed up by family, every family named."""
    return {family: sum(n for status, n in counts.items() if status.family is family) for family in Family}


def count_by_year(session: Session) -> tuple[YearCounts, ...]:
    """How the families stood at the end of each year, from the first year with an ask; the last is still running."""
    years = _flows(session, StatusFlow.period < "9999", sa.func.length(StatusFlow.period) == YEAR_LENGTH)
    by_year: dict[int, dict[Status, int]] = {}
    for period, status, number in years:
        by_year.setdefault(int(period), {})[status] = number
    if not by_year:
        return ()
    span = range(min(by_year), max(by_year) + 1)
    ends = accumulate((by_year.get(year, {}) for year in span), _sum)
    return tuple(YearCounts(year, count_by_family(counts)) for year, counts in zip(span, ends, strict=True))


def find_choices(session: Session, wanted: AskFilter, topics: Mapping[str, str]) -> Choices:
    """What each filter offers. Words, and a body together with a law, are not counted."""
    is_counted = not wanted.text and len(wanted.scopes) == 1
    cells = count_cells(session, wanted.scopes[0], topics.get(wanted.topic, "")) if is_counted else {}

    def number(statuses: Iterable[Status], kinds: Iterable[AskKind]) -> int | None:
        fits = {(kind, status) for kind in kinds for status in statuses}
        return sum(n for cell, n in cells.items() if cell in fits) if is_counted else None

    by_topic = _count_by(session, wanted, AskCount.topic, AskCount.scope == wanted.scopes[0]) if is_counted else {}
    by_body = _count_by(session, wanted, AskCount.scope, AskCount.topic == topics.get(wanted.topic, ""))
    is_body_counted = is_counted and not wanted.law
    return Choices(
        families=tuple(
            Choice(f, f.label, number(AskFilter(family=f, status=wanted.status).statuses, wanted.kinds)) for f in Family
        ),
        statuses=tuple(
            Choice(s, s.label, number(AskFilter(family=wanted.family, status=s).statuses, wanted.kinds)) for s in Status
        ),
        topics=tuple(
            Choice(slug, name, by_topic.get(name, 0) if is_counted else None) for slug, name in topics.items()
        ),
        kinds=tuple(Choice(kind, kind.label, number(wanted.statuses, (kind,))) for kind in AskKind),
        bodies=tuple(
            Choice(slug, name, by_body.get(f"body/{slug}", 0) if is_body_counted else None)
            for slug, name in list_bodies(session).items()
        ),
    )


def _count_by(
    session: Session, wanted: AskFilter, column: sa.SQLColumnExpression[str], condition: sa.ColumnElement[bool]
) -> dict[str, int]:
    """The counts by topic or by scope, of the statuses and kinds that are wanted."""
    statement = sa.select(column, sa.func.sum(AskCount.number)).where(
        condition, AskCount.kind.in_(wanted.kinds), AskCount.status.in_(wanted.statuses)
    )
    return {value: int(number) for value, number in session.execute(statement.group_by(column))}


def _count_on(session: Session, on: date) -> dict[Status, int]:
    """All years before, and the days of this year up to that day."""
    year, day = f"{on.year:04}", on.isoformat()
    before = _flows(session, StatusFlow.period < year, sa.func.length(StatusFlow.period) == YEAR_LENGTH)
    within = _flows(session, StatusFlow.period > year, StatusFlow.period <= day)
    counts: dict[Status, int] = {}
    for _, status, number in [*before, *within]:
        counts[status] = counts.get(status, 0) + number
    return {status: number for status, number in counts.items() if number}


def _flows(session: Session, *conditions: sa.ColumnElement[bool]) -> list[tuple[str, Status, int]]:
    statement = sa.select(StatusFlow.period, StatusFlow.status, StatusFlow.number)
    return [(period, status, number) for period, status, number in session.execute(statement.where(*conditions))]


def _sum(counts: dict[Status, int], growth: dict[Status, int]) -> dict[Status, int]:
    return {status: counts.get(status, 0) + growth.get(status, 0) for status in counts | growth}
