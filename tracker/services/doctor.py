"""Looks an installation over: each finding says what is well, or what is wrong and what to do about it."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker.db import migrate, sqlite_backup
from tracker.db.engine import reading, what_is_not_durable
from tracker.models import Ask, Event, Person
from tracker.queries import findings
from tracker.queries.desk import find_contradicted
from tracker.rules.chain import Checkpoint, read_checkpoint
from tracker.rules.people import Role
from tracker.services import derived, digest, proof
from tracker.services.files import part_of
from tracker.settings import Settings

GIGABYTE = 1024**3
LEAST_FREE, ENOUGH_FREE = 64 * 1024**2, GIGABYTE
OLDEST_YEAR = 2026
TOLERANCE = timedelta(minutes=5)
RESTORE_IS_NEWS = timedelta(days=30)
POSTGRESQL_MINIMUM = 15
OTHERS, GROUP_AND_OTHERS = stat.S_IRWXO, stat.S_IRWXG | stat.S_IRWXO


class Health(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Diagnosis(NamedTuple):
    """One line of the doctor's report."""

    health: Health
    about: str
    text: str


well, warning, fault = (partial(Diagnosis, health) for health in Health)


def examine(
    settings: Settings, engine: sa.Engine, secrets: list[Path], kept: Path, at: datetime
) -> Iterator[Diagnosis]:
    """Everything, one finding after the other; what cannot be looked at for want of something else is left out."""
    yield _settings(settings)
    yield from _files(engine, secrets)
    yield from _disk(engine)
    try:
        yield from (_sqlite if engine.dialect.name == "sqlite" else _postgresql)(engine)
        if wrong := migrate.describe_fault(engine):
            yield fault("schema", wrong)
            return
        yield well("schema", f"It is at {migrate.head()}, the newest.")
        with reading(engine) as session:
            yield _clock(session, at)
            yield _people(session)
            yield _lists(session)
            yield _statuses(session)
            yield from _restores(session, at)
            yield from _looks(session, at)
        yield _guards(engine)
        with reading(engine) as session:
            yield _log(session, kept)
    except SQLAlchemyError as error:
        said = getattr(error, "orig", error)
        yield fault("database", f"It cannot be used: {said}. Look at DATABASE_URL and the server.")


def examine_mail(settings: Settings) -> Diagnosis:
    """Say whether the mail server lets us in; sends nothing."""
    if settings.mail is None:
        return well("mail", "No server is set (TRACKER_SMTP_HOST), so tracker digest only prints.")
    try:
        with digest.connected(settings.mail) as client:
            client.noop()
    except OSError as error:
        return fault("mail", f"{settings.mail.host} does not let us in: {error}. See TRACKER_SMTP_… in the README")
    return well("mail", f"{settings.mail.host} lets us in.")


def _settings(settings: Settings) -> Diagnosis:
    if not settings.is_production:
        return warning("settings", "For this machine only. For a public site: TRACKER_ENV=production")
    if not settings.trusted_proxies:
        return warning("settings", "No proxy is trusted. If one is in front: TRACKER_TRUSTED_PROXIES=1")
    return well("settings", "All can be read.")


def _files(engine: sa.Engine, secrets: list[Path]) -> Iterator[Diagnosis]:
    """Secrets are for their owner alone; the database is nobody's who does not run the site."""
    wrong = [path for path in secrets if path.exists() and path.stat().st_mode & GROUP_AND_OTHERS]
    if (path := _file_of(engine)) and path.exists():
        is_open = path.stat().st_mode & OTHERS and path.resolve().parent.stat().st_mode & stat.S_IXOTH
        wrong += [path] if is_open else []
    for path in wrong:
        yield fault("files", f"Others on this machine can read {path}. Run: chmod 600 {path}")
    if not wrong:
        yield well("files", "Nobody else can read the secrets and the database.")


def _disk(engine: sa.Engine) -> Iterator[Diagnosis]:
    path = _file_of(engine)
    if path is None:
        return
    free = shutil.disk_usage(path.resolve().parent if path.exists() else Path()).free
    size = path.stat().st_size if path.exists() else 0
    health = Health.FAULT if free < LEAST_FREE else Health.WARNING if free < max(ENOUGH_FREE, 3 * size) else Health.OK
    advice = "" if health == Health.OK else " Make room: a backup and a restore each need as much as the database has."
    yield Diagnosis(health, "disk", f"{free / GIGABYTE:.1f} GB are free.{advice}")


