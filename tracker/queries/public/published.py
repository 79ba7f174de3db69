"""What is published, as a condition that does not decide how the rows are found."""

from typing import Any

import sqlalchemy as sa

from tracker.rules.asks import Publication


def is_published(publication: Any) -> sa.ColumnElement[bool]:
    """For lists that are read along another index.

    Nearly all rows are published, so an index on that is no help; but SQLite would take it, and sort all rows.
    """
    condition: sa.ColumnElement[bool] = sa.cast(publication, sa.String) == Publication.PUBLISHED.value
    return condition
