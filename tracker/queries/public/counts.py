"""The figures that pages show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Source, StatusSpan
from tracker.queries.public.as_of import ASK, HIDDEN, NOW, SPAN, AsOf, as_of
from tracker.queries.public.bodies import ANSWERS, BODY, LAST, PLACES, list_bodies, list_places, names_in, places_of
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.fitting import conditions
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUSES_OF, Family, Status

EVERY_ASK = AskFilter()


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


def count_by_status(session: Session, on: date | None = None, wanted: AskFilter = EVERY_ASK) -> dict[Status, int]:
    """How many published asks that fit the filter stand where, now or as they stood on a day."""
    asks = as_of(on)
    fitting = (*asks.holds, *conditions(session, wanted, asks))
    counted = sa.select(asks.status, sa.func.count()).select_from(asks.counted(wanted)).where(*fitting)
    return {row[0]: row[1] for row in session.execute(counted.group_by(asks.status))}


def count_by_family(counts: Mapping[Status, int]) -> dict[Family, int]:
    """The counts by status summed up by family, every family named."""
    return {family: sum(counts.get(status, 0) for status in STATUSES_OF[family]) for family in Family}


def count_by_year(session: Session) -> tuple[YearCounts, ...]:
    """How the asks stood at the end of each year, from that of the first ask; the last is still running.

    An ask joins in the year in which it was made. A status that is older is the one with which it begins.
    """
    made_in = find_years(session)
    made, growth = Counter[int](), defaultdict[int, Counter[Status]](Counter)
    for source_id, number in session.execute(_MADE):
        made[made_in[source_id]] += number
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
    found = {row.id: row.published_on for row in session.execute(_OFFERED_SOURCES)}
    undated = [number for number, on in found.items() if on is None]
    firsts = {row[0]: row[1] for row in session.execute(_FIRST, {"ids": undated})} if undated else {}
    return {number: on.first_day.year if on else int(firsts[number][:4]) for number, on in found.items()}


def find_last_change(session: Session) -> tuple[PartialDate | None, int]:
    """When a status last changed, and how many did in that year; those with which asks began do not count."""
    last = session.scalar(_LAST_CHANGE)
    if last is None:
        return None, 0
    return last, session.scalar(_CHANGES.where(SPAN.begins_on >= str(last.first_day.year))) or 0


def find_choices(
    session: Session, wanted: AskFilter, topics: Mapping[str, str], *, on: date | None = None
) -> FilterChoices:
    """Return what each filter offers, and how many asks that would leave; on a past day as it would have been then.

    All but the bodies are counted in one pass over the asks that fit the words, the law, the body and the flags.
    """
    asks = as_of(on)
    rest = replace(wanted, topic="", place="", source="", family=None, status=None, kind=None)
    cell = (ASK.source_id, ASK.topic, ASK.kind, asks.status, PLACES)  # as in ix_ask_offered
    counted = sa.select(*cell, sa.func.count(), LAST.label("last")).select_from(asks.source)
    counted = counted.where(*asks.holds, *conditions(session, rest, asks)).group_by(*cell).order_by("last")
    cells = [_Cell(*row[:-1]) for row in session.execute(counted)]
    sources = {row.id: row for row in session.execute(_OFFERED_SOURCES)}
    keys = {number: source.key for number, source in sources.items()}
    numbers: dict[str, Counter[Any]] = {name: Counter() for name in ("topic", "kind", "status", "place", "source")}
    for one in cells:
        one.add_to(wanted, topics.get(wanted.topic), keys, numbers)
    of_body = _count_by_body(session, replace(wanted, body=""), asks)
    places = places_of(one.places for one in cells) if rest.is_empty and not on else list_places(session)

    def number_of(status: Status | None, family: Family | None) -> int:
        return sum(numbers["status"][each] for each in replace(wanted, status=status, family=family).statuses)

    return FilterChoices(
        families=tuple(FilterChoice(f, f.label, number_of(wanted.status, f)) for f in Family),
        statuses=tuple(FilterChoice(s, s.label, number_of(s, wanted.family)) for s in Status),
        topics=tuple(FilterChoice(slug, name, numbers["topic"][name]) for slug, name in topics.items()),
        kinds=tuple(FilterChoice(kind, kind.label, numbers["kind"][kind]) for kind in AskKind),
        bodies=tuple(FilterChoice(slug, name, of_body.get(slug, 0)) for slug, name in list_bodies(session).items()),
        places=tuple(FilterChoice(slug, name, numbers["place"][slug]) for slug, name in places.items()),
        sources=tuple(FilterChoice(one.key, one.title, numbers["source"][one.key]) for one in sources.values()),
    )


def _count_by_body(session: Session, wanted: AskFilter, asks: AsOf) -> dict[str, int]:
    """Return for how many asks that fit each body answers, by its slug."""
    fitting = sa.select(ASK.id).select_from(asks.source).where(*asks.holds, *conditions(session, wanted, asks))
    fits = ANSWERS.ask_id.in_(fitting)
    if wanted.is_empty and asks is NOW:  # nearly all fit: to leave out the others takes a quarter of the time
        fits = ANSWERS.ask_id.not_in(sa.select(ASK.id).where(ASK.publication.in_(HIDDEN)))
    counted = sa.select(ANSWERS.body_id, sa.func.count().label("number")).where(fits)
    of_body = counted.group_by(ANSWERS.body_id).subquery()
    found = session.execute(sa.select(BODY.slug, of_body.c.number).join(of_body, of_body.c.body_id == BODY.id))
    return {row.slug: row.number for row in found}


class _Cell(NamedTuple):
    """How many asks agree in all that the filters offer."""

    source_id: int
    topic: str
    kind: AskKind
    status: Status
    places: str
    number: int

    def add_to(
        self, wanted: AskFilter, topic: str | None, keys: Mapping[int, str], numbers: Mapping[str, Counter[Any]]
    ) -> None:
        """Add its number to each value that it has, where it fits all other choices."""
        places, source = names_in(self.places), keys.get(self.source_id, "")
        fits = {
            "topic": topic in {None, self.topic},
            "kind": self.kind in wanted.kinds,
            "status": self.status in wanted.statuses,
            "place": not wanted.place or wanted.place in places,
            "source": wanted.source in {"", source},
        }
        misfits = {name for name, is_fit in fits.items() if not is_fit}
        values: dict[str, Iterable[Any]] = {
            "topic": [self.topic], "kind": [self.kind], "status": [self.status],
            "place": places, "source": [source],
        }  # fmt: skip
        for name, of in values.items():
            if misfits <= {name}:
                numbers[name].update(dict.fromkeys(of, self.number))


def _sum(counts: Counter[Status], growth: Counter[Status]) -> Counter[Status]:
    return Counter({status: counts[status] + growth[status] for status in counts | growth})


def _year(day: Any) -> sa.ColumnElement[str]:
    return sa.func.substr(day, 1, 4)


_SOURCE, _EARLIER = Source.__table__.c, StatusSpan.__table__.alias("earlier")
_ASKED = sa.type_coerce(sa.func.coalesce(_SOURCE.published_on, ""), sa.String)
_OF_ASKS = Ask.__table__.join(StatusSpan.__table__, ASK.id == SPAN.ask_id)
_SPANS = _OF_ASKS.join(Source.__table__, _SOURCE.id == ASK.source_id)
_OFFERED_SOURCES = (
    sa.select(_SOURCE.id, _SOURCE.key, _SOURCE.title, _SOURCE.published_on)
    .where(sa.exists().where(ASK.source_id == _SOURCE.id, *NOW.holds))
    .order_by(_SOURCE.published_on, _SOURCE.title)
)
_MADE = sa.select(ASK.source_id, sa.func.count()).where(*NOW.holds).group_by(ASK.source_id)
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
    sa.exists().where(
        _EARLIER.c.ask_id == SPAN.ask_id, _EARLIER.c.ends_on == SPAN.begins_on, _EARLIER.c.status != SPAN.status
    ),
)
_LAST_CHANGE = sa.select(SPAN.happened_on).select_from(_SPANS).where(*_CHANGED).order_by(SPAN.begins_on.desc()).limit(1)
_CHANGES = sa.select(sa.func.count()).select_from(_SPANS).where(*_CHANGED)
