"""What is sent to the database in a block, and how SQLite goes about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

Statement = tuple[str, tuple[object, ...]]


@contextmanager
def watched(engine: sa.Engine) -> Iterator[list[Statement]]:
    """Note the queries that are sent in the block, with their parameters."""
    sent: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def plan(engine: sa.Engine, statement: Statement) -> list[str]:
    """Return how SQLite finds the rows, step by step."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
        return [str(row[3]) for row in rows]
