"""Where a page of a list ends and the next begins: the sort values of its last row, written into the address."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracker.db.fulltext import DEPTHS
from tracker.queries.public.filters import Order, UnknownFilter
from tracker.rules.status import STATUS_ORDER
from tracker.rules.text import clean

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


def write_key(order: Order, place: Place) -> str:
    """The place as text, such as 2020-07-06~12."""
    group = [GROUPS[order][place.group]] if order in GROUPS else []
    return SEPARATOR.join([*group, place.value, str(place.ask_id)])


def read_key(order: Order, key: str) -> Place | None:
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
    """Whether it is text that the database can be asked for."""
    try:
        clean(key)
    except ValueError:
        return False
    return True


_NO_PAGE = UnknownFilter("“after” names no page of this list. Start from its first page.")
