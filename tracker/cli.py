"""The command line: `tracker`. Exit code 0 means done, 1 refused or found wrong, 2 used wrongly."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.util import CommandError
from dotenv import load_dotenv
from sqlalchemy.exc import OperationalError, ProgrammingError

from tracker.clock import now
from tracker.db import migrate
from tracker.db.engine import make_engine, reading, writing
from tracker.exports.tables import TABLES
from tracker.models import Person
from tracker.paths import resource_dir
from tracker.queries.public import tables
from tracker.queries.public.filters import AskFilter
from tracker.rules.errors import RuleBroken
from tracker.rules.permissions import COMMAND_LINE, SEEDS, Actor, Role
from tracker.server import run_server
from tracker.services import events, passwords, people, seeds
from tracker.services.change import Change
from tracker.services.seed_files import SeedError
from tracker.settings import Settings, SettingsError

FIRST_ACCOUNT = "user add you@example.org --name 'Your Name' --role admin"


class Teaching(click.Group):
    """A group of commands that turns expected failures into one plain sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(f"These settings are wrong:\n{error}") from None
        except (RuleBroken, SeedError, events.BrokenChain, CommandError) as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, ProgrammingError) as error:  # ProgrammingError: PostgreSQL lacks a table
            raise click.ClickException(f"The database cannot be used: {error.orig}. See: tracker db check") from None


@click.group(cls=Teaching, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="policy-tracker", prog_name="tracker")
def main() -> None:
    """Track what became of policy asks, with the evidence.

    Settings come from the environment, or from a file .env in the working folder: DATABASE_URL,
    SECRET_KEY, HOST, PORT and TRACKER_…; the README lists them.
    """
    load_dotenv(Path(".env"))


@main.command()
def serve() -> None:
    """Serve the site until stopped with Ctrl-C or SIGTERM.

    Requests under way are finished first. HOST and PORT say where; behind a proxy see the README.
    """
    settings = Settings.from_env()
    engine = _engine()
    _require_newest(engine)
    with reading(engine) as session:
        has_people = session.scalar(sa.select(Person.id).limit(1)) is not None
    engine.dispose()
    click.echo(f"The tracker is at http://{settings.host}:{settings.port}/ (stop it with Ctrl-C)")
    if not has_people:
        click.echo(f"Nobody can sign in yet. Make the first account with:\n    {_program()} {FIRST_ACCOUNT}")
    run_server(settings)


@main.group()
def db() -> None:
    """Bring the database to the schema of this version, and back."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION (default: the newest). Makes the database if there is none."""
    engine = _engine()
    migrate.upgrade(engine, revision)
    click.echo(f"The database is at revision {migrate.current(engine)}.")


@db.command(context_settings={"ignore_unknown_options": True})  # -1 is a revision
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION, for example 0001, -1 or base. Make a backup first."""
    engine = _engine()
    migrate.downgrade(engine, revision)
    click.echo(f"The database is at revision {migrate.current(engine) or 'base (empty)'}.")


@db.command()
def current() -> None:
    """Print the revision that the database is at."""
    click.echo(migrate.current(_engine()) or "base (empty)")


@db.command()
def check() -> None:
    """Exit with 1 unless the database is at the newest revision."""
    _require_newest(_engine())
    click.echo(f"The database is at {migrate.head()}, as it should be.")


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is an ask already.")
def seed(folder: Path | None, dry_run: bool, if_empty: bool) -> None:
    """Load asks from seed files.

    FOLDER holds them; without it, those that come with the tracker are loaded. All or nothing: a fault
    is named with its file and line, and nothing is loaded. Loading again adds only what is new; what
    staff edited and what is published history stays as it is.
    """
    with _changing(SEEDS, keep=not dry_run) as change:
        if if_empty and not seeds.is_empty(change):
            return
        report = seeds.load(change, seeds.read_folder(folder or resource_dir("seeds")))
    if not if_empty:
        for line in report.lines:
            click.echo(line)
    verb = "would be changed" if dry_run else "changed"
    click.echo(f"{len(report.lines)} records {verb}, {report.unchanged} left as they are.")


@main.group()
def user() -> None:
    """Members of staff: who may sign in, and as what.

    Roles: contributor (writes drafts), editor (publishes and edits everything), admin (also people).
    """


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues see it in the log.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.CONTRIBUTOR.value)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Add somebody. The password is asked for, twice."""
    draft = people.PersonDraft(email.strip().casefold(), name.strip(), Role(role))
    stored = passwords.hash_password(_ask_password(password_stdin), draft.email)
    with _changing(COMMAND_LINE) as change:
        people.add_person(change, draft, stored)
    click.echo(f"{draft.name} can sign in with {draft.email} at /staff/sign-in.")


