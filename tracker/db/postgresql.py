"""A connection to PostgreSQL that does not wait for ever: the server's own limits help only while it is heard."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.generators import execute
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGresult

RV = TypeVar("RV")


class Line:
    """The way to a server. While nothing is heard of it, one thread tries, and the others hear so at once."""

    def __init__(self) -> None:
        self.is_silent = False
        self._trying = Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Try; the server is heard again if that succeeds."""
        if not self._trying.acquire(blocking=False):
            raise psycopg.OperationalError("the server says nothing")
        try:
            yield
            self.is_silent = False
        finally:
            self._trying.release()


class Connection(psycopg.Connection[Any]):
    """Hangs up when an answer takes longer than its `patience`, in seconds."""

    line: Line
    patience: float

    @classmethod
    def open(cls, line: Line, patience: float, *arguments: Any, **options: Any) -> Self:
        """Connect over a line; takes what psycopg.connect takes."""
        try:
            with line.alone() if line.is_silent else nullcontext():
                connection = cls.connect(*arguments, **options)
        except psycopg.errors.ConnectionTimeout:
            line.is_silent = True
            raise
        connection.line, connection.patience = line, patience
        return connection

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            with self.line.alone() if self.line.is_silent else nullcontext():
                return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.line.is_silent = True
            if self.line.is_silent:
                self.pgconn.finish()  # what still comes would be taken for the answer to the next statement
            raise

    def ask(self, statement: bytes) -> PGresult:
        """The answer to a statement, without the work that a cursor does about it."""
        self.pgconn.send_query(statement)
        found: PGresult = self.wait(execute(self.pgconn))[0]
        return found
