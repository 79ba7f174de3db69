"""Links with which a person chooses a password, as an invitation or a reset. Each works once, and not for long."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tracker.models import AccessLink, Person
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.permissions import Action
from tracker.services import people
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.records import check_version, subject_of
from tracker.services.sessions import digest

INVITATION_LASTS, RESET_LASTS = timedelta(hours=72), timedelta(hours=24)
WORTHLESS = "This link was used already, or it is out of date. Ask an admin of this site for a new one."


def make_link(change: Change, person: Person, seen_version: int | None = None) -> str:
    """Make a link's token and answer it; only its hash is kept, and older links of the person stop working."""
    change.require(Action.MANAGE_PEOPLE)
    check_version(person, seen_version)
    if not person.is_active:
        raise RuleBroken([Problem("This person is deactivated. Reactivate them first.")])
    people.end_links(change, person)
    token, expires_at = secrets.token_urlsafe(32), change.at + lasts(person)
    change.session.execute(sa.delete(AccessLink).where(AccessLink.expires_at <= change.at))
    change.session.add(AccessLink(token_hash=digest(token), person_id=person.id, expires_at=expires_at))
    action = "invited" if person.is_invited else "reset link made"
    record(change, action, subject_of(person), after={"link_expires_at": expires_at})
    return token


def lasts(person: Person) -> timedelta:
    """How long a link for this person works."""
    return INVITATION_LASTS if person.is_invited else RESET_LASTS


def find_person(session: Session, token: str, at: datetime) -> Person | None:
    """The person who may choose a password with this token; None when it is worth nothing."""
    link = session.get(AccessLink, digest(token), options=[joinedload(AccessLink.person)])
    if link is None or link.expires_at <= at or not link.person.is_active:
        return None
    return link.person


def choose_password(change: Change, token: str, password_hash: str) -> None:
    """Use the link up: the person's password is this one, every session and link of theirs ends.

    The transaction holds the write lock, so that of two who use a link at once only one finds it.
    """
    person = find_person(change.session, token, change.at)
    if person is None or person.id != change.actor.id:
        raise RuleBroken([Problem(WORTHLESS)])
    people.set_password(change, person, password_hash)
