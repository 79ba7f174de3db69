"""The revision of the public content, asked for before each public answer: through the bare driver, for speed."""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Hashable
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa

from tracker.db.files import identity

WAIT_SECONDS = 1
CONNECT_SECONDS = 2
LOOK_SECONDS = 1


class Revisions(ABC):
    """Reads the revision; any number of threads may ask at once.

    A connection is lent to one thread at a time. There are as many as ever asked at the same moment; they end
    with the engine's own, and the reader can be used again after that.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.driver: Any = engine.dialect.loaded_dbapi
        self.idle: list[tuple[Hashable, Any]] = []
        sa.event.listen(engine, "engine_disposed", lambda _: self.close())

    def read(self) -> Hashable | None:
        """The database and its revision, alike only when the content is alike; None when it cannot be read."""
        try:
            return self._read()
        except (self.driver.Error, OSError):
            self._end_idle()
            return None

    def close(self) -> None:
        """Give back what is held; only when no thread is reading."""
        self._end_idle()

    def _end_idle(self) -> None:
        while self.idle:
            self.idle.pop()[1].close()

    def _read(self) -> Hashable | None:
        place = self._place()
        try:
            opened_at, connection = self.idle.pop()
        except IndexError:
            opened_at, connection = place, self._connect()
        if opened_at != place:
            connection.close()
            connection = self._connect()
        try:
            found = self._ask(connection, place)
        except self.driver.Error:
            connection.close()
            raise
        self.idle.append((place, connection))
        return None if found is None else (place, found)

    def _place(self) -> Hashable:
        """What a connection is good for: it is thrown away when the answer is another than at its opening."""
        return None

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def _ask(self, connection: Any, place: Hashable) -> Hashable | None: ...


class PostgreSQLRevisions(Revisions):
    """With the transaction that wrote it, for a restored database may come to the same number again."""

    def _connect(self) -> Any:
        from tracker.db.postgresql import Connection

        positional, named = self.engine.dialect.create_connect_args(self.engine.url)
        connection = Connection.connect(*positional, **named, autocommit=True, connect_timeout=CONNECT_SECONDS)
        connection.patience = WAIT_SECONDS
        return connection

    def _ask(self, connection: Any, place: Hashable) -> Hashable | None:
        # Below psycopg's cursors, which would double the cost.
        found = connection.ask(b"SELECT number, xmin FROM revision")
        if found.status != self.driver.pq.ExecStatus.TUPLES_OK:
            raise self.driver.OperationalError(found.get_error_message())
        return (found.get_value(0, 0), found.get_value(0, 1)) if found.ntuples else None


class Known(NamedTuple):
    """A file, and the revision that goes with a header of it."""

    place: Hashable
    descriptor: int
    header: bytes = b""
    revision: int | None = None


class SQLiteRevisions(Revisions):
    """For a file, which may be replaced by another while the site runs: that is noticed within a second.

    With a rollback journal each commit changes a counter in the file's header, before it is acknowledged. As long
    as the header is the one under which the revision was read, so is the revision: one system call instead of
    fifteen. A write-ahead log leaves the header alone, and then the revision is read each time.
    """

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.path = Path(engine.url.database or "")
        self.known: Known | None = None
        self.looked_at = 0.0
        self.descriptors: list[int] = []

    def close(self) -> None:
        """Also close the file: not earlier, since that lifts every lock that this process has on it.

        See "How To Corrupt An SQLite Database File", 2.2.
        """
        super().close()
        self.known = None
        while self.descriptors:
            os.close(self.descriptors.pop())

    def _read(self) -> Hashable | None:
        known = self._look()
        if known.header and _header(known.descriptor) == known.header:
            return known.place, known.revision
        return super()._read()

    def _look(self) -> Known:
        """What is known of the file that is in its place."""
        known, now = self.known, monotonic()
        if known is None or now - self.looked_at >= LOOK_SECONDS:
            place = identity(self.path)
            if known is None or known.place != place:
                descriptor = os.open(self.path, os.O_RDONLY)
                self.descriptors.append(descriptor)
                known = self.known = Known(place, descriptor)
            self.looked_at = now
        return known

    def _place(self) -> Hashable:
        return self._look().place

    def _connect(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path))}?mode=ro"
        # Not bound to a thread: whoever closes it need not be who opened it.
        return sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)

    def _ask(self, connection: sqlite3.Connection, place: Hashable) -> Hashable | None:
        known = self._look()
        connection.execute("BEGIN")
        try:
            row: tuple[int] | None = connection.execute("SELECT number FROM revision").fetchone()
            header = _header(known.descriptor)  # nobody writes to the file as long as we read from it
        finally:
            connection.execute("ROLLBACK")
        if row is None:
            return None
        if known.place == place and header[:1] == ROLLBACK_JOURNAL:
            self.known = known._replace(header=header, revision=row[0])
        return row[0]


# https://sqlite.org/fileformat2.html, 1.3: the version for writing, and at its end the counter of changes.
HEADER_START, HEADER_LENGTH = 18, 10
ROLLBACK_JOURNAL = b"\x01"


def _header(descriptor: int) -> bytes:
    return os.pread(descriptor, HEADER_LENGTH, HEADER_START)


def revisions_of(engine: sa.Engine) -> Revisions:
    """The reader for the engine's database."""
    return SQLiteRevisions(engine) if engine.dialect.name == "sqlite" else PostgreSQLRevisions(engine)
