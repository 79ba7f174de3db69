"""Walking the list of asks in an order, with the same few steps at a hundred asks and at a million.

For each kind and status that is wanted, one index holds just these asks in just this order; it is read from where the
page begins, and the walks are merged. At most 26 times one page is looked at, and nothing is skipped or counted.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.counts import Cell
from tracker.queries.public.filters import Order
from tracker.queries.public.keys import Place
from tracker.rules.status import STATUSES_OF, Family, Status

# In the order of statuses those of one family stand together, the won ones first.
STATUS_ORDER: tuple[Status, ...] = tuple(status for family in Family for status in STATUSES_OF[family])
# For each order: the column, whether it runs down, and how the merged walks are sorted.
ORDERS = {
    Order.CHANGED: ("changed_on", "<", "changed_on DESC, ask_id DESC"),
    Order.TITLE: ("title_key", ">", "title_key, ask_id"),
    Order.STATUS: ("changed_on", "<", "place, changed_on DESC, ask_id DESC"),
}
IN_OTHER_SCOPE = (
    " AND EXISTS (SELECT 1 FROM listing AS other_scope"
    " WHERE other_scope.scope = :other AND other_scope.ask_id = listing.ask_id)"
)


def walk(
    session: Session,
    scopes: Sequence[str],
    topic: str,
    cells: Iterable[Cell],
    order: Order,
    *,
    after: Place | None,
    most: int,
) -> list[Place]:
    """The next asks of these kinds and statuses in an order; those that stand in all the scopes (one or two)."""
    first = STATUS_ORDER.index(after.status) if after and after.status else 0
    wanted = sorted(cell for cell in cells if order is not Order.STATUS or STATUS_ORDER.index(cell[1]) >= first)
    if not wanted:
        return []
    values = {"scope": scopes[0], "other": scopes[-1], "topic": topic, "most": most}
    if after:
        values |= {"value": after.value, "ask_id": after.ask_id}
    for number, (kind, status) in enumerate(wanted):
        values |= {f"kind_{number}": kind.value, f"status_{number}": status.value}
    starts = tuple(after is not None and (order is not Order.STATUS or status is after.status) for _, status in wanted)
    places = tuple(STATUS_ORDER.index(status) for _, status in wanted)
    statement = _statement(order, bool(topic), len(scopes) > 1, tuple(zip(places, starts, strict=True)))
    rows = session.execute(statement, values)
    return [Place(Status(status), value, ask_id) for ask_id, value, status in rows]


@lru_cache(maxsize=512)
def _statement(order: Order, has_topic: bool, has_other: bool, cells: tuple[tuple[int, bool], ...]) -> sa.TextClause:
    """One walk a cell: (its status's place in the order of statuses, whether it starts after a given place)."""
    column, beyond, merged = ORDERS[order]
    direction = "DESC" if beyond == "<" else "ASC"
    start = f" AND ({column}, ask_id) {beyond} (:value, :ask_id)"
    shared = f"{' AND topic = :topic' if has_topic else ''}{IN_OTHER_SCOPE if has_other else ''}"
    walks = (
        f"SELECT * FROM (SELECT ask_id, {column}, status, {place} AS place FROM listing"
        f" WHERE scope = :scope AND kind = :kind_{number} AND status = :status_{number}"
        f"{shared}{start if starts_after else ''}"
        f" ORDER BY {column} {direction}, ask_id {direction} LIMIT :most) AS cell_{number}"
        for number, (place, starts_after) in enumerate(cells)
    )
    union = " UNION ALL ".join(walks)
    return sa.text(f"SELECT ask_id, {column}, status FROM ({union}) AS walks ORDER BY {merged} LIMIT :most")
