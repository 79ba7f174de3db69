"""The command line: `tracker`. Exit code 0 means done, 1 refused or found wrong, 2 used or set up wrongly."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click
import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from tracker.cli.cron import digest, look, tidy
from tracker.cli.database import Unusable, backup, db, open_engine, open_newest, restore, upgrade
from tracker.cli.export import export, publish
from tracker.cli.imports import import_files, seed
from tracker.cli.installation import config, doctor, init, load_env_file
from tracker.cli.log import log, verify
from tracker.cli.people import user
from tracker.db import migrate
from tracker.db.engine import reading, what_is_not_durable
from tracker.db.errors import lacks_room
from tracker.db.postgresql import ProgramFailed
from tracker.models import Person
from tracker.publish.folder import PublishRefused
from tracker.rules.errors import NotAllowed, RuleBroken
from tracker.services import proof
from tracker.services.backup import BackupRefused
from tracker.settings import Settings, SettingsError, in_address

EXPECTED = (RuleBroken, NotAllowed, proof.BrokenChain, BackupRefused, ProgramFailed, CommandError, PublishRefused)
HTTPS_ONLY = "For two years browsers will ask {0} and every name that ends in .{0} by https only."
INSTALL_DRIVER = "pip install 'policy-tracker[postgres]'"
TO_DO = {
    "not a database": "Name the tracker's own file in DATABASE_URL, or restore a backup.",
    "malformed": "The file is damaged: restore a backup (tracker restore).",
    "unable to open": "Does the folder of DATABASE_URL exist, and may this account write there?",
    "locked": "Somebody else is writing for long: try again.",
}
FIRST_ACCOUNT = "user add you@example.org --name 'Your Name' --role admin"


class Teaching(click.Group):
    """A group of commands that turns expected failures into one plain sentence each."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Unusable(f"These settings are wrong:\n{error}") from None
        except EXPECTED as error:
            raise click.ClickException(str(error)) from None
        except DatabaseError as error:
            if type(error) not in {OperationalError, ProgrammingError, DatabaseError}:
                raise
            raise _unusable(error.orig) from None
        except ImportError as error:
            if "psycopg" not in str(error):
                raise
            raise Unusable(f"The driver of PostgreSQL is missing ({error}). Run: {INSTALL_DRIVER}") from None
        except OSError as error:
            if lacks_room(error):
                raise _no_room(error) from None
            if not error.filename:
                raise
            sentence = f"{error.filename}: {error.strerror}. Name a place where this account may read and write."
            raise Unusable(sentence) from None


def _unusable(error: BaseException | None) -> click.ClickException:
    """Return what a database's driver complains of, with what to do."""
    if lacks_room(error):
        return _no_room(error)
    if re.search("no such (table|column)|does not exist", str(error)):
        with suppress(Exception):  # then the complaint itself is said
            if fault := migrate.describe_fault(open_engine()):
                return Unusable(fault)
    todo = next(
        (todo for words, todo in TO_DO.items() if words in str(error)), "Look at DATABASE_URL, and at its server."
    )
    return Unusable(f"The database cannot be used: {error}. {todo}")


def _no_room(error: BaseException | None) -> click.ClickException:
    return click.ClickException(
        f"The disk is full or fails, or may not be written: {error}. What was begun is undone, and nothing that was "
        "there is harmed. Make room, or let it be written; then do it again."
    )


@click.group(cls=Teaching, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="policy-tracker", prog_name="tracker")
def main() -> None:
    """Track what became of policy asks, with the evidence.

    Settings come from the environment, or from a file .env in the working folder: DATABASE_URL,
    SECRET_KEY, HOST, PORT and TRACKER_…; the README lists them.
    """
    load_env_file(Path(".env"), os.environ)


@main.command()
@click.option("--prepare", is_flag=True, help="First upgrade the database, and load our list if it is empty.")
@click.pass_context
def serve(ctx: click.Context, prepare: bool) -> None:
    """Serve the site until stopped with Ctrl-C or SIGTERM.

    Requests under way are finished first. HOST and PORT say where; behind a proxy see docs/guide/operators.md.
    """
    from tracker.server import CannotListen, run_server  # the whole site, of which no other command knows

    if prepare:
        ctx.invoke(upgrade)
        ctx.invoke(seed, if_empty=True)
    settings = Settings.from_env()
    engine = open_newest()
    with reading(engine) as session:
        has_people = session.scalar(sa.select(Person.id).limit(1)) is not None
        off = what_is_not_durable(session)
    if off and settings.is_production:
        names = ", ".join(off)
        raise click.ClickException(f"PostgreSQL can lose what was saved. Set to on in postgresql.conf: {names}")
    engine.dispose()

    def announce() -> None:
        if settings.is_production:
            click.echo(HTTPS_ONLY.format(urlsplit(settings.site_url).hostname))
        click.echo(f"The tracker is at http://{in_address(settings.host)}:{settings.port}/ (stop it with Ctrl-C)")
        if not has_people:
            is_usual = settings.port == Settings.port or not settings.is_site_url_guessed
            port = "" if is_usual else f"PORT={settings.port} "  # so that a link that it prints names it
            click.echo(f"Nobody can sign in yet. Make the first account with:\n    {port}{_program()} {FIRST_ACCOUNT}")

    try:
        run_server(settings, announce)
    except CannotListen as error:
        raise click.UsageError(str(error)) from None


def _program() -> str:
    """How to call this program in a command that can be pasted."""
    called = Path(sys.argv[0])
    return "tracker" if called.name != "tracker" or called.parent == Path() else os.path.relpath(called)


COMMANDS = (backup, config, db, digest, doctor, export, import_files, init, log, look, publish, restore)
for command in (*COMMANDS, seed, tidy, user, verify):
    main.add_command(command)
