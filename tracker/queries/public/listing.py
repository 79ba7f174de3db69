"""Lists of asks: filtered, sorted, as of today or of a past day, and cut into pages."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.db.fulltext import DEPTHS
from tracker.models import SuccessTest
from tracker.queries.public.as_of import ASK, NOW, PAST, PAST_STATUSES, SPAN, AsOf, as_of
from tracker.queries.public.filters import AskFilter, Order, UnknownPage, read_key, write_key
from tracker.queries.public.fitting import conditions, with_excerpts, words_of
from tracker.queries.public.records import AskLine
from tracker.rules.status import STATUS_ORDER, STATUSES_OF, Family, Status
from tracker.rules.story import review_due
from tracker.rules.updates import Result

PAGE_SIZE = 30
OF_MANY = 3
DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
LONGEST_KEY = 200
# The orders that put asks into groups before they sort them, and what keys call these: by status, and by how deep the
# words stand.
GROUPS: Mapping[Order, Sequence[str]] = {
    Order.STATUS: STATUS_ORDER,
    Order.BEST: [str(depth) for depth in range(len(DEPTHS))],
}


class Place(NamedTuple):
    """A row's place in a list; `group` counts only where an order has groups."""

    value: str
    ask_id: int
    group: int = 0


@dataclass(frozen=True)
class AskPage:
    """A page of a list: `number` asks fit in all; without a next key it is the last page."""

    lines: tuple[AskLine, ...]
    number: int
    next_key: str


def find_page(
    session: Session,
    wanted: AskFilter,
    order: Order = Order.CHANGED,
    *,
    after: str = "",
    size: int = PAGE_SIZE,
    on: date | None = None,
    with_tests: bool = False,
    number: int | None = None,
) -> AskPage:
    """The asks that a reader wants to see; raises UnknownFilter for a topic, body, law or page that does not exist.

    With `on` they are filtered and shown as they stood on that day, always the last changed first; `with_tests` gives
    those of today the results of their tests, their history, and the day by which we look again. They are counted
    unless `number` says how many fit.
    """
    order = Order.CHANGED if on else order
    place, asks = read_place(order, after), as_of(on, wanted)
    fitting = (*asks.holds, *conditions(session, wanted, asks))
    group = _group(session, order, asks, wanted) if order in GROUPS else None
    found = session.execute(_places(asks, fitting, order, group, place).limit(size + 1), asks.values).all()
    if number is None:
        counted = sa.select(sa.func.count()).select_from(asks.source).where(*fitting)
        number = session.scalar(counted, asks.values) or 0
    lines = _lines(session, asks, [row.id for row in found[:size]], with_tests=with_tests)
    return AskPage(
        tuple(with_excerpts(session, lines, wanted.text, asks.day) if wanted.text else lines.values()),
        number,
        next_key=write_place(order, Place(*found[size - 1])) if len(found) > size else "",
    )


def find_groups(session: Session, numbers: Mapping[Family, int], on: date | None = None) -> dict[Family, AskPage]:
    """Return the asks by family, of many the last changed of each; `numbers` says how many there are of each."""
    asks = as_of(on)
    size = PAGE_SIZE if sum(numbers.values()) <= PAGE_SIZE else OF_MANY
    ids: dict[Family, list[int]] = {family: [] for family in numbers}
    for row in sorted(session.execute(_in_groups(is_past=on is not None, size=size), asks.values), reverse=True):
        ids[row.family].append(row.id)
    lines = _lines(session, asks, [*chain(*ids.values())], with_tests=True)
    return {
        family: AskPage(tuple(lines[id] for id in found), numbers[family], "") for family, found in ids.items() if found
    }


@cache
def _in_groups(*, is_past: bool, size: int) -> sa.CompoundSelect[Any]:
    """Return the statement for the places of the asks of each family that were changed last."""
    asks, found = PAST_STATUSES if is_past else NOW, []
    for family in Family:
        of_family = (*asks.holds, asks.status.in_(STATUSES_OF[family]))
        places = _places(asks, of_family, Order.CHANGED).limit(size).subquery()
        found.append(sa.select(*places.c, sa.literal(family.value).label("family")))
    return sa.union_all(*found)


