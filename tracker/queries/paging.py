"""Lists of the staff area, cut into pages. A page begins after what the last row before it was sorted by.

So a row that leaves the list meanwhile, as when it was dealt with, makes no other one be passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.filters import read_key, write_key

Row_co = TypeVar("Row_co", covariant=True)
SIZE = 100
Sorting = tuple[Any, ...]  # columns and other expressions of SQL


@dataclass(frozen=True)
class Listed(Generic[Row_co]):
    """Some rows of a list, how many it has in all, and where the next page begins ("": these are the last)."""

    rows: Sequence[Row_co]
    number: int
    next_key: str = ""
    is_first: bool = True


def cut(
    session: Session,
    statement: sa.Select[Any],
    by: Sorting,
    *,
    limit: int,
    after: str = "",
    loaded: Any = (),
    falling: bool = False,
) -> Listed[Any]:
    """The rows after a key, sorted `by` values that are never NULL and of which no two rows have the same.

    With `falling` the greatest come first.

    Raises UnknownPage for a key that we never wrote.
    """
    order = [part.desc() for part in by] if falling else by
    placed = statement.add_columns(*by).order_by(*order).options(*loaded)
    if after:
        values = read_key([part.type.python_type for part in by], after)
        place = [sa.literal(value, part.type) for value, part in zip(values, by, strict=True)]
        here, there = sa.tuple_(*by), sa.tuple_(*place)
        placed = placed.where(here < there if falling else here > there)
    found = session.execute(placed.limit(limit + 1)).all()
    number = len(found)
    if after or number > limit:
        number = session.scalar(statement.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    next_key = write_key(found[limit - 1][1:]) if len(found) > limit else ""
    return Listed([row[0] for row in found[:limit]], number, next_key, not after)
