"""Backups: a checked copy of the whole database in one file, made while the site runs, and put back.

What is put back is made ready and proved before anything that is there is touched, then comes in all at once.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import now
from tracker.db import migrate, postgresql, sqlite_backup
from tracker.db.engine import make_engine, reading, writing
from tracker.db.errors import lacks_room
from tracker.db.sqlite_backup import Progress
from tracker.models import Ask, Event, Person, Revision, Update
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.disputes import IMPORTED_TAKING, happened_at
from tracker.rules.people import COMMAND_LINE
from tracker.services import derived, proof
from tracker.services.change import Change
from tracker.services.events import Subject, record
from tracker.services.files import part_of, scratch_beside

MAGIC = {"sqlite": sqlite_backup.MAGIC, "postgresql": postgresql.MAGIC}


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
        taken = sa.select(Event.at, Event.after, Event.reason).where(Event.action.in_((TAKEN_DOWN, IMPORTED_TAKING)))
        rows = session.execute(taken.order_by(Event.id))
        return [f"{happened_at(row.at, row.after):%d %B %Y}, because: {row.reason}" for row in rows]


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


def _copy_sqlite(source: sqlite3.Connection, part: Path, progress: Progress) -> None:
    """Copy a database into a file, and check the copy."""
    sqlite_backup.copy_out(source, part, progress)
    try:
        sqlite_backup.check(part)
    except sqlite_backup.Damaged as error:
        raise BackupRefused(f"The copy is not sound: {error}") from None


def contents_of(engine: sa.Engine) -> Contents:
    """Return what the engine's database holds; its schema is the newest."""
    with reading(engine) as session:
        return contents(session)


def _write_sqlite(engine: sa.Engine, part: Path, is_newest: bool, progress: Progress) -> Contents | None:
    with engine.connect() as connection:
        _copy_sqlite(sqlite_backup.driver_of(connection), part, progress)
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
            postgresql.dump(engine.url, str(snapshot), file, progress)
    postgresql.read_through(part)
    return found


def restore(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    """Replace what the database holds by a backup, migrated up, with its log verified; return what the backup held.

    The log has one entry more, which tells of it. What is there goes to the file `safety` first, if one is given.
    Raises BackupRefused, BrokenChain or the engine's own error; nothing was changed then.
    """
    with source.open("rb") as file:
        beginning = file.read(16)
    kind = next((name for name, magic in MAGIC.items() if beginning.startswith(magic)), None)
    if kind is None:
        raise BackupRefused(f"{source} is no backup.")
    if kind != engine.dialect.name:
        raise BackupRefused(f"{source} is a backup of {kind}, and DATABASE_URL names {engine.dialect.name}.")
    put_back = _into_sqlite if kind == "sqlite" else _into_postgresql
    expected = put_back(engine, source, safety, progress)
    found = contents_of(engine)
    if found != replace(expected, entries=expected.entries + 1, head=found.head):
        raise BackupRefused(f"The database holds {found}, but the backup {expected}. Restore once more.")
    return expected


def _into_sqlite(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    with scratch_beside(Path(engine.url.database or "")) as staged:
        try:
            sqlite_backup.check_length(source)
            with closing(sqlite_backup.open_file(source)) as file:
                _copy_sqlite(file, staged, lambda _: None)
        except (sqlite3.DatabaseError, sqlite_backup.Damaged) as error:
            if lacks_room(error):
                raise
            raise BackupRefused(f"{source} is damaged: {error}") from None
        ready = make_engine(f"sqlite:///{staged}")
        try:
            migrate.upgrade(ready)
            with writing(ready) as session:
                derived.fill_if_empty(session)
            expected = contents_of(ready)
            with sqlite_backup.alone(engine) as driver:
                if safety:
                    with part_of(safety, replace=False) as part:
                        _copy_sqlite(driver, part, lambda _: None)
                with writing(ready) as session:
                    _raise_revision(session, sqlite_backup.revision_of(driver))
                    _log(session, source, expected)
                ready.dispose()
                with closing(sqlite_backup.open_file(staged)) as file:
                    sqlite_backup.copy_all(file, driver, progress)
        finally:
            ready.dispose()
    return expected


def _into_postgresql(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    """In one transaction that holds the write lock; readers see the old state until it is over."""
    try:
        with engine.begin() as connection:
            if safety:
                make(engine, safety, replace=False, progress=lambda _: None)
            has_revision = sa.inspect(connection).has_table(Revision.__tablename__)
            number = connection.scalar(sa.select(Revision.number)) if has_revision else None
            postgresql.clear(connection)
            postgresql.load(connection, source, progress)
            migrate.upgrade_in(connection)
            with Session(connection) as session:
                derived.fill_if_empty(session)
                _raise_revision(session, number or 0)
                expected = contents(session)
                _log(session, source, expected)
                session.flush()
                return expected
    except postgresql.ProgramFailed as error:
        raise BackupRefused(f"{source} cannot be read: {error}") from None


def _log(session: Session, source: Path, held: Contents) -> None:
    """Let the log say that its end is missing from here on, if it is, and what was put back."""
    change, after = Change(session, COMMAND_LINE, now()), {"entries": held.entries, "head": held.head}
    record(change, "restored", Subject("database", 1, source.name), after=after, is_public=True)


def _raise_revision(session: Session, number: int) -> None:
    """Whoever kept a page under the revision that was in force must see that it is another's now."""
    newer = sa.case((Revision.number < number, number), else_=Revision.number) + 1
    session.execute(sa.update(Revision).values(number=newer))
