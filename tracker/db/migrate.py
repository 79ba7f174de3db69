"""Bring a database to a revision of the schema, and tell whether it is there."""

import functools
from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.paths import resource_dir


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Migrate up in one transaction. Two processes that start at once wait for one another."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate down in one transaction; `revision` may be "base" or "-1"."""
    _run(engine, command.downgrade, revision)


def upgrade_in(connection: sa.Connection) -> None:
    """Migrate up to the newest revision, within the connection's transaction."""
    _run_in(connection, command.upgrade, "head")


def current(engine: sa.Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect().execution_options(tracker_read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_newer(engine: sa.Engine) -> bool:
    """True if a newer version of this code has migrated the database."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return current(engine) not in known | {None}


def describe_fault(engine: sa.Engine) -> str:
    """What is wrong with the schema and what to do; empty when it is the newest."""
    is_at = current(engine)
    if is_at == head():
        return ""
    if is_at is None:
        return "The database has no tables yet. Run: tracker db upgrade"
    if is_newer(engine):
        return f"The database was made by a newer version (schema {is_at}; this one knows {head()}). Install that one."
    return f"The schema is at {is_at}, not {head()}. Run: tracker db upgrade"


@functools.cache
def head() -> str | None:
    """The newest revision that this code knows; the files are read once, since readiness asks often."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    return config


def _run(engine: sa.Engine, command_of_alembic: Callable[[Config, str], None], revision: str) -> None:
    with engine.connect() as connection:
        _run_in(connection, command_of_alembic, revision)


def _run_in(connection: sa.Connection, command_of_alembic: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command_of_alembic(config, revision)
