"""The revision of the public content, which is read before each public answer."""

from collections.abc import Hashable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tracker.db.engine import identity
from tracker.db.sqlite_backup import open_file

WAIT_SECONDS = 1
CONNECT_SECONDS = 2


class Revisions:
    """Reads the revision on connections of its own, past SQLAlchemy, which would cost as much as a kept page.

    Any number of threads may ask at once: each takes an idle connection or opens one. They are closed with the
    engine's own, and the reader can be used again after that.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.driver: Any = engine.dialect.loaded_dbapi
        self.idle: list[tuple[Hashable, Any]] = []
        self.file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
        # With the transaction that wrote it, since a restored database of PostgreSQL may come to the same number.
        self.statement = "SELECT number FROM revision" if self.file else "SELECT number, xmin::text FROM revision"
        # Not bound to a thread: whoever closes it need not be who opened it.
        sqlite = partial(open_file, timeout=WAIT_SECONDS, check_same_thread=False)
        self.connect = partial(sqlite, self.file) if self.file else partial(_connect_postgresql, engine)
        sa.event.listen(engine, "engine_disposed", lambda _: self.close())

    def read(self) -> tuple[Hashable, ...] | None:
        """Return the database and its revision, equal only when the content is; None when it cannot be read."""
        try:
            # A file of SQLite may be replaced while the site runs, when a backup is put back.
            place = identity(self.file) if self.file else None
            connection = self._take(place)
            try:
                row = connection.execute(self.statement).fetchone()
            except self.driver.Error:
                connection.close()
                raise
        except (self.driver.Error, OSError):
            self.close()
            return None
        self.idle.append((place, connection))
        return (place, *row) if row else None

    def _take(self, place: Hashable) -> Any:
        """Return a connection to the database that is in this place."""
        with suppress(IndexError):
            while True:
                opened, connection = self.idle.pop()
                if opened == place:
                    return connection
                connection.close()
        return self.connect()

    def close(self) -> None:
        """Close the connections that no thread is using."""
        idle, self.idle = self.idle, []
        for _, connection in idle:
            connection.close()


def _connect_postgresql(engine: sa.Engine) -> Any:
    from tracker.db.postgresql import Connection

    positional, named = engine.dialect.create_connect_args(engine.url)
    connection = Connection.connect(*positional, **named, autocommit=True, connect_timeout=CONNECT_SECONDS)
    connection.patience = WAIT_SECONDS
    return connection
