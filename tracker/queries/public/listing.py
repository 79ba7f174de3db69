"""Lists of asks: filtered, sorted, as of today or of a past day, and cut into pages."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.db.fulltext import DEPTHS
from tracker.models import SuccessTest
from tracker.queries.public.as_of import ASK, SPAN, AsOf, as_of
from tracker.queries.public.filters import AskFilter, Order, UnknownFilter
from tracker.queries.public.fitting import conditions
from tracker.queries.public.records import AskLine
from tracker.queries.public.search import with_excerpts, words_of
from tracker.rules.status import STATUS_ORDER, Family
from tracker.rules.story import review_due
from tracker.rules.text import clean

PAGE_SIZE = 30
OF_MANY = 3
SEPARATOR = "~"
DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
ID = re.compile(r"[1-9]\d{0,8}", re.ASCII)
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
) -> AskPage:
    """The asks that a reader wants to see; raises UnknownFilter for a topic, body, law or page that does not exist.

    With `on` they are filtered and shown as they stood on that day, always the last changed first; `with_tests` gives
    those of today the results of their tests, their history, and the day by which we look again.
    """
    order = Order.CHANGED if on else order
    place, asks = read_place(order, after), as_of(on)
    fitting = (*asks.holds, *conditions(session, wanted, asks))
    value = sa.type_coerce(ASK.title_key if order is Order.TITLE else asks.since, sa.String)
    by = (value, ASK.id) if order is Order.TITLE else (value.desc(), ASK.id.desc())
    group = _group(session, order, asks, wanted) if order in GROUPS else None
    listed = (
        sa.select(ASK.id, *asks.line.values(), value.label("value"), ASK.review_interval_days.label("interval"))
        .select_from(asks.source)
        .where(*fitting)
    )
    if group is not None:
        listed = listed.add_columns(group.label("place")).order_by(group)
    if place:
        listed = listed.where(_is_beyond(place, group, value, is_upward=order is Order.TITLE))
    rows = session.execute(listed.order_by(*by).limit(size + 1)).all()
    number = session.scalar(sa.select(sa.func.count()).select_from(asks.source).where(*fitting)) or 0
    lines = {row.id: AskLine(**dict(zip(asks.line, row[1:], strict=False))) for row in rows[:size]}
    if with_tests and not on:
        lines = _with_tests_and_history(session, lines, {row.id: row.interval for row in rows})
    return AskPage(
        tuple(with_excerpts(session, lines, wanted.text) if wanted.text else lines.values()),
        number,
        next_key=write_place(order, _place_of(rows[size - 1])) if len(rows) > size else "",
    )


def find_groups(session: Session, on: date | None = None) -> dict[Family, AskPage]:
    """All asks by family; where there are many, the last changed of each. Families without one are left out."""
    everything = find_page(session, AskFilter(), on=on, with_tests=True)
    if not everything.next_key:
        lines = everything.lines
        of = {
            family: tuple(line for line in lines if line.status and line.status.family is family) for family in Family
        }
        return {family: AskPage(found, len(found), "") for family, found in of.items() if found}
    pages = {f: find_page(session, AskFilter(family=f), size=OF_MANY, on=on, with_tests=True) for f in Family}
    return {family: page for family, page in pages.items() if page.lines}


def _with_tests_and_history(
    session: Session, lines: Mapping[int, AskLine], intervals: Mapping[int, int]
) -> dict[int, AskLine]:
    """The lines with the results of their tests, the days on which their statuses began, and when we look again."""
    ids, results, history = {"ids": list(lines)}, defaultdict(list), defaultdict(list)
    for ask_id, result in session.execute(_RESULTS, ids):
        results[ask_id].append(result)
    for ask_id, begins_on, status in session.execute(_HISTORY, ids):
        history[ask_id].append((date.fromisoformat(begins_on), status))
    return {
        id: replace(
            line,
            results=tuple(results[id]),
            history=tuple(history[id]),
            review_due=review_due(line.reviewed_on, None, intervals[id]),
        )
        for id, line in lines.items()
    }


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
    place: Place, group: sa.ColumnElement[int] | None, value: Any, *, is_upward: bool
) -> sa.ColumnElement[bool]:
    """Return the condition that an ask comes after a place."""
    row, mark = sa.tuple_(value, ASK.id), sa.tuple_(sa.literal(place.value), sa.literal(place.ask_id))
    further = row > mark if is_upward else row < mark
    return further if group is None else sa.or_(group > place.group, sa.and_(group == place.group, further))


def _place_of(row: Any) -> Place:
    return Place(row.value, row.id, row._mapping.get("place", 0))


_IDS: Any = sa.bindparam("ids", expanding=True)
_TEST = SuccessTest.__table__.c
_RESULTS = (
    sa.select(_TEST.ask_id, _TEST.result).where(_TEST.ask_id.in_(_IDS), _TEST.is_archived.is_(False)).order_by(_TEST.id)
)
_HISTORY = sa.select(SPAN.ask_id, SPAN.begins_on, SPAN.status).where(SPAN.ask_id.in_(_IDS)).order_by(SPAN.begins_on)


def write_place(order: Order, place: Place) -> str:
    """The place as text, such as 2020-07-06~12."""
    group = [GROUPS[order][place.group]] if order in GROUPS else []
    return SEPARATOR.join([*group, place.value, str(place.ask_id)])


def read_place(order: Order, key: str) -> Place | None:
    """The place that a key names, None for the first page; raises UnknownFilter for a key that we never wrote."""
    if not key:
        return None
    groups = GROUPS.get(order, [])
    parts = key.rsplit(SEPARATOR, 2 if groups else 1)
    if len(key) > LONGEST_KEY or len(parts) != (3 if groups else 2) or not _can_be_stored(key):
        raise _NO_PAGE
    *group, value, ask_id = parts
    if not ID.fullmatch(ask_id) or (order is not Order.TITLE and not DAY.fullmatch(value)):
        raise _NO_PAGE
    if not groups:
        return Place(value, int(ask_id))
    if group[0] not in groups:
        raise _NO_PAGE
    return Place(value, int(ask_id), groups.index(group[0]))


def _can_be_stored(key: str) -> bool:
    """True if the database can be asked for it."""
    try:
        clean(key)
    except ValueError:
        return False
    return True


_NO_PAGE = UnknownFilter("“after” names no page of this list. Start from its first page.")
