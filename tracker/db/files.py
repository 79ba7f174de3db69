"""An SQLite file may be replaced by another while the site runs, when a backup is put back."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry


def identity(path: Path) -> tuple[int, int]:
    """What tells a file from another that has taken its name; raises OSError when there is none."""
    found = path.stat()
    return found.st_dev, found.st_ino


def leave_replaced_files(engine: sa.Engine) -> None:
    """Let no connection be used that has a file open which is no longer in its place.

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
