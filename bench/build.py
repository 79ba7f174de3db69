"""Writes the invented records into a database, with everything that the site derives from asks."""

import sqlite3
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, cast

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.records import Made, Records
from tracker.db import migrate
from tracker.db.engine import make_engine, writing
from tracker.models import (
    Ask,
    Evidence,
    Legislation,
    Link,
    Revision,
    Source,
    StatusSpan,
    SuccessTest,
    TestResult,
    Update,
)
from tracker.queries.stories import entry_of
from tracker.rules.asks import Publication
from tracker.services import derived

# Raise this when the records change, so that no older file is used again.
VERSION = 2
BATCH = 2000
# Only for the building: nothing is lost if it is cut short, since the file gets its name when it is whole.
QUICK = ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -1000000")
FOLDER = Path("var/bench")


def sqlite_file(number: int) -> Path:
    """An SQLite file with so many asks; built unless it is there from another time."""
    path = FOLDER / f"asks-{number}-{VERSION}.sqlite3"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        engine = make_engine(f"sqlite:///{unfinished.absolute()}")
        sa.event.listen(engine, "connect", _hurry)
        _build_with_progress(engine, number)
        unfinished.rename(path)
    _upgrade(f"sqlite:///{path.absolute()}")
    return path


def postgresql_database(server: str, number: int) -> str:
    """The URL of a database with so many asks on the server of this URL; built unless it is there from another time."""
    name = f"bench_{number}_{VERSION}"
    url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    administration = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        if not connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            unfinished = f"{name}_unfinished"
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {unfinished}"))
            connection.execute(sa.text(f"CREATE DATABASE {unfinished} TEMPLATE template0 ENCODING 'UTF8'"))
            # Counting a million asks takes longer than any page may.
            unfinished_url = sa.make_url(url).set(database=unfinished).render_as_string(False)
            engine = make_engine(unfinished_url)
            _build_with_progress(engine, number)
            connection.execute(sa.text(f"ALTER DATABASE {unfinished} RENAME TO {name}"))
    administration.dispose()
    _upgrade(url)
    return url


def build(engine: sa.Engine, number: int, progress: Callable[[int], None] = lambda number: None) -> None:
    """Fill an empty database; `progress` is told after each batch how many asks it had.

    The event log stays empty.
    """
    migrate.upgrade(engine)
    records = Records(number)
    asks = records.asks()
    with writing(engine) as session:
        _insert(session, Source, records.sources)
        _insert(session, Legislation, [law.row for law in records.laws])
    while batch := list(islice(asks, BATCH)):
        with writing(engine) as session:
            _write(session, batch)
        progress(len(batch))
    with writing(engine) as session:
        session.execute(sa.update(Revision).values(number=number))


def _write(session: Session, asks: list[Made]) -> None:
    updates = [update for ask in asks for update in ask.updates]
    _insert(session, Ask, [ask.row for ask in asks])
    _insert(session, SuccessTest, [test.row for ask in asks for test in ask.tests])
    _insert(session, Link, [link.row for ask in asks for link in ask.links])
    _insert(session, Update, [update.row for update in updates])
    _insert(session, Evidence, [row for update in updates for row in update.evidence])
    _insert(session, TestResult, [vars(result) for update in updates for result in update.results])
    written = Update.id.between(updates[0].id, updates[-1].id)
    published = {"publication": Publication.PUBLISHED, "published_at": Update.recorded_at}
    session.execute(
        sa.update(Update).where(written).values(published), execution_options={"synchronize_session": False}
    )
    stories = [(ask.id, [entry_of(cast(Update, update)) for update in ask.updates]) for ask in asks]
    _insert(session, StatusSpan, [span for ask_id, entries in stories for span in derived.spans(ask_id, entries)])
    derived.write_words(session, [ask.id for ask in asks])


def _insert(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(sa.insert(model.__table__), rows)


def _build_with_progress(engine: sa.Engine, number: int) -> None:
    with click.progressbar(length=number, label=f"Making {number} asks", file=sys.stderr) as bar:
        build(engine, number, bar.update)
    if engine.dialect.name == "postgresql":  # as autovacuum does in time
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT", tracker_read_only=True) as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()


def _upgrade(url: str) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in QUICK:
        connection.execute(f"PRAGMA {pragma}")
