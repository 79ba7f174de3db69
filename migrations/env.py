"""Alembic's entry: runs the migrations on a connection given by tracker.db.migrate, or on DATABASE_URL.

SQLite rebuilds a table to alter it. With foreign keys on, dropping the old table would delete the rows
that point to it, so they are off for the migration's connection and every key is checked afterwards.
"""

import sqlalchemy as sa
from alembic import context

from tracker.db.base import Base, PartialDateColumn, UtcDateTime
from tracker.db.engine import make_engine
from tracker.models import Ask  # noqa: F401 (fills Base.metadata)
from tracker.settings import Settings

PLAIN_TYPES = {
    UtcDateTime: "sa.DateTime(timezone=True)",
    PartialDateColumn: 'sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")',
}


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types into a revision as plain types, so that it needs no import of ours."""
    return PLAIN_TYPES.get(type(item), False) if kind == "type" else False


def is_ours(_object: object, name: str | None, kind: str, *_others: object) -> bool:
    """Leave the search index to its revision: it is made of tables that models cannot describe."""
    return not (kind == "table" and (name or "").startswith("ask_search"))


def migrate(connection: sa.Connection) -> None:
    """Run the migrations in one transaction; nothing of them stays when one fails."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            render_item=render_item,
            include_object=is_ours,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite:
                refuse_broken_keys(connection)
    finally:
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")


def refuse_broken_keys(connection: sa.Connection) -> None:
    """Undo a migration that leaves a row pointing at nothing."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration breaks {len(broken)} foreign keys, the first in table {broken[0][0]}")


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    with make_engine(Settings.from_env().database_url).connect() as connection:
        migrate(connection)