def _places(
    asks: AsOf,
    fitting: Sequence[sa.ColumnElement[bool]],
    order: Order,
    group: sa.ColumnElement[int] | None = None,
    after: Place | None = None,
) -> sa.Select[str, int]:
    """Return the statement for the places of asks in an order; what their lines show would slow the sorting."""
    value = sa.type_coerce(ASK.title_key if order is Order.TITLE else asks.since, sa.String)
    by = (value, asks.id) if order is Order.TITLE else (value.desc(), asks.id.desc())
    listed = sa.select(value.label("value"), asks.id.label("id")).select_from(asks.source).where(*fitting)
    if after:
        listed = listed.where(_is_beyond(after, group, (value, asks.id), is_upward=order is Order.TITLE))
    if group is not None:
        listed = listed.add_columns(group.label("place")).order_by("place")
    return listed.order_by(*by)


def _lines(session: Session, asks: AsOf, ids: Sequence[int], *, with_tests: bool) -> dict[int, AskLine]:
    """Return the lines of asks by their ids, in that order."""
    listed = _listed(is_past=asks.on is not None)
    rows = {row[0]: row for row in session.execute(listed, {"ids": ids, **asks.values})} if ids else {}
    results, history = defaultdict[int, list[Result]](list), defaultdict[int, list[tuple[date, Status]]](list)
    is_whole = with_tests and not asks.on
    if rows and is_whole:
        for ask_id, result in session.execute(_RESULTS, {"ids": ids}):
            results[ask_id].append(result)
        for ask_id, begins_on, status in session.execute(_HISTORY, {"ids": ids}):
            history[ask_id].append((date.fromisoformat(begins_on), status))
    lines = {}
    for id in ids:
        values = dict(zip(asks.line, rows[id][2:], strict=True))
        due = review_due(values["reviewed_on"], None, rows[id][1]) if is_whole else None
        lines[id] = AskLine(**values, results=tuple(results[id]), history=tuple(history[id]), review_due=due)
    return lines


@cache
def _listed(*, is_past: bool) -> sa.Select[Any]:
    """Return the statement for what the lines of asks show."""
    asks = PAST if is_past else NOW
    listed = sa.select(ASK.id, ASK.review_interval_days, *asks.line.values()).select_from(asks.source)
    return listed.where(ASK.id.in_(_IDS), *(PAST_STATUSES.holds if is_past else ()))


def _group(session: Session, order: Order, asks: AsOf, wanted: AskFilter) -> sa.ColumnElement[int]:
    """Return the number of an ask's group: of its status, or of how deep in its texts the words are."""
    if order is Order.STATUS:
        return sa.case({status: number for number, status in enumerate(STATUS_ORDER)}, value=asks.status)
    words, deepest = words_of(wanted.text), fulltext.DEEPEST
    if not words:
        return sa.cast(deepest, sa.Integer)
    depths = ((ASK.id.in_(fulltext.found(session, words, depth)), depth) for depth in range(deepest))
    return sa.case(*depths, else_=deepest)


def _is_beyond(
    place: Place, group: sa.ColumnElement[int] | None, by: Sequence[Any], *, is_upward: bool
) -> sa.ColumnElement[bool]:
    """Return the condition that an ask comes after a place."""
    row, mark = sa.tuple_(*by), sa.tuple_(sa.literal(place.value), sa.literal(place.ask_id))
    further = row > mark if is_upward else row < mark
    return further if group is None else sa.or_(group > place.group, sa.and_(group == place.group, further))


_IDS: Any = sa.bindparam("ids", expanding=True)
_TEST = SuccessTest.__table__.c
_RESULTS = (
    sa.select(_TEST.ask_id, _TEST.result).where(_TEST.ask_id.in_(_IDS), _TEST.is_archived.is_(False)).order_by(_TEST.id)
)
_HISTORY = sa.select(SPAN.ask_id, SPAN.begins_on, SPAN.status).where(SPAN.ask_id.in_(_IDS)).order_by(SPAN.begins_on)


def write_place(order: Order, place: Place) -> str:
    """The place as text, such as 2020-07-06~12."""
    group = [GROUPS[order][place.group]] if order in GROUPS else []
    return write_key([*group, place.value, place.ask_id])


def read_place(order: Order, key: str) -> Place | None:
    """The place that a key names, None for the first page; raises UnknownPage for a key that we never wrote."""
    if not key:
        return None
    groups = GROUPS.get(order, [])
    *group, value, ask_id = read_key((str, str, int) if groups else (str, int), key)
    is_group = group[0] in groups if groups else True
    if len(key) > LONGEST_KEY or ask_id < 1 or not is_group or not (order is Order.TITLE or DAY.fullmatch(value)):
        raise UnknownPage
    place = Place(value, ask_id, *(groups.index(name) for name in group))
    if write_place(order, place) != key:
        raise UnknownPage
    return place
