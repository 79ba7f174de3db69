"""Backups: a checked copy of the whole database in one file, made while the site runs, and put back."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import migrate, postgresql_backup, sqlite_backup
from tracker.db.engine import make_engine, reading
from tracker.db.progress import Progress
from tracker.models import Ask, Event, Person, Update
from tracker.rules.chain import TAKEN_DOWN
from tracker.services import proof
from tracker.services.files import part_of

MAGIC = {"sqlite": sqlite_backup.MAGIC, "postgresql": postgresql_backup.MAGIC}


class BackupRefused(Exception):
    """A backup was not made or not put back; the message says why, and nothing was changed."""


@dataclass(frozen=True)
class Contents:
    """What a database holds, its log proved whole."""

    asks: int
    updates: int
    people: int
    entries: int
    head: str


def contents(session: Session) -> Contents:
    """Count what the database holds and verify its log; raises BrokenChain."""
    entries, head = proof.verify(session)
    asks, updates, people = (
        session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in (Ask, Update, Person)
    )
    return Contents(asks, updates, people, entries, head)


def count_entries(engine: sa.Engine) -> int | None:
    """How many entries the log of a database has; None when nobody has written anything into the database."""
    with reading(engine) as session:
        tables = set(sa.inspect(session.connection()).get_table_names())
        models = [model for model in (Event, Person, Ask) if model.__tablename__ in tables]
        if not any(session.scalar(sa.select(sa.exists().where(model.id.is_not(None)))) for model in models):
            return None
        return session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


def list_takings_down(engine: sa.Engine) -> list[str]:
    """Return when words were taken down and why, a sentence for each time; the database must hold a log."""
    with reading(engine) as session:
        taken = session.execute(sa.select(Event.at, Event.reason).where(Event.action == TAKEN_DOWN).order_by(Event.id))
        return [f"{row.at:%d %B %Y}, because: {row.reason}" for row in taken]


def make(engine: sa.Engine, target: Path, replace: bool, progress: Progress) -> Contents | None:
    """Write a backup; the file appears, readable by nobody else, when it is whole and checked.

    Answers what is in it; None when that cannot be told, because the schema is not that of this version.
    Raises BackupRefused, FileExistsError or BrokenChain.
    """
    revision = migrate.current(engine)
    if revision is None:
        raise BackupRefused("There is nothing to back up: the database has no tables.")
    write = _write_sqlite if engine.dialect.name == "sqlite" else _write_postgresql
    with part_of(target, replace) as part:
        return write(engine, part, revision == migrate.head(), progress)


def kind_of(path: Path) -> str:
    """Which engine's backup the file is; raises BackupRefused for anything else."""
    with path.open("rb") as file:
        beginning = file.read(16)
    for name, magic in MAGIC.items():
        if beginning.startswith(magic):
            return name
    raise BackupRefused(f"{path} is no backup.")


def write_sqlite(source: sqlite3.Connection, part: Path, progress: Progress) -> None:
    """Copy a database into a file, and check the copy."""
    sqlite_backup.copy_out(source, part, progress)
    try:
        sqlite_backup.check(part)
    except sqlite_backup.Damaged as error:
        raise BackupRefused(f"The copy is not sound: {error}") from None


def contents_of(engine: sa.Engine) -> Contents:
    """What the engine's database holds; its schema is the newest."""
    with reading(engine) as session:
        return contents(session)


def _write_sqlite(engine: sa.Engine, part: Path, is_newest: bool, progress: Progress) -> Contents | None:
    with engine.connect() as connection:
        write_sqlite(sqlite_backup.driver_of(connection), part, progress)
    copy = make_engine(f"sqlite:///{part}")
    try:
        return contents_of(copy) if is_newest else None
    finally:
        copy.dispose()


def _write_postgresql(engine: sa.Engine, part: Path, is_newest: bool, progress: Progress) -> Contents | None:
    """What is checked and what is written are of the same moment."""
    with reading(engine) as session:
        snapshot = session.scalar(sa.text("SELECT pg_export_snapshot()"))
        found = contents(session) if is_newest else None
        with part.open("wb") as file:
            postgresql_backup.dump(engine.url, str(snapshot), file, progress)
    postgresql_backup.read_through(part)
    return found
