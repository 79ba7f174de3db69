"""Commands about members of staff."""

import json
import sys
from collections.abc import Callable

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.cli.database import changing, open_engine
from tracker.db.engine import reading
from tracker.models import Person
from tracker.rules.people import Role
from tracker.services import people, personal_data, second_factor, sessions
from tracker.services.change import Change
from tracker.settings import Settings

GUESSED = "{} is a guess: TRACKER_SITE_URL is not set. Put in its place the address at which you see the site."


@click.group()
def user() -> None:
    """Members of staff: who may sign in, and as what.

    Roles: contributor (writes drafts), editor (publishes and edits everything), admin (also people).
    """


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues see it in the log.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.CONTRIBUTOR.value)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--link", is_flag=True, help="Print a link with which they choose the password themselves.")
def add_user(email: str, name: str, role: str, password_stdin: bool, link: bool) -> None:
    """Add somebody. The password is asked for, twice; or --link prints an invitation."""
    draft = people.PersonDraft(email.strip().casefold(), name.strip(), Role(role))
    stored = "" if link else sessions.hash_password(_ask_password(password_stdin), draft.email, draft.name)
    with changing() as change:
        person = people.add_person(change, draft, stored)
        said = _make_link(change, person) if link else f"{draft.name} can sign in with {draft.email} at /staff/sign-in."
    click.echo(said)


@user.command("link")
@click.argument("email")
def make_link(email: str) -> None:
    """Print a link with which EMAIL chooses a password.

    It works once, as an invitation or as a reset. Their sessions end when it is used. Two-step sign-in stays as it is.
    """
    with changing() as change:
        said = _make_link(change, _find_person(change.session, email))
    click.echo(said)


@user.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take two-step sign-in off EMAIL; their sessions end.

    For somebody who lost the phone and the recovery codes.
    """
    _change_person(email, lambda change, person: second_factor.reset(change, person, None))


@user.command("list")
def list_users() -> None:
    """List everybody, roles and who may sign in."""
    with reading(open_engine()) as session:
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
    stored = sessions.hash_password(_ask_password(password_stdin), email)
    _change_person(email, lambda change, person: people.set_password(change, person, stored))


@user.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Let EMAIL sign in no more. Their sessions end at once, and nothing that they wrote is lost."""
    _change_person(email, lambda change, person: people.set_active(change, person, False, None))


@user.command("report")
@click.argument("email")
def report(email: str) -> None:
    """Print all that is held about EMAIL, as JSON.

    For a person who asks what is known of them. What is secret is not in it.
    """
    with reading(open_engine()) as session:
        held = personal_data.held_on(session, _find_person(session, email))
    click.echo(json.dumps(held, indent=2, ensure_ascii=False))


def _change_person(email: str, do: Callable[[Change, Person], object]) -> None:
    with changing() as change:
        do(change, _find_person(change.session, email))
    click.echo(f"Done: {email}.")


def _find_person(session: Session, email: str) -> Person:
    person = session.scalar(sa.select(Person).where(Person.email == email.strip().casefold()))
    if person is None:
        raise click.ClickException(f"Nobody has the address {email}. See: tracker user list")
    return person


def _make_link(change: Change, person: Person) -> str:
    """Make a link and answer the words that hand it over."""
    hours = int(people.lasts(person).total_seconds()) // 3600
    settings = Settings.from_env()
    address = f"{settings.site_url}/staff/link/{people.make_link(change, person)}"
    said = f"With this link {person.name} chooses a password, once, within {hours} hours:\n{address}"
    return f"{said}\n{GUESSED.format(settings.site_url)}" if settings.is_site_url_guessed else said


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password (15 characters or more)", hide_input=True, confirmation_prompt=True))