def _sqlite(engine: sa.Engine) -> Iterator[Diagnosis]:
    with engine.connect() as connection:
        driver = sqlite_backup.driver_of(connection)
        journal = driver.execute("PRAGMA journal_mode").fetchone()[0].upper()
    yield well("SQLite", f"{sqlite3.sqlite_version}, journal {journal}, written through to the disk.")
    try:
        sqlite_backup.check(Path(engine.url.database or ""))
    except sqlite_backup.Damaged as error:
        yield fault("database", f"It is damaged: {error}. Stop the site and restore the last backup.")
    else:
        yield well("database", "The file is sound, and no row points at nothing.")


def _postgresql(engine: sa.Engine) -> Iterator[Diagnosis]:
    with reading(engine) as session:
        version = int(session.scalar(sa.text("SHOW server_version_num")) or 0) // 10000
        off = what_is_not_durable(session)
    if version < POSTGRESQL_MINIMUM:
        yield fault("PostgreSQL", f"{version} is too old. Install {POSTGRESQL_MINIMUM} or newer.")
    for name in off:
        yield fault("PostgreSQL", f"{name} is off: what was saved can be lost. Set {name} = on in postgresql.conf")
    if version >= POSTGRESQL_MINIMUM and not off:
        yield well("PostgreSQL", f"{version}; what is saved is on the disk.")


def _clock(session: Session, at: datetime) -> Diagnosis:
    newest = session.scalar(sa.select(Event.at).order_by(Event.id.desc()).limit(1))
    if at.year < OLDEST_YEAR:
        return fault("clock", f"This machine believes it is {at.year}. Set its clock.")
    if newest and newest > at + TOLERANCE:
        return fault("clock", f"It is behind the last entry of the log, of {newest:%d %B %Y %H:%M} UTC. Set it.")
    return well("clock", f"It is {at:%d %B %Y %H:%M} UTC, after the last entry of the log.")


def _people(session: Session) -> Diagnosis:
    admins = sa.select(sa.func.count()).select_from(Person).where(Person.is_active, Person.role == Role.ADMIN)
    if number := session.scalar(admins):
        return well("people", f"Active admins: {number}.")
    return warning("people", "There is no active admin. See: tracker user add --help")


def _lists(session: Session) -> Diagnosis:
    if faults := derived.find_faults(session):
        text = f"{len(faults)} do not agree with the asks, the first: {faults[0]}. Run: tracker verify --mend"
        return fault("lists", text)
    return well("lists", "The index of words and the days of each status agree with the asks.")


def _statuses(session: Session) -> Diagnosis:
    if found := find_contradicted(session):
        title = session.get_one(Ask, found[0]).title
        text = f"{len(found)} no longer fit the tests, the first of “{title}”. Give a new status, or a result."
        return warning("statuses", text)
    return well("statuses", "Each fits the tests of its ask.")


def _restores(session: Session, at: datetime) -> Iterator[Diagnosis]:
    last = sa.select(Event).where(Event.action == "restored", Event.subject == "database").order_by(Event.id.desc())
    event = session.scalars(last.limit(1)).first()
    if event and event.at > at - RESTORE_IS_NEWS:
        yield warning(
            "restore",
            f"“{event.subject_name}” was put back on {event.at:%d %B %Y %H:%M} UTC: entry {event.id}. Words that were "
            "taken down after that backup are back: take them down again.",
        )


def _looks(session: Session, at: datetime) -> Iterator[Diagnosis]:
    found = findings.find_faults(session, at)
    yield from (warning("looks", f"{what[0].upper()}{what[1:]} {sentence}") for what, sentence in found)
    if not found and findings.latest_looks(session):
        yield well("looks", "The official record was read whole.")


def _guards(engine: sa.Engine) -> Diagnosis:
    with engine.connect() as connection:
        missing = ", ".join(migrate.find_missing_guards(connection))
    if missing:
        return fault(
            "guards", f"Nothing keeps what was written as it is: {missing}. Find out who took it off; restore."
        )
    return well("guards", "The database refuses to change the log and what was published.")


def _log(session: Session, kept: Path) -> Diagnosis:
    """Prove the log, and keep how far it had come for the next time."""
    try:
        count, head = proof.verify(session)
        if kept.exists():
            proof.require(session, read_checkpoint(kept.read_text(encoding="ascii")))
        with part_of(kept, replace=True) as part:
            part.write_text(f"{Checkpoint(count, head)}\n", encoding="ascii")
    except proof.BrokenChain as error:
        return fault("log", f"{error} Compare with a backup; find out who could write. Once explained, delete {kept}")
    except ValueError as error:
        return fault("log", f"The checkpoint that was last seen cannot be read: {error} Look at {kept}")
    except OSError as error:
        return warning("log", f"It is whole, but how far it has come cannot be read or kept: {error}")
    return well("log", f"It is whole: {count} entries, the last with hash {head}.")


def _file_of(engine: sa.Engine) -> Path | None:
    return Path(engine.url.database) if engine.dialect.name == "sqlite" and engine.url.database else None
