"""The revision of the public content, asked for before each public page: through the bare driver, for speed."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Hashable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from tracker.db.files import identity

WAIT_SECONDS = 1
CONNECT_SECONDS = 2


class Revisions(ABC):
    """Reads the revision; any number of threads may ask at once.

    A connection is lent to one thread at a time. There are as many as ever asked at the same moment, and
    `close` ends them; the reader can be used again after that.
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
            self.close()
            return None

    def close(self) -> None:
        """End the connections that no thread is using."""
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
            opened_at, connection = place, self._connect()
        try:
            row = self._ask(connection)
        except self.driver.Error:
            connection.close()
            raise
        self.idle.append((opened_at, connection))
        return None if row is None else (place, row)

    def _place(self) -> Hashable:
        """What a connection is good for: it is thrown away when the answer is another than at its opening."""
        return None

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def _ask(self, connection: Any) -> Hashable | None: ...


class SQLiteRevisions(Revisions):
    """For a file, which may be replaced by another while the site runs."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.path = Path(engine.url.database or "")

    def _place(self) -> Hashable:
        return identity(self.path)

    def _connect(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path))}?mode=ro"
        # Not bound to a thread: whoever closes it need not be who opened it.
        return sqlite3.connect(
            address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=1
        )

    def _ask(self, connection: sqlite3.Connection) -> Hashable | None:
        row: tuple[int] | None = connection.execute("SELECT number FROM revision").fetchone()
        return row


class PostgreSQLRevisions(Revisions):
    """With the transaction that wrote it, for a restored database may come to the same number again."""

    def _connect(self) -> Any:
        positional, named = self.engine.dialect.create_connect_args(self.engine.url)
        return self.driver.connect(*positional, **named, autocommit=True, connect_timeout=CONNECT_SECONDS)

    def _ask(self, connection: Any) -> Hashable | None:
        row: tuple[int, str] | None = connection.execute("SELECT number, xmin FROM revision").fetchone()
        return row


def revisions_of(engine: sa.Engine) -> Revisions:
    """The reader for the engine's database."""
    return SQLiteRevisions(engine) if engine.dialect.name == "sqlite" else PostgreSQLRevisions(engine)
