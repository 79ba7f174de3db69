"""Members of staff: add, edit, change role and password, deactivate.

They choose their passwords by links, as an invitation or a reset. Each works once, and not for long.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tracker.models import AccessLink, Person, StaffSession
from tracker.rules import checks
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import COMMAND_LINE, SEEDS, UNKNOWN, Action, Role
from tracker.rules.text import BLANK, fold
from tracker.services import records
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.sessions import digest

INVITATION_LASTS, RESET_LASTS = timedelta(hours=72), timedelta(hours=24)
PLAIN_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9-]+\.)+[a-z0-9-]+")
LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK"})
NOBODYS_NAME = re.compile("erasedperson|commandlineandseeds")
WORTHLESS = "This link was used already, or it is out of date. Ask an admin of this site for a new one."


@dataclass(frozen=True)
class PersonDraft:
    """Somebody who may sign in, as typed."""

    email: str
    name: str
    role: Role


def add_person(change: Change, draft: PersonDraft, password_hash: str) -> Person:
    """Add a member of staff. The log never holds the password's hash."""
    change.require(Action.MANAGE_PEOPLE)
    refuse(check_person(draft) + _taken(change, draft, None))
    return records.create(change, Person(is_active=True, version=1, password_hash=password_hash), draft)


def edit_person(change: Change, person: Person, draft: PersonDraft, seen_version: int | None) -> bool:
    """Edit name, e-mail address and role; a new role ends the person's sessions."""
    change.require(Action.MANAGE_PEOPLE, person, seen_version)
    _refuse_erased(person)
    problems = check_person(draft) + _taken(change, draft, person.id)
    refuse([it for it in problems if getattr(draft, it.field or "") != getattr(person, it.field or "")])
    if person.role is Role.ADMIN and draft.role is not Role.ADMIN:
        _refuse_last_admin(change, person)
    before = records.edit(change, person, draft, is_public=False)
    if before.keys() & {"role", "email"}:
        end_sessions(change, person)
        end_links(change, person)
    return bool(before)


def set_password(change: Change, person: Person, password_hash: str) -> None:
    """Give a person a new password and end their sessions; one's own needs no role."""
    if change.actor.id != person.id:
        change.require(Action.MANAGE_PEOPLE)
    _refuse_erased(person)
    person.password_hash = password_hash
    person.version += 1
    end_sessions(change, person)
    end_links(change, person)
    record(change, "password changed", records.subject_of(person))


def set_active(change: Change, person: Person, is_active: bool, seen_version: int | None) -> None:
    """Let a person sign in no more, at once, or let them in again."""
    change.require(Action.MANAGE_PEOPLE, person, seen_version)
    _refuse_erased(person)
    if person.is_active == is_active:
        return
    if not is_active:
        _refuse_last_admin(change, person)
        end_sessions(change, person)
        end_links(change, person)
    records.put(change, person, "reactivated" if is_active else "deactivated", {"is_active": is_active})


def sign_out(change: Change, person: Person, key: str = "", but: str = "") -> None:
    """End a person's sessions, or the one with this key, or all but the one with that token hash; log it once."""
    if change.actor.id != person.id:
        change.require(Action.MANAGE_PEOPLE)
    if end_sessions(change, person, key, but):
        record(change, "signed out" if key and not but else "sessions ended", records.subject_of(person))


def end_sessions(change: Change, person: Person, key: str = "", but: str = "") -> int:
    """Sign a person out, everywhere or as `sign_out` says; answer how many sessions ended."""
    ending = sa.update(StaffSession).where(StaffSession.person_id == person.id, StaffSession.ended_at.is_(None))
    if key:
        ending = ending.where(StaffSession.token_hash.startswith(key, autoescape=True))
    result = change.session.execute(ending.where(StaffSession.token_hash != but).values(ended_at=change.at))
    return result.rowcount  # type: ignore[attr-defined, no-any-return]


def end_links(change: Change, person: Person) -> None:
    """Make every link worthless with which the person could choose a password."""
    change.session.execute(sa.delete(AccessLink).where(AccessLink.person_id == person.id))


def check_person(draft: PersonDraft) -> list[Problem]:
    """Check name and e-mail address."""
    problems = checks.required(_sound(draft.name), "name", "the name") + checks.at_most(draft.name, 120, "name")
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in draft.name if letter.isalpha()}
    if not draft.name.isprintable() or BLANK.search(draft.name) or len(scripts & LOOK_ALIKE) > 1:
        sentence = "The name holds characters that nobody sees, or letters of two alphabets that look alike."
        problems.append(Problem(f"{sentence} Type it anew.", "name"))
    if not PLAIN_ADDRESS.fullmatch(draft.email.casefold()) or len(draft.email) > 254:
        problems.append(Problem("Give an e-mail address such as ada@example.org. It has plain letters only.", "email"))
    if draft.email != draft.email.casefold():
        problems.append(Problem("Write the e-mail address in small letters.", "email"))
    return problems


def _taken(change: Change, draft: PersonDraft, own_id: int | None) -> list[Problem]:
    """Refuse the address of somebody else, and a name that reads like theirs or like what the log calls nobody."""
    of_others = sa.select(Person.email, Person.name).where(Person.id.is_distinct_from(own_id))
    others = change.session.execute(of_others).all()
    names = {_sound(name) for _, name in others} | {_sound(actor.name) for actor in (COMMAND_LINE, SEEDS, UNKNOWN)}
    problems = []
    if draft.email in {email for email, _ in others}:
        problems.append(Problem("Somebody with this address exists already.", "email"))
    if _sound(draft.name) in names or NOBODYS_NAME.match(_sound(draft.name)):
        problems.append(Problem("Somebody with this name, or one like it, exists already. Add a second name.", "name"))
    return problems


def _sound(name: str) -> str:
    """Return the letters and digits of a name, folded."""
    return "".join(filter(str.isalnum, fold(name)))


def _refuse_erased(person: Person) -> None:
    """Nobody knows any more who that was."""
    if person.is_erased:
        raise RuleBroken([Problem("This person was erased. Add them anew.")])


def _refuse_last_admin(change: Change, person: Person) -> None:
    """Somebody must stay who can manage people."""
    others = sa.select(Person.id).where(Person.role == Role.ADMIN, Person.is_active, Person.id != person.id)
    if person.role is Role.ADMIN and change.session.scalar(others.limit(1)) is None:
        raise RuleBroken([Problem("This is the last active admin. Make somebody else an admin first.")])


def make_link(change: Change, person: Person, seen_version: int | None = None, token: str = "") -> str:
    """Make a link with this token, or a new one, and return it; only its hash is kept, and older links end."""
    change.require(Action.MANAGE_PEOPLE, person, seen_version)
    if not person.is_active:
        raise RuleBroken([Problem("This person is deactivated. Reactivate them first.")])
    end_links(change, person)
    token, expires_at = token or secrets.token_urlsafe(32), change.at + lasts(person)
    change.session.execute(sa.delete(AccessLink).where(AccessLink.expires_at <= change.at))
    change.session.add(AccessLink(token_hash=digest(token), person_id=person.id, expires_at=expires_at))
    action = "invited" if person.is_invited else "reset link made"
    record(change, action, records.subject_of(person), after={"link_expires_at": expires_at})
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
    set_password(change, person, password_hash)
