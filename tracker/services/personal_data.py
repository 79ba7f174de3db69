"""What is held about members of staff: shown to them, kept no longer than is said, and erased when they have left.

docs/security.md says to people how long what is known of their devices is kept. What somebody did stays in the log,
under their number.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import leave_no_journal
from tracker.models import (
    AccessLink,
    Event,
    Note,
    Person,
    PersonalDetail,
    RecoveryCode,
    SentForm,
    SignInFailure,
    StaffSession,
    Update,
    Upload,
)
from tracker.queries.people import with_names
from tracker.rules.chain import ERASED
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.people import Action
from tracker.services import records
from tracker.services.change import Change
from tracker.services.events import plain, record
from tracker.services.sessions import KEEP_FAILURES, KEEP_SESSIONS, digest

APPROVAL_REMEMBERED = timedelta(days=30)
SHOWN = ("id", "name", "email", "role", "is_active", "has_second_step")
OF_SESSION = ("started_at", "seen_at", "ended_at", "device")
OF_ENTRY = ("id", "at", "actor_name", "action", "before", "after", "reason")


def erase(change: Change, person: Person, seen_version: int | None, reason: str) -> None:
    """Erase a deactivated person's names and addresses, sessions, links, codes, failed sign-ins and files, for good."""
    change.require(Action.MANAGE_PEOPLE, person, seen_version)
    if person.is_active or person.is_erased:
        sentence = "Deactivate the person first." if person.is_active else "This person was erased already."
        raise RuleBroken([Problem(sentence)])
    if not reason:
        raise RuleBroken([Problem("Say why, for the log.", "reason")])
    session = change.session
    took_part = (Event.actor_id == person.id, Event.action.in_(("submitted", "approved")))
    lately = Event.at > change.at - APPROVAL_REMEMBERED
    if session.scalar(sa.select(Event.id).where(*took_part, lately).limit(1)):
        sentence = "This person sent something for approval, or approved it, within the last 30 days. Erase them later."
        raise RuleBroken([Problem(sentence)])
    record(change, ERASED, records.subject_of(person), reason=reason)
    session.flush()  # the database lets details go only once the log says so
    known = session.scalars(sa.select(PersonalDetail.value).where(PersonalDetail.person_id == person.id))
    accounts = [digest(value) for value in {*known, person.email}]
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account.in_(accounts)))
    for model in (PersonalDetail, StaffSession, AccessLink, RecoveryCode, Upload):
        session.execute(sa.delete(model).where(model.person_id == person.id))
    session.execute(sa.delete(SentForm))  # its messages may name anybody
    person.name, person.email = f"Erased person {person.id}", f"erased-{person.id}@erased.invalid"
    person.password_hash, person.totp_nonce, person.totp_step, person.wrong_codes = "", "", 0, 0
    person.erased_at = change.at
    person.version += 1
    leave_no_journal(session)


def held_on(session: Session, person: Person) -> dict[str, Any]:
    """Everything that is held about a person, as JSON knows it; of what is secret only whether it is there.

    Of what they did the report has the number of entries; the log itself has them one by one.
    """
    sessions = session.scalars(sa.select(StaffSession).where(StaffSession.person_id == person.id))
    about = sa.select(Event).where(Event.subject == "person", Event.subject_id == person.id).order_by(Event.id)
    done = sa.select(Event.action, sa.func.count()).where(Event.actor_id == person.id).group_by(Event.action)
    kept = sa.select(PersonalDetail.value).where(PersonalDetail.person_id == person.id)
    return {
        "person": plain({name: getattr(person, name) for name in SHOWN}) | {"has_password": not person.is_invited},
        "names_and_addresses_in_the_log": sorted(session.scalars(kept)),
        "sessions": [plain({name: getattr(row, name) for name in OF_SESSION}) for row in sessions],
        "failed_sign_ins": _count(session, SignInFailure.account == digest(person.email)),
        "links_to_choose_a_password": _count(session, AccessLink.person_id == person.id),
        "recovery_codes": _count(session, RecoveryCode.person_id == person.id),
        "files_that_wait": _count(session, Upload.person_id == person.id),
        "private_notes_written": _count(session, Note.author_id == person.id),
        "updates_written": _count(session, Update.author_id == person.id),
        "entries_of_the_log_by_them": dict(session.execute(done).all()),
        "entries_of_the_log_about_them": [
            plain({name: getattr(entry, name) for name in OF_ENTRY})
            for entry in with_names(session, session.scalars(about))
        ],
    }


def _count(session: Session, condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).where(condition)) or 0


def tidy(session: Session, at: datetime) -> int:
    """Delete old sessions with the browsers' names, old failures with the addresses' hashes, and expired links.

    Answers how many rows went. Signing in does the same, kind by kind; this is for sites where nobody signs in.
    """
    old = (
        sa.delete(StaffSession).where(StaffSession.seen_at < at - KEEP_SESSIONS),
        sa.delete(SignInFailure).where(SignInFailure.failed_at < at - KEEP_FAILURES),
        sa.delete(AccessLink).where(AccessLink.expires_at <= at),
        sa.delete(SentForm).where(SentForm.sent_at < at - KEEP_FAILURES),
    )
    return sum(session.connection().execute(statement).rowcount for statement in old)
