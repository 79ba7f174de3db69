"""Where a page of a list ends and the next begins: the sort values of its last row, written into the address."""

import re
from typing import NamedTuple

from tracker.queries.public.filters import Order, UnknownFilter
from tracker.rules.status import Status

SEPARATOR = "~"
DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
ID = re.compile(r"[1-9]\d{0,8}", re.ASCII)
LONGEST_KEY = 200


class Place(NamedTuple):
    """A row's place in a list; `status` counts only in the order of statuses."""

    status: Status | None
    value: str
    ask_id: int


def write_key(order: Order, place: Place) -> str:
    """The place as text, such as 2020-07-06~12."""
    parts = {
        Order.CHANGED: (place.value, place.ask_id),
        Order.TITLE: (place.value, place.ask_id),
        Order.STATUS: (place.status, place.value, place.ask_id),
        Order.BEST: (place.ask_id,),
    }[order]
    return SEPARATOR.join(map(str, parts))


def read_key(order: Order, key: str) -> Place | None:
    """The place that a key names, None for the first page; raises UnknownFilter for a key that we never wrote."""
    if not key:
        return None
    *values, ask_id = key.rsplit(SEPARATOR, 2 if order is Order.STATUS else 1)
    is_whole = len(values) == {Order.STATUS: 2, Order.BEST: 0}.get(order, 1)
    if len(key) > LONGEST_KEY or not is_whole or not ID.fullmatch(ask_id):
        raise _NO_PAGE
    if order in {Order.CHANGED, Order.STATUS} and not DAY.fullmatch(values[-1]):
        raise _NO_PAGE
    if order is Order.STATUS and values[0] not in set(Status):
        raise _NO_PAGE
    status = Status(values[0]) if order is Order.STATUS else None
    return Place(status, values[-1] if values else "", int(ask_id))


_NO_PAGE = UnknownFilter("“after” names no page of this list. Start from its first page.")
