"""Copies of an SQLite database, made and put back by the engine itself: never by copying the file."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import sqlalchemy as sa

# How a copy tells, again and again, how many bytes it has.
Progress = Callable[[int], None]
STEP_BYTES = 4 * 1024 * 1024
MAGIC = b"SQLite format 3\0"


class Damaged(Exception):
    """A file is no whole database."""


def copy_out(source: sqlite3.Connection, target: Path, progress: Progress) -> None:
    """Copy a database, as it is at one moment, into an empty file.

    Others may read meanwhile, and prepare to write; a commit waits for the end. Raises sqlite3.OperationalError
    when the disk is full; nothing but the target is harmed then.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # whatever goes wrong, the copy is thrown away
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on nobody can commit
            copy_all(source, copy, progress)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")  # a write-ahead log would be two more files to keep


def check(path: Path) -> None:
    """Raise Damaged unless the file is a sound SQLite database in which no row points at nothing."""
    try:
        with closing(open_file(path)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise Damaged(str(error)) from None
    if said != "ok" or broken:
        raise Damaged(said if said != "ok" else f"a row of the table {broken[0]} points at nothing")


def check_length(path: Path) -> None:
    """Raise Damaged for a file of another length than it says itself."""
    with closing(open_file(path)) as connection:
        size, number = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count"))
    if path.stat().st_size != size * number:
        raise Damaged("it is cut off")


def open_file(path: Path, timeout: float = 5, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Open a database only to read it."""
    address = f"file:{quote(str(path))}?mode=ro"
    return sqlite3.connect(address, timeout, isolation_level=None, check_same_thread=check_same_thread, uri=True)


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sqlite3.Connection]:
    """The engine's database for us alone: whoever wants it waits, as for any other transaction.

    Raises sqlite3.OperationalError when others do not let go of it within the usual time.
    """
    with engine.connect() as connection:
        driver = driver_of(connection)
        driver.execute("PRAGMA query_only = OFF")  # as the last reader left it
        driver.execute("PRAGMA locking_mode = EXCLUSIVE")
        driver.execute("BEGIN EXCLUSIVE")
        driver.execute("COMMIT")  # the lock outlives it; a copy cannot go into an open transaction
        try:
            yield driver
        finally:
            connection.invalidate()  # which closes it, and ends the lock


def revision_of(connection: sqlite3.Connection) -> int:
    """The revision of the public content; 0 for a database without any."""
    try:
        row = connection.execute("SELECT number FROM revision").fetchone()
    except sqlite3.OperationalError:  # no such table
        return 0
    return row[0] if row else 0


def driver_of(connection: sa.Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def copy_all(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """Replace what a database holds by what another holds: all of it, or, when anything fails, nothing."""
    size: int = source.execute("PRAGMA page_size").fetchone()[0]

    def tell(_status: int, remaining: int, total: int) -> Any:
        progress((total - remaining) * size)

    source.backup(target, pages=STEP_BYTES // size, progress=tell)
