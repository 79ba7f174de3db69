"""The database of the settings, and the commands for its schema: `tracker db`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.clock import now, set_zone
from tracker.db import migrate
from tracker.db.engine import make_engine, writing
from tracker.paths import var_dir
from tracker.rules.permissions import COMMAND_LINE
from tracker.services import derived
from tracker.services.change import Change
from tracker.services.sessions import digest
from tracker.settings import Settings


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
