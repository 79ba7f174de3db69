"""How long a statement may take where strangers ask, so that no thread of the site is held for ever."""

from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, cast

import sqlalchemy as sa

# SQLite looks at the clock after so many steps of its machine, some tens of milliseconds: a page does not get there.
STEPS = 1_000_000
# How much longer than a statement may take we wait for a server to say that it has stopped it.
GRACE_SECONDS = 1
CANCELLED = "57014"


@dataclass(frozen=True)
class Limits:
    """The seconds for a statement of a page, and for one that writes or is a step of a download."""

    reading: float = 1
    working: float = 15

    def of(self, connection: sa.Connection) -> float:
        """What the statements of the transaction that now begins may take."""
        options = connection.get_execution_options()
        return self.reading if options.get("tracker_read_only") and not options.get("tracker_patient") else self.working


def limit_sqlite(engine: sa.Engine, limits: Limits) -> None:
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


def limit_postgresql(engine: sa.Engine, limits: Limits) -> None:
    """Let the server stop each statement that takes too long; close the connection when the server is silent."""
    from tracker.db.postgresql import Connection

    usual = limits.reading + GRACE_SECONDS

    def connect(_dialect: object, _record: object, arguments: list[str], options: dict[str, Any]) -> Connection:
        connection = Connection.connect(*arguments, **options)
        connection.patience = usual
        return connection

    def begin(connection: sa.Connection) -> None:
        seconds = limits.of(connection)
        cast(Connection, connection.connection.driver_connection).patience = seconds + GRACE_SECONDS
        if seconds != limits.reading:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds}s'")

    def checkin(connection: Connection | None, _record: object) -> None:
        if connection:
            connection.patience = usual

    sa.event.listen(engine, "do_connect", connect)
    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "checkin", checkin)


def took_too_long(error: BaseException | None) -> bool:
    """Whether a database's driver says that a statement was stopped by its limit."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT" or getattr(error, "sqlstate", "") == CANCELLED
