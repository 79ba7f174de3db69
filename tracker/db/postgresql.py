"""A connection to PostgreSQL that does not wait for ever: the server's own limits help only while it is heard."""

from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from tracker.db.engine import Limits

RV = TypeVar("RV")
# How much longer than a statement may take we wait for a server to say that it has stopped it.
GRACE_SECONDS = 1


class Connection(psycopg.Connection[Any]):
    """Closes itself when an answer takes longer than its `patience`, in seconds."""

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # what still comes would be taken for the answer to the next statement
            raise


def limit(engine: sa.Engine, limits: Limits) -> None:
    """Let the server stop each statement that takes too long; close the connection when the server is silent."""
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
