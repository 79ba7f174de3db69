"""Databases with many asks: the asks that come with the tracker, copied as often as it takes."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tracker.app import create_app
from tracker.db import migrate
from tracker.db.base import Base
from tracker.settings import Settings

FOLDER = Path("var/bench")
TRACKER = [sys.executable, "-m", "tracker"]
SERIES = "WITH RECURSIVE series (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM series WHERE copy < :copies)"
# A copy has a name of its own, and is found by its number.
RENAMED = {"slug": "-", "title": " ", "title_key": " "}


def database(number: int) -> Path:
    """Return an SQLite file with about so many asks, made if it is not there from another time."""
    path = FOLDER / f"asks-{number}-{migrate.head()}.sqlite3"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        make(unfinished, number)
        unfinished.rename(path)
    return path


def make(path: Path, number: int) -> None:
    """Write a new database: the eleven shipped asks and their copies, about `number` in all."""
    run_tracker(path, "db", "upgrade")
    run_tracker(path, "seed")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        copy_asks(connection, number // 11 - 1)
        for _, statement in triggers:
            connection.execute(statement)


def copy_asks(connection: sqlite3.Connection, copies: int) -> None:
    """Copy every ask so many times, with all that hangs on it; the event log tells of the first ones alone."""
    last: dict[str, int] = {}
    connection.execute("BEGIN")
    for table in Base.metadata.sorted_tables:
        parents = {foreign.parent.name: foreign.column.table.name for foreign in table.foreign_keys}
        if table.name == "event" or (table.name != "ask" and not last.keys() & set(parents.values())):
            continue
        if "id" in table.columns:
            last[table.name] = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()[0]
        of_copies = [_of_copy(table, column.name, parents, last) for column in table.columns]
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        source = f"{SERIES} SELECT {', '.join(of_copies)} FROM {table.name}, series"
        connection.execute(f"INSERT INTO {table.name} ({names}) {source}", {"copies": copies})
    words = f"SELECT rowid + copy * {last['ask']}, title || ' ' || copy, wording, story FROM ask_search, series"
    connection.execute(f"INSERT INTO ask_search (rowid, title, wording, story) {SERIES} {words}", {"copies": copies})
    connection.execute("COMMIT")


def run_tracker(database: Path, *arguments: str, typed: str = "") -> None:
    """Run the tracker's command on a database; raises CalledProcessError."""
    command, settings = [*TRACKER, *arguments], environment(database)
    subprocess.run(command, env=settings, input=typed, text=True, capture_output=True, check=True)


def make_app(database: Path, cache_mb: int = 64) -> Flask:
    """Return the site in this process."""
    return create_app(Settings.from_env(environment(database, cache_mb)))


def environment(database: Path, cache_mb: int = 64) -> dict[str, str]:
    """Return the settings of a site on a database, and what this process was given."""
    settings = {"DATABASE_URL": f"sqlite:///{database.absolute()}", "TRACKER_CACHE_MB": str(cache_mb)}
    return os.environ | settings | {"SECRET_KEY": "for measuring only, never for a real site"}


def _of_copy(table: sa.Table, column: str, parents: dict[str, str], last: dict[str, int]) -> str:
    """Return the SQL of what a copy has in a column."""
    if column == "id" or parents.get(column) in last:
        return f'"{column}" + copy * {last[parents.get(column, table.name)]}'
    if table.name == "ask" and column in RENAMED:
        return f"\"{column}\" || '{RENAMED[column]}' || copy"
    return f'"{column}"'
