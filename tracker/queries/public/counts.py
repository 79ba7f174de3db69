"""The figures that pages show, read from the counters that each change keeps. None of them scans the asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import AskCount, Scope, StatusFlow
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import AskKind
from tracker.rules.status import STATUSES_OF, Family, Status
from tracker.rules.text import slugify

Cell = tuple[AskKind, Status]
Years = dict[int, dict[Status, int]]
COUNT, SCOPE, FLOW = AskCount.__table__.c, Scope.__table__.c, StatusFlow.__table__.c


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
    return {slugify(topic): topic for topic in sorted(session.scalars(_TOPICS))}


def list_bodies(session: Session) -> dict[str, str]:
    """The bodies that answer for published asks: slug to name, in the order of the alphabet."""
    return {scope.removeprefix(BODY): name for scope, name in session.execute(_BODIES)}


def count_cells(session: Session, scope: str = "", topic: str = "") -> dict[Cell, int]:
    """How many asks of a scope and a topic ("": any) have each kind and status; none is left out or zero."""
    rows = session.execute(_CELLS, {"scope": scope, "topic": topic})
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
    return {family: sum(counts.get(status, 0) for status in STATUSES_OF[family]) for family in Family}


def count_by_year(session: Session) -> tuple[YearCounts, ...]:
    """How the families stood at the end of each year, from the first year with an ask; the last is still running."""
    by_year = _growth_by_year(session)
    if not by_year:
        return ()
    span = range(min(by_year), max(by_year) + 1)
    ends = accumulate((by_year.get(year, {}) for year in span), _sum)
    return tuple(YearCounts(year, count_by_family(counts)) for year, counts in zip(span, ends, strict=True))


def find_choices(session: Session, wanted: AskFilter, topics: Mapping[str, str], *, on: date | None = None) -> Choices:
    """What each filter offers. Words, a past day, and a body together with a law are not counted."""
    is_counted = not wanted.text and not on and len(wanted.scopes) == 1
    scope, topic = wanted.scopes[0], topics.get(wanted.topic, "")
    cells = count_cells(session, scope, topic) if is_counted else {}
    fitting = {"kinds": wanted.kinds, "statuses": wanted.statuses}
    by_topic = _numbers(session, _BY_TOPIC, scope=scope, **fitting) if is_counted else {}
    is_body_counted = is_counted and not wanted.law
    by_body = _numbers(session, _BY_BODY, topic=topic, **fitting) if is_body_counted else {}

    def number(statuses: Iterable[Status], kinds: Iterable[AskKind]) -> int | None:
        return sum(cells.get((k, s), 0) for k in kinds for s in statuses) if is_counted else None

    def both(status: Status | None, family: Family | None) -> tuple[Status, ...]:
        of_family = STATUSES_OF[family] if family else tuple(Status)
        return tuple(each for each in of_family if status in {None, each})

    return Choices(
        families=tuple(Choice(f, f.label, number(both(wanted.status, f), wanted.kinds)) for f in Family),
        statuses=tuple(Choice(s, s.label, number(both(s, wanted.family), wanted.kinds)) for s in Status),
        topics=tuple(
            Choice(slug, name, by_topic.get(name, 0) if is_counted else None) for slug, name in topics.items()
        ),
        kinds=tuple(Choice(kind, kind.label, number(wanted.statuses, (kind,))) for kind in AskKind),
        bodies=tuple(
            Choice(slug, name, by_body.get(BODY + slug, 0) if is_body_counted else None)
            for slug, name in list_bodies(session).items()
        ),
    )


def _numbers(session: Session, statement: sa.Select[Any], **values: object) -> dict[str, int]:
    return {value: int(number) for value, number in session.execute(statement, values)}


def _count_on(session: Session, on: date) -> dict[Status, int]:
    """All years before, and the days of this year up to that day."""
    growth = [found for year, found in _growth_by_year(session).items() if year < on.year]
    days = session.execute(_DAYS, {"year": f"{on.year:04}", "day": on.isoformat()})
    counts: dict[Status, int] = {}
    for more in [*growth, *({status: number} for status, number in days)]:
        counts = _sum(counts, more)
    return {status: number for status, number in counts.items() if number}


def _growth_by_year(session: Session) -> Years:
    first, last = session.execute(_ENDS).one()
    if first is None:
        return {}
    by_year: Years = {}
    years = [f"{year:04}" for year in range(int(first[:4]), int(last[:4]) + 1)]
    for period, status, number in session.execute(_YEARS, {"years": years}):
        by_year.setdefault(int(period), {})[status] = number
    return by_year


def _sum(counts: dict[Status, int], growth: dict[Status, int]) -> dict[Status, int]:
    return {status: counts.get(status, 0) + growth.get(status, 0) for status in counts | growth}


# Scopes are sorted by their code points, so those of bodies stand together.
BODY, AFTER_BODIES = "body/", "body0"
_CELLS = sa.select(COUNT.kind, COUNT.status, COUNT.number).where(
    COUNT.scope == sa.bindparam("scope"), COUNT.topic == sa.bindparam("topic")
)
_TOPICS = sa.select(COUNT.topic).where(COUNT.scope == "", COUNT.topic != "").distinct()
_BODIES = (
    sa.select(SCOPE.scope, SCOPE.name)
    .where(
        SCOPE.scope >= BODY,
        SCOPE.scope < AFTER_BODIES,
        sa.exists().where(COUNT.scope == SCOPE.scope, COUNT.topic == ""),
    )
    .order_by(SCOPE.name)
)
_FITTING = (
    COUNT.kind.in_(sa.bindparam("kinds", expanding=True)),
    COUNT.status.in_(sa.bindparam("statuses", expanding=True)),
)
_BY_TOPIC = (
    sa.select(COUNT.topic, sa.func.sum(COUNT.number))
    .where(COUNT.scope == sa.bindparam("scope"), *_FITTING)
    .group_by(COUNT.topic)
)
_BY_BODY = (
    sa.select(COUNT.scope, sa.func.sum(COUNT.number))
    .where(COUNT.topic == sa.bindparam("topic"), COUNT.scope >= BODY, COUNT.scope < AFTER_BODIES, *_FITTING)
    .group_by(COUNT.scope)
)
_ENDS = sa.select(*(sa.select(end(FLOW.period)).scalar_subquery() for end in (sa.func.min, sa.func.max)))
_YEARS = sa.select(FLOW.period, FLOW.status, FLOW.number).where(FLOW.period.in_(sa.bindparam("years", expanding=True)))
_DAYS = (
    sa.select(FLOW.status, sa.func.sum(FLOW.number))
    .where(FLOW.period > sa.bindparam("year"), FLOW.period <= sa.bindparam("day"))
    .group_by(FLOW.status)
)
