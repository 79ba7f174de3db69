"""The engine and its transactions, alike on SQLite and on PostgreSQL.

A writing transaction holds the one write lock of the database from its first statement, so what it
reads cannot change before it writes. A reading transaction cannot write at all.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from tracker.db.errors import Unsure

LOCK_WAIT_SECONDS = 10
CONNECT_SECONDS = 3
# After that a server that has lost us gives up our lock.
ABANDONED_SECONDS = 60
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
# Any number will do, as long as every process of the tracker uses the same.
WRITE_LOCK = 20180319
SMALLEST_ID = -(2**31)
# SQLite looks at the clock after so many steps of its machine, some tens of milliseconds: a page does not get there.
STEPS = 1_000_000
# The releases of SQLite in which two checkpointers of a write-ahead log cannot damage the file.
FIXED_SQLITE = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


@dataclass(frozen=True)
class Limits:
    """The seconds for a statement of a page, and for one that writes or is a step of a download."""

    reading: float = 1
    working: float = 15

    def of(self, connection: sa.Connection) -> float:
        """Return what the statements of the transaction that now begins may take."""
        options = connection.get_execution_options()
        return self.reading if options.get("tracker_read_only") and not options.get("tracker_patient") else self.working


def make_engine(url: str, limits: Limits | None = None) -> sa.Engine:
    """Return an engine whose connections begin, lock and wait as this module's docstring says.

    Without limits a statement may take as long as it needs.
    """
    if sa.make_url(url).get_backend_name() == "sqlite":
        engine = sa.create_engine(url, hide_parameters=True, pool_reset_on_return=None)
        sa.event.listen(engine, "do_connect", _make_private)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        if limits:
            _limit_sqlite(engine, limits)
        sa.event.listen(engine, "begin", _begin_sqlite)
        sa.event.listen(engine, "reset", _roll_back)
        _leave_replaced_files(engine)
        return engine
    options = _postgresql_options(limits)
    engine = sa.create_engine(
        url, pool_pre_ping=True, hide_parameters=True, pool_reset_on_return=None, connect_args=options
    )
    if limits:
        from tracker.db.postgresql import limit  # the driver is an extra

        limit(engine, limits)
    sa.event.listen(engine, "begin", _begin_postgresql)
    sa.event.listen(engine, "reset", _roll_back)
    return engine


@contextmanager
def reading(engine: sa.Engine, *, is_patient: bool = False) -> Iterator[Session]:
    """A session in which nothing can be written; it sees the database as of one moment.

    With `is_patient` its statements may take as long as those of a writer: for the steps of a download.
    """
    options = {"tracker_read_only": True, "tracker_patient": is_patient, "postgresql_readonly": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"  # type: ignore[assignment]
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        yield session


@contextmanager
def writing(engine: sa.Engine) -> Iterator[Session]:
    """A session that holds the write lock; commits at the end, or undoes everything on an error.

    Raises Unsure when the server was lost while it committed.
    """
    with Session(engine) as session:
        yield session
        session.flush()
        try:
            session.commit()
        except OperationalError as error:
            if error.connection_invalidated:
                raise Unsure(error.statement, error.params, error.orig or error) from error
            raise


def in_steps(session: Session, wanted: sa.Select[Any], model: Any, number: int) -> Iterator[Sequence[Any]]:
    """Yield the rows of a table, so many at a time and in the order of their ids; the session forgets them again."""
    seen = SMALLEST_ID  # a forged one may stand before the first
    while rows := session.scalars(wanted.where(model.id > seen).order_by(model.id).limit(number)).all():
        yield rows
        seen = rows[-1].id
        session.expunge_all()


def what_is_not_durable(session: Session) -> list[str]:
    """The settings of PostgreSQL that are off, so that what was acknowledged can be lost; SQLite has ours."""
    if session.get_bind().dialect.name == "sqlite":
        return []
    return [name for name in DURABLE if session.scalar(sa.text(f"SHOW {name}")) == "off"]


def leave_no_journal(session: Session) -> None:
    """Let the journal of SQLite be emptied at each commit of this connection, not kept to be written over.

    It holds the pages as they were before; what was just erased would stand in it for a while.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("PRAGMA journal_size_limit = 0"))


def identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from another that has taken its name; raises OSError when there is none."""
    found = path.stat()
    return found.st_dev, found.st_ino


def has_safe_wal(version: tuple[int, int, int]) -> bool:
    """True if this SQLite may use a write-ahead log: https://sqlite.org/wal.html, "WAL-reset bug"."""
    newest = FIXED_SQLITE[-1]
    return version >= newest or any(version[:2] == fixed[:2] and version >= fixed for fixed in FIXED_SQLITE)


def _limit_sqlite(engine: sa.Engine, limits: Limits) -> None:
    """Stop each statement that takes too long."""

    def watch(connection: sa.PoolProxiedConnection, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["until"] = inf
        connection.set_progress_handler(lambda: monotonic() > record.info["until"], STEPS)

    def begin(connection: sa.Connection) -> None:
        connection.info["seconds"] = limits.of(connection)

    def start(connection: sa.Connection, *_: object) -> None:
        connection.info["until"] = monotonic() + connection.info["seconds"]

    sa.event.listen(engine, "connect", watch)
    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "before_cursor_execute", start)


def _make_private(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
    """A new database is for its owner's eyes only, wherever it lies; SQLite gives its journal the same rights."""
    if arguments[0] != ":memory:":
        with suppress(OSError):  # it is there, or cannot be; SQLite says why
            os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _leave_replaced_files(engine: sa.Engine) -> None:
    """Let no connection be used whose SQLite file is no longer in its place, as when a backup was put back.

    While there is no file at all the open one is used: a new connection would make an empty one.
    """
    path = Path(engine.url.database or "")

    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = identity(path) if path.exists() else None

    def check(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if path.exists() and identity(path) != record.info["file"]:
            raise sa.exc.InvalidatePoolError

    sa.event.listen(engine, "connect", note)
    sa.event.listen(engine, "checkout", check)


def _roll_back(connection: Any, _record: object, _state: object) -> None:
    """Roll back before a connection goes back into the pool, which throws it away when that fails.

    SQLAlchemy's own reset leaves this out after a COMMIT that failed, but SQLite still has the transaction open.
    """
    connection.rollback()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    journal = "WAL" if has_safe_wal(sqlite3.sqlite_version_info) else "PERSIST"
    connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1000}")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != journal.lower():
        connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Else INSERT OR REPLACE removes a row without asking the trigger that keeps it.
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    is_read_only = bool(connection.get_execution_options().get("tracker_read_only"))
    if connection.info.get("is_read_only") is not is_read_only:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if is_read_only else 'OFF'}")
        connection.info["is_read_only"] = is_read_only
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")


def _postgresql_options(limits: Limits | None) -> dict[str, Any]:
    """Return what libpq is told: above all, how soon a server that is gone is noticed."""
    options = f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_SECONDS}s"
    options += f" -c statement_timeout={limits.reading if limits else 0}s"
    if limits:
        options += f" -c idle_in_transaction_session_timeout={ABANDONED_SECONDS}s"
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": 1000 * ABANDONED_SECONDS,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": options,
    }


def _begin_postgresql(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("tracker_read_only"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
