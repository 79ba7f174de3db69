"""Bring a database to a revision of the schema, and tell whether it is there, with the triggers that guard history."""

import functools
from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy.exc import IntegrityError

from tracker.paths import resource_dir

PARTS = ("evidence", "test_result")
WHOLES = ("ask_update", "event", "personal_detail")
KEPT_ROWS = ("event", "personal_detail")
SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
# Since then entries of the log say how they were hashed.
FORMATS, FIRST = "0011", "0001"


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Migrate up in one transaction. Two processes that start at once wait for one another."""
    with engine.connect() as connection:
        _run(connection, command.upgrade, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate down in one transaction; `revision` may be "base" or "-1". Raises CommandError."""
    if _loses_formats(engine, revision):
        why = f"before {FORMATS} no entry of the log says how it was hashed, so nobody could verify those of today"
        raise CommandError(f"Nothing was changed: {why}. Restore a backup of that time.")
    with engine.connect() as connection:
        _run(connection, command.downgrade, revision)


def upgrade_in(connection: sa.Connection) -> None:
    """Migrate up to the newest revision, within the connection's transaction."""
    _run(connection, command.upgrade, "head")


def current(engine: sa.Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect().execution_options(tracker_read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_newer(engine: sa.Engine) -> bool:
    """True if a newer version of this code has migrated the database."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return current(engine) not in known | {None}


def describe_fault(engine: sa.Engine) -> str:
    """Return what is wrong with the schema and what to do; empty when it is the newest."""
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


def find_missing_guards(connection: sa.Connection) -> list[str]:
    """Return the names of the triggers that are not there or off, and of the tables whose rows can be changed."""
    is_sqlite = connection.dialect.name == "sqlite"
    expected = {f"{table}_keep{of}" for table in WHOLES for of in ("", "_row")}
    expected |= {f"{table}_keep_{of}" for table in PARTS for of in ("insert", "update", "delete")}
    if not is_sqlite:
        expected |= {f"{table}_keep_all" for table in WHOLES + PARTS}
    there = set(connection.scalars(sa.text(SQLITE if is_sqlite else POSTGRESQL)))
    return sorted(expected - there) or [table for table in KEPT_ROWS if _can_be_changed(connection, table)]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    return config


def _run(connection: sa.Connection, command_of_alembic: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    try:
        command_of_alembic(config, revision)
    except RuntimeError as error:  # by which a revision says that it cannot go on
        raise CommandError(f"Nothing was changed: {error}.") from None


def _loses_formats(engine: sa.Engine, revision: str) -> bool:
    """True if entries of the log would stay without the number of their format."""
    try:
        script = ScriptDirectory.from_config(_config())
        undone = {it.revision for it in script.iterate_revisions(current(engine), revision, select_for_downgrade=True)}
    except RevisionError:  # which the migration itself tells
        return False
    newer = sa.text("SELECT count(*) FROM event WHERE format > 1")
    with engine.connect().execution_options(tracker_read_only=True) as connection:
        return FORMATS in undone and FIRST not in undone and bool(connection.scalar(newer))


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
