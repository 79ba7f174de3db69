"""What a database holds, for comparing two."""

from typing import Any

import sqlalchemy as sa

from tracker.db.base import Base
from tracker.db.engine import reading

Rows = dict[str, list[tuple[Any, ...]]]


def everything(engine: sa.Engine) -> Rows:
    """All rows of all tables, but for the revision, which a restore raises, and the entry of the log about it."""
    with reading(engine) as session:
        return {
            table.name: sorted(
                (tuple(map(repr, row)) for row in session.execute(sa.select(table)) if "database" not in row), key=str
            )
            for table in Base.metadata.sorted_tables
            if table.name != "revision"
        }
