"""The triggers that keep the log and what was published as they are: whether they are there, and whether they work."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

PARTS = ("evidence", "test_result")
WHOLES = ("ask_update", "event", "personal_detail")
KEPT_ROWS = ("event", "personal_detail")
SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"


def find_missing(connection: sa.Connection) -> list[str]:
    """Return the names of the triggers that are not there or off, and of the tables whose rows can be changed."""
    is_sqlite = connection.dialect.name == "sqlite"
    expected = {f"{table}_keep{of}" for table in WHOLES for of in ("", "_row")}
    expected |= {f"{table}_keep_{of}" for table in PARTS for of in ("insert", "update", "delete")}
    if not is_sqlite:
        expected |= {f"{table}_keep_all" for table in WHOLES + PARTS}
    there = set(connection.scalars(sa.text(SQLITE if is_sqlite else POSTGRESQL)))
    return sorted(expected - there) or [table for table in KEPT_ROWS if _can_be_changed(connection, table)]


def _can_be_changed(connection: sa.Connection, name: str) -> bool:
    """Return True if a row can be written or deleted; neither is kept."""
    table = sa.table(name, sa.column("person_id" if name == "personal_detail" else "id"))
    column = next(iter(table.columns))
    one = column == sa.select(sa.func.max(column)).scalar_subquery()
    if connection.scalar(sa.select(column).limit(1)) is None:
        return False
    for statement in (sa.update(table).where(one).values({column: column}), sa.delete(table).where(one)):
        attempt = connection.begin_nested()
        try:
            connection.execute(statement)
        except IntegrityError:
            continue
        finally:
            attempt.rollback()
        return True
    return False
