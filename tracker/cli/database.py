"""The database of the settings, the commands for its schema (`tracker db`), and those that back it up."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.clock import now, set_zone
from tracker.db import migrate
from tracker.db.engine import make_engine, writing
from tracker.paths import var_dir
from tracker.rules.people import COMMAND_LINE
from tracker.services import backup as backups
from tracker.services import derived
from tracker.services.backup import Contents
from tracker.services.change import Change
from tracker.services.sessions import digest
from tracker.settings import Settings

MEGABYTE = 1024 * 1024


def open_engine() -> sa.Engine:
    """The engine for the database of the settings, closed when the command ends; its statements may take long.

    From then on days are those of the settings' time zone.
    """
    settings = Settings.from_env()
    set_zone(settings.face.time_zone)
    engine = make_engine(settings.database_url)
    click.get_current_context().call_on_close(engine.dispose)
    return engine


def open_newest() -> sa.Engine:
    """The same for a command that needs the newest schema, and stops without it."""
    engine = open_engine()
    if fault := migrate.describe_fault(engine):
        raise Unusable(fault)
    return engine


def kept_checkpoint(engine: sa.Engine) -> Path:
    """Return the file, beside the secret key, with the highest checkpoint that was seen of this database."""
    return var_dir() / f"checkpoint-{digest(engine.url.render_as_string())[:16]}.txt"


class Unusable(click.ClickException):
    """What a command needs is not there or not right; the message says what to do. Ends with exit code 2."""

    exit_code = 2


def show_progress(text: str) -> None:
    """Say how far something long is, to somebody who watches."""
    if sys.stderr.isatty():
        click.echo(f"\r{text}", nl=False, err=True)


@contextmanager
def changing() -> Iterator[Change]:
    """A change by the command line, committed at the end of the block."""
    with writing(open_engine()) as session:
        yield Change(session, COMMAND_LINE, now())


@click.group()
def db() -> None:
    """Bring the database to the schema of this version, and back."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION (default: the newest). Makes the database if there is none."""
    engine = open_engine()
    if migrate.is_newer(engine):
        raise Unusable(str(migrate.describe_fault(engine)))
    migrate.upgrade(engine, revision)
    if migrate.current(engine) == migrate.head():
        with writing(engine) as session:
            derived.fill_if_empty(session)
    click.echo(f"The database is at revision {migrate.current(engine)}.")


@db.command(context_settings={"ignore_unknown_options": True})  # -1 is a revision
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION, for example 0001, -1 or base. Make a backup first."""
    engine = open_engine()
    migrate.downgrade(engine, revision)
    click.echo(f"The database is at revision {migrate.current(engine) or 'base (empty)'}.")


@db.command()
def current() -> None:
    """Print the revision that the database is at."""
    click.echo(migrate.current(open_engine()) or "base (empty)")


@db.command()
def check() -> None:
    """Exit with 1 unless the database is at the newest revision."""
    if fault := migrate.describe_fault(open_engine()):
        raise click.ClickException(fault)
    click.echo(f"The database is at {migrate.head()}, as it should be.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, force: bool) -> None:
    """Back up the whole database while the site runs.

    FILE appears when it is whole: its log is verified, and only you can read it. Whoever has it has
    everything that is in the database, so keep it as safe as the database.
    """
    try:
        found = backups.make(open_engine(), file, force, _progress)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already. Choose another name, or use --force.") from None
    except BlockingIOError:
        raise click.ClickException(f"Another backup to {file} is running.") from None
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"{file} could not be written, and nothing of it remains: {error}") from None
    if found:
        click.echo(f"{file} holds {_in_words(found)}.")
        click.echo(f"Its event log is whole: {found.entries} entries, the last with hash {found.head}.")
    else:
        click.echo(f"{file} is made. Its schema is not that of this version: a restore will verify its log.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is in the database, after a backup of it beside FILE.")
def restore(file: Path, force: bool) -> None:
    """Put the backup FILE into the database, which must be empty.

    It is brought to the newest schema, and its event log is verified before anything is replaced. When
    something is wrong, nothing is changed. Stop the site first if you can.
    """
    engine = open_engine()
    before = backups.count_entries(engine)
    safety, taken_down = None, []
    if before is not None:
        if not force:
            raise click.ClickException(
                f"The database is not empty: its log has {before} entries. A restore would throw away what the backup "
                "does not have. If that is meant, use --force: what is there is backed up first."
            )
        taken_down = backups.list_takings_down(engine) if before else []
        safety = file.with_name(f"before-restore-{now():%Y%m%dT%H%M%SZ}{file.suffix}")
    try:
        found = backups.restore(engine, file, safety, _progress)
    except BlockingIOError:
        raise click.ClickException("Another restore is running.") from None
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"Nothing was restored, and the database is as it was: {error}") from None
    click.echo(f"The database holds {_in_words(found)}.")
    if safety:
        click.echo(f"What was there before, {before} entries of the log, is in {safety}.")
    kept = backups.list_takings_down(engine)
    for taken in (taken for taken in taken_down if taken not in kept):
        click.echo(f"Words are back that were taken down on {taken} Take them down again.")
    with suppress(OSError):  # nothing is kept where nothing can be written
        kept_checkpoint(engine).unlink()  # the log itself tells of the restore now
    click.echo(f"The event log of the backup is whole: {found.entries} entries, the last with hash {found.head}.")
    click.echo(
        "Compare that hash with the one that was printed when the backup was made. One entry tells of the restore."
    )


def _in_words(found: Contents) -> str:
    return f"{found.asks} asks, {found.updates} updates and {found.people} members of staff"


def _progress(done: int) -> None:
    if done >= MEGABYTE:
        show_progress(f"{done // MEGABYTE} MB")
