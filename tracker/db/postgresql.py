"""A connection to PostgreSQL that does not wait for ever: the server's own limits help only while it is heard."""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

RV = TypeVar("RV")


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
