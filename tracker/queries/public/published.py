"""What is published, as a condition that does not decide how the rows are found."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tracker.rules.asks import Publication

ONLY_PUBLISHED = (Publication.PUBLISHED,)


def is_published(publication: Any) -> sa.ColumnElement[bool]:
    """Return the condition for lists that are read along another index.

    Nearly all rows are published, so an index on that is no help; but SQLite would take it, and sort all rows.
    """
    return is_one_of(publication, ONLY_PUBLISHED)


def is_one_of(publication: Any, which: Sequence[Publication]) -> sa.ColumnElement[bool]:
    """Return the condition that a record is in one of these states, likewise."""
    stored = sa.cast(publication, sa.String)
    condition: sa.ColumnElement[bool] = sa.or_(*(stored == state.value for state in which))
    return condition
