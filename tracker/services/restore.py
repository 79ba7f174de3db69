"""A backup is put back: made ready and proved before anything that is there is touched, then all at once."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import now
from tracker.db import migrate, postgresql_backup, sqlite_backup
from tracker.db.engine import make_engine, writing
from tracker.db.progress import Progress
from tracker.db.room import lacks_room
from tracker.models import Revision
from tracker.rules.permissions import COMMAND_LINE
from tracker.services import backup, derived
from tracker.services.backup import BackupRefused, Contents
from tracker.services.change import Change
from tracker.services.events import Subject, record
from tracker.services.files import part_of, scratch_beside


def restore(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    """Replace what the database holds by a backup, migrated up, with its log verified; return what the backup held.

    The log has one entry more, which tells of it. What is there goes to the file `safety` first, if one is given.
    Raises BackupRefused, BrokenChain or the engine's own error; nothing was changed then.
    """
    kind = backup.kind_of(source)
    if kind != engine.dialect.name:
        raise BackupRefused(f"{source} is a backup of {kind}, and DATABASE_URL names {engine.dialect.name}.")
    put_back = _into_sqlite if kind == "sqlite" else _into_postgresql
    expected = put_back(engine, source, safety, progress)
    found = backup.contents_of(engine)
    if found != replace(expected, entries=expected.entries + 1, head=found.head):
        raise BackupRefused(f"The database holds {found}, but the backup {expected}. Restore once more.")
    return expected


def _into_sqlite(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    with scratch_beside(Path(engine.url.database or "")) as staged:
        try:
            sqlite_backup.check_length(source)
            with closing(sqlite_backup.open_file(source)) as file:
                backup.write_sqlite(file, staged, lambda _: None)
        except (sqlite3.DatabaseError, sqlite_backup.Damaged) as error:
            if lacks_room(error):
                raise
            raise BackupRefused(f"{source} is damaged: {error}") from None
        ready = make_engine(f"sqlite:///{staged}")
        try:
            migrate.upgrade(ready)
            with writing(ready) as session:
                derived.fill_if_empty(session)
            expected = backup.contents_of(ready)
            with sqlite_backup.alone(engine) as driver:
                if safety:
                    with part_of(safety, replace=False) as part:
                        backup.write_sqlite(driver, part, lambda _: None)
                with writing(ready) as session:
                    _raise_revision(session, sqlite_backup.revision_of(driver))
                    _log(session, source, expected)
                ready.dispose()
                sqlite_backup.copy_in(staged, driver, progress)
        finally:
            ready.dispose()
    return expected


def _into_postgresql(engine: sa.Engine, source: Path, safety: Path | None, progress: Progress) -> Contents:
    """In one transaction that holds the write lock; readers see the old state until it is over."""
    try:
        with engine.begin() as connection:
            if safety:
                backup.make(engine, safety, replace=False, progress=lambda _: None)
            number = _revision_of(connection)
            postgresql_backup.clear(connection)
            postgresql_backup.load(connection, source, progress)
            migrate.upgrade_in(connection)
            with Session(connection) as session:
                derived.fill_if_empty(session)
                _raise_revision(session, number)
                expected = backup.contents(session)
                _log(session, source, expected)
                session.flush()
                return expected
    except postgresql_backup.ProgramFailed as error:
        raise BackupRefused(f"{source} cannot be read: {error}") from None


def _revision_of(connection: sa.Connection) -> int:
    if not sa.inspect(connection).has_table(Revision.__tablename__):
        return 0
    return connection.scalar(sa.select(Revision.number)) or 0


def _log(session: Session, source: Path, held: Contents) -> None:
    """Let the log say that its end is missing from here on, if it is, and what was put back."""
    change, after = Change(session, COMMAND_LINE, now()), {"entries": held.entries, "head": held.head}
    record(change, "restored", Subject("database", 1, source.name), after=after, is_public=True)


def _raise_revision(session: Session, number: int) -> None:
    """Whoever kept a page under the revision that was in force must see that it is another's now."""
    newer = sa.case((Revision.number < number, number), else_=Revision.number) + 1
    session.execute(sa.update(Revision).values(number=newer))
