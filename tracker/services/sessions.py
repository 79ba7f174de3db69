"""Signing in and out: sessions as rows that can be ended, and the throttle on failed attempts."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tracker.models import Person, SignInFailure, StaffSession
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.records import subject_of

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=8)
SEEN_STEP = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
KEEP_FAILURES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=30)
MOST_FAILURES = {"account": 10, "address": 20, "everybody": 1000}


def find_person(session: Session, email: str) -> Person | None:
    """The active member of staff with this e-mail address."""
    return session.scalar(sa.select(Person).where(Person.email == email.casefold(), Person.is_active))


def start(change: Change, person: Person, old_token: object = None) -> str:
    """Begin a session; answer its token, of which only a hash is stored. The browser's old session ends."""
    token = secrets.token_urlsafe(32)
    end(change.session, str(old_token), change.at)
    change.session.execute(sa.delete(StaffSession).where(StaffSession.seen_at < change.at - KEEP_SESSIONS))
    change.session.add(
        StaffSession(
            token_hash=digest(token), person_id=person.id, started_at=change.at, seen_at=change.at, ended_at=None
        )
    )
    record(change, "signed in", subject_of(person))
    return token


def find(session: Session, token: str, at: datetime) -> StaffSession | None:
    """The live session of a token with its person: not ended, not idle, not too old, person active."""
    row = session.get(StaffSession, digest(token), options=[joinedload(StaffSession.person)])
    if row is None or row.ended_at is not None or not row.person.is_active:
        return None
    is_fresh = row.seen_at > at - IDLE and row.started_at > at - ABSOLUTE
    return row if is_fresh else None


def touch(session: Session, token: str, at: datetime) -> None:
    """Note that the session is in use."""
    live = (StaffSession.token_hash == digest(token)) & StaffSession.ended_at.is_(None)
    session.execute(sa.update(StaffSession).where(live).values(seen_at=at))


def end(session: Session, token: str, at: datetime) -> None:
    """Sign out: the token is worth nothing from now on."""
    live = (StaffSession.token_hash == digest(token)) & StaffSession.ended_at.is_(None)
    session.execute(sa.update(StaffSession).where(live).values(ended_at=at))


def is_throttled(session: Session, email: str, address: str, at: datetime) -> bool:
    """Whether the account, the address or everybody together has failed too often of late."""
    recent = sa.select(sa.func.count()).select_from(SignInFailure).where(SignInFailure.failed_at > at - WINDOW)
    counts = {
        "account": recent.where(SignInFailure.account == digest(email.casefold())),
        "address": recent.where(SignInFailure.address == digest(address)),
        "everybody": recent,
    }
    return any((session.scalar(counts[name]) or 0) >= most for name, most in MOST_FAILURES.items())


def note_failure(session: Session, email: str, address: str, at: datetime) -> None:
    """Count a failed attempt; the account and the address are kept as hashes, and only for a day."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.failed_at < at - KEEP_FAILURES))
    session.add(SignInFailure(account=digest(email.casefold()), address=digest(address), failed_at=at))


def digest(text: str) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
