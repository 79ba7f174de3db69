"""The commands for the schema of the database: `tracker db`."""

import click
import sqlalchemy as sa

from tracker.cli.database import Unusable, open_engine
from tracker.db import migrate
from tracker.db.engine import writing
from tracker.services import derived


@click.group()
def db() -> None:
    """Bring the database to the schema of this version, and back."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION (default: the newest). Makes the database if there is none."""
    engine = open_engine()
    if migrate.is_newer(engine):
        require_newest(engine)
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


def require_newest(engine: sa.Engine) -> None:
    """Stop the command unless the database is at the newest revision."""
    if fault := migrate.describe_fault(engine):
        raise Unusable(fault)
