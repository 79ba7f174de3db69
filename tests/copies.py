"""What a database holds, for comparing two; and whether it is whole."""

from typing import Any

import sqlalchemy as sa

from tracker.db.base import Base
from tracker.db.engine import reading
from tracker.models import Event
from tracker.services import derived, proof, replay

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


def check_whole(engine: sa.Engine, *, is_replayed: bool = True) -> None:
    """The log is a chain without gaps; lists, counts and, if replayed, all tables agree; no row points at nothing."""
    with reading(engine) as session:
        count, _ = proof.verify(session)
        assert list(session.scalars(sa.select(Event.id).order_by(Event.id))) == list(range(1, count + 1))
        assert derived.find_faults(session) == []
        assert not is_replayed or replay.find_differences(session) == []
        if engine.dialect.name == "sqlite":
            assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            assert session.execute(sa.text("PRAGMA integrity_check")).scalars().all() == ["ok"]
