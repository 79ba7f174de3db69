"""What the filters of a list offer, and how many asks each choice would leave."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.as_of import ASK, HIDDEN, NOW, PAST, as_of
from tracker.queries.public.filters import EVERY_ASK, AskFilter
from tracker.queries.public.fitting import conditions, topics_of
from tracker.queries.public.sources import (
    ANSWERS,
    BODY,
    LAST,
    OFFERED_SOURCES,
    PLACES,
    PUBLIC_BODIES,
    names_in,
    places_of,
)
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
    """What every filter offers, each counted with the other filters as they are; `number` asks fit them all."""

    families: tuple[FilterChoice, ...]
    statuses: tuple[FilterChoice, ...]
    topics: tuple[FilterChoice, ...]
    kinds: tuple[FilterChoice, ...]
    bodies: tuple[FilterChoice, ...]
    places: tuple[FilterChoice, ...]
    sources: tuple[FilterChoice, ...]
    number: int


class Cell(NamedTuple):
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
                for value in of:
                    numbers[name][value] += self.number


def count_cells(session: Session, on: date | None = None, wanted: AskFilter = EVERY_ASK) -> list[Cell]:
    """Count the published asks that fit by all that filters offer; the cell of the one entered last stands last."""
    asks, counted = as_of(on, wanted), _counted(is_past=on is not None)
    if not wanted.is_empty:
        counted = counted.where(*conditions(session, wanted, asks))
    return [Cell(*row[:-1]) for row in session.execute(counted, asks.values)]


@cache
def _counted(*, is_past: bool) -> sa.Select[Any]:
    """Return the statement for the cells of all asks."""
    asks = PAST if is_past else NOW
    cell = (ASK.source_id, ASK.topic, ASK.kind, asks.status, PLACES)  # as in ix_ask_offered
    counted = sa.select(*cell, sa.func.count(), LAST.label("last")).select_from(asks.source)
    return counted.where(*asks.holds).group_by(*cell).order_by("last")


def find_choices(
    session: Session, wanted: AskFilter, *, on: date | None = None, cells: Sequence[Cell] | None = None
) -> FilterChoices:
    """Return what each filter offers, and how many asks that would leave; on a past day as it would have been then.

    All but the bodies are counted in one pass over the asks that fit the words, the law, the body and the flags.
    `cells` are those of all asks of that day, where they are known.
    """
    rest = replace(wanted, topic="", place="", source="", family=None, status=None, kind=None)
    everything = count_cells(session, on) if cells is None else cells
    now = count_cells(session) if on else everything
    sources = {row.id: row for row in session.execute(OFFERED_SOURCES)}
    keys = {number: source.key for number, source in sources.items()}
    topics, places = topics_of(cell.topic for cell in now), places_of(cell.places for cell in now)
    numbers: dict[str, Counter[Any]] = {name: Counter() for name in ("topic", "kind", "status", "place", "source")}
    for cell in everything if rest.is_empty else count_cells(session, on, rest):
        cell.add_to(wanted, topics.get(wanted.topic), keys, numbers)
    of_status = {s: numbers["status"][s] if wanted.family in {None, s.family} else 0 for s in Status}
    of_family = {f: sum(numbers["status"][s] for s in STATUSES_OF[f] if wanted.status in {None, s}) for f in Family}
    number = sum(of_status[status] for status in wanted.statuses)
    are_most = 2 * number > sum(cell.number for cell in now)
    return FilterChoices(
        families=tuple(FilterChoice(f, f.label, of_family[f]) for f in Family),
        statuses=tuple(FilterChoice(s, s.label, of_status[s]) for s in Status),
        topics=tuple(FilterChoice(slug, name, numbers["topic"][name]) for slug, name in topics.items()),
        kinds=tuple(FilterChoice(kind, kind.label, numbers["kind"][kind]) for kind in AskKind),
        bodies=_count_by_body(session, replace(wanted, body=""), on, are_most=are_most),
        places=tuple(FilterChoice(slug, name, numbers["place"][slug]) for slug, name in places.items()),
        sources=tuple(FilterChoice(one.key, one.title, numbers["source"][one.key]) for one in sources.values()),
        number=number,
    )


def _count_by_body(session: Session, wanted: AskFilter, on: date | None, *, are_most: bool) -> tuple[FilterChoice, ...]:
    """Return the bodies that answer for published asks, and for how many that fit: for all but others if most do."""
    asks = as_of(on, wanted)
    if wanted.is_empty and asks is NOW:
        counted = _OF_ALL
    else:
        fitting = sa.select(asks.id).select_from(asks.source).where(*asks.holds, *conditions(session, wanted, asks))
        others = sa.select(ASK.id).where(ASK.id.not_in(fitting))
        counted = _of_bodies(others, is_all_others=True) if are_most else _of_bodies(fitting)
    found = session.execute(counted, asks.values)
    return tuple(FilterChoice(*row) for row in sorted(found, key=lambda row: row.name))


def _of_bodies(asks: sa.Select[int], *, is_all_others: bool = False) -> sa.Select[Any]:
    """Return the statement for the bodies, and for how many of these asks each answers, or of all others."""
    counted = sa.select(ANSWERS.body_id, sa.func.count().label("number")).where(ANSWERS.ask_id.in_(asks))
    of_body = counted.group_by(ANSWERS.body_id).subquery()
    number = sa.func.coalesce(of_body.c.number, 0)
    all_asks = sa.select(sa.func.count()).where(ANSWERS.body_id == BODY.id).correlate(BODY.id.table).scalar_subquery()
    bodies = PUBLIC_BODIES.add_columns(all_asks - number if is_all_others else number)
    return bodies.outerjoin(of_body, of_body.c.body_id == BODY.id)


# Few asks are not published: to count all and these takes half the time.
_OF_ALL = _of_bodies(sa.select(ASK.id).where(ASK.publication.in_(HIDDEN)), is_all_others=True)