@user.command("list")
def list_users() -> None:
    """List everybody with role and whether they may sign in."""
    with reading(_engine()) as session:
        for person in session.scalars(sa.select(Person).order_by(Person.email)):
            state = "active" if person.is_active else "deactivated"
            click.echo(f"{person.email}\t{person.role.value}\t{state}\t{person.name}")


@user.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def set_role(email: str, role: str) -> None:
    """Give EMAIL another role; their sessions end."""
    _change_person(email, lambda c, p: people.edit_person(c, p, people.PersonDraft(p.email, p.name, Role(role)), None))


@user.command("set-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(email: str, password_stdin: bool) -> None:
    """Give EMAIL a new password; their sessions end."""
    stored = passwords.hash_password(_ask_password(password_stdin), email)
    _change_person(email, lambda change, person: people.set_password(change, person, stored))


@user.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Let EMAIL sign in no more; their sessions end at once. Nothing that they wrote is lost."""
    _change_person(email, lambda change, person: people.set_active(change, person, False, None))


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write every public file into FOLDER, as the site offers them."""
    site_url, engine = Settings.from_env().site_url, _engine()
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        rows = tables.read(engine, name, AskFilter(), {})
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.writelines(table.csv(rows, site_url))
        click.echo(f"wrote {folder / name}.csv")


@main.command()
def verify() -> None:
    """Prove that nobody rewrote the event log.

    Names the first entry that is wrong, and exits with 1.
    Keep the printed hash elsewhere: it shows later whether the end was cut off.
    """
    with reading(_engine()) as session:
        count, head = events.verify(session)
    click.echo(f"The event log is whole: {count} entries, the last with hash {head}.")


def _engine() -> sa.Engine:
    """The engine for the database of the settings, closed when the command ends."""
    engine = make_engine(Settings.from_env().database_url)
    click.get_current_context().call_on_close(engine.dispose)
    return engine


@contextmanager
def _changing(actor: Actor, keep: bool = True) -> Iterator[Change]:
    """A change by the command line; undone at the end when it is not to be kept."""
    with writing(_engine()) as session:
        yield Change(session, actor, now())
        if not keep:
            session.rollback()


def _change_person(email: str, do: Callable[[Change, Person], object]) -> None:
    with _changing(COMMAND_LINE) as change:
        person = change.session.scalar(sa.select(Person).where(Person.email == email.strip().casefold()))
        if person is None:
            raise click.ClickException(f"Nobody has the address {email}. See: tracker user list")
        do(change, person)
    click.echo(f"Done: {email}.")


def _require_newest(engine: sa.Engine) -> None:
    is_at, newest = migrate.current(engine), migrate.head()
    if is_at != newest:
        raise click.ClickException(f"The schema is at {is_at or 'base'}, not {newest}. Run: tracker db upgrade")


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password (15 characters or more)", hide_input=True, confirmation_prompt=True))


def _program() -> str:
    """How to call this program in a command that can be pasted."""
    called = Path(sys.argv[0])
    return "tracker" if called.name != "tracker" or called.parent == Path() else os.path.relpath(called)


if __name__ == "__main__":
    main()
