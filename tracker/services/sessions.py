"""Signing in and out: passwords, sessions as rows that can be ended, and the throttle on failed attempts."""

import functools
import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import IPv6Network, ip_address

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session, joinedload

from tracker.models import Person, SignInFailure, StaffSession
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.people import LONGEST, check_password
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.records import subject_of

# The library's defaults (RFC 9106, low-memory profile) are above OWASP's minimum. A hash costs a tenth of a second of
# CPU, so two are made at once.
HASHER = PasswordHasher()
AT_ONCE = threading.BoundedSemaphore(2)
IN_LINE = threading.BoundedSemaphore(4)
# For known devices, signed-in people and holders of a link, whom a flood of strangers must not keep out.
KNOWN_IN_LINE = threading.BoundedSemaphore(4)
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=8)
WAITING, CONFIRMED = timedelta(minutes=10), timedelta(minutes=10)
SEEN_STEP = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
KEEP_FAILURES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=30)
MOST_FAILURES = {"account": 10, "address": 20, "everybody": 1000}


class Busy(Exception):
    """Too many passwords are being checked at this moment; try again in a few seconds."""


def hash_password(password: str, email: str, name: str = "") -> str:
    """Return the hash to store; raises RuleBroken for a password that the rules refuse."""
    if sentence := check_password(password, email, name):
        raise RuleBroken([Problem(sentence, "password")])
    return _hash(password)


def is_right(password: str, stored: str | None, *, is_known: bool) -> bool:
    """True if the password fits the stored hash; takes the same time when there is none (None)."""
    if len(password) > LONGEST:
        return False
    with _turn(KNOWN_IN_LINE if is_known else IN_LINE):
        try:
            HASHER.verify(stored or _nobodys_hash(), password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


@functools.cache
def _nobodys_hash() -> str:
    """Return what is checked when there is no such account, so that the answer takes as long as for a real one."""
    return HASHER.hash("nobody's password, never accepted")


def rehash(password: str, stored: str) -> str | None:
    """A new hash of a right password whose hash was made with weaker parameters than today's; else None."""
    return _hash(password) if HASHER.check_needs_rehash(stored) else None


def _hash(password: str) -> str:
    with _turn(KNOWN_IN_LINE):
        return HASHER.hash(password.encode("utf-8", "surrogatepass"))


@contextmanager
def _turn(line: threading.BoundedSemaphore) -> Iterator[None]:
    """Wait for one of the two places; raise Busy when the line is full already, so that pages stay quick."""
    if not line.acquire(blocking=False):
        raise Busy
    try:
        with AT_ONCE:
            yield
    finally:
        line.release()


def find_person(session: Session, email: str) -> Person | None:
    """The active member of staff with this e-mail address."""
    return session.scalar(sa.select(Person).where(Person.email == email.casefold(), Person.is_active))


def start(change: Change, person: Person, old_token: object = None, device: str = "") -> str:
    """Begin a session; answer its token, of which only a hash is stored. The browser's old session ends."""
    token = _begin(change, person, old_token, device, is_waiting=False)
    record(change, "signed in", subject_of(person))
    return token


def wait(change: Change, person: Person, old_token: object, device: str) -> str:
    """Begin a session that is worth nothing until the second step is taken; answer its token."""
    return _begin(change, person, old_token, device, is_waiting=True)


def log_failure(change: Change, person: Person, what: str = "sign-in failed") -> None:
    """Let the person know, and the log, that somebody tried in vain."""
    record(change, what, subject_of(person))


def _begin(change: Change, person: Person, old_token: object, device: str, *, is_waiting: bool) -> str:
    token = secrets.token_urlsafe(32)
    end(change.session, str(old_token), change.at)
    change.session.execute(sa.delete(StaffSession).where(StaffSession.seen_at < change.at - KEEP_SESSIONS))
    begun = StaffSession(token_hash=digest(token), person_id=person.id, device=device, is_waiting=is_waiting)
    begun.started_at = begun.seen_at = change.at
    change.session.add(begun)
    return token


def find(session: Session, token: str, at: datetime) -> StaffSession | None:
    """The live session of a token with its person: not ended, not idle, not too old, person active."""
    row = _open_row(session, token)
    is_fresh = row is not None and row.seen_at > at - IDLE and row.started_at > at - ABSOLUTE
    return row if row is not None and is_fresh and not row.is_waiting else None


def find_waiting(session: Session, token: str, at: datetime) -> StaffSession | None:
    """The session of a token that gave the password some minutes ago and has yet to give the code."""
    row = _open_row(session, token)
    return row if row is not None and row.is_waiting and row.started_at > at - WAITING else None


def _open_row(session: Session, token: str) -> StaffSession | None:
    row = session.get(StaffSession, digest(token), options=[joinedload(StaffSession.person)])
    return None if row is None or row.ended_at is not None or not row.person.is_active else row


def confirm(session: Session, token: str, at: datetime) -> str:
    """Note that the person gave password and code just now; return the session's new token, the old one is void."""
    new_token = secrets.token_urlsafe(32)
    _set(session, digest(token), confirmed_at=at, token_hash=digest(new_token))
    return new_token


def is_confirmed(row: StaffSession, at: datetime) -> bool:
    """True if password and code were given within the last ten minutes; signing in does not count."""
    return row.confirmed_at is not None and row.confirmed_at > at - CONFIRMED


def end_confirmation(session: Session, token_hash: str) -> None:
    """Ask for password and code again before the next change of access."""
    _set(session, token_hash, confirmed_at=None)


def touch(session: Session, token: str, at: datetime) -> None:
    """Note that the session is in use."""
    _set(session, digest(token), seen_at=at)


def end(session: Session, token: str, at: datetime) -> None:
    """Sign out: the token is worth nothing from now on."""
    _set(session, digest(token), ended_at=at)


def _set(session: Session, token_hash: str, /, **values: object) -> None:
    live = (StaffSession.token_hash == token_hash) & StaffSession.ended_at.is_(None)
    session.execute(sa.update(StaffSession).where(live).values(**values))


def is_throttled(session: Session, email: str, address: str, at: datetime, known_device: str = "") -> bool:
    """True if the account, the address or everybody together has failed too often of late.

    A device from which the person has signed in before answers for its own failures alone, so that strangers cannot
    lock its owner out.
    """
    recent = sa.select(sa.func.count()).select_from(SignInFailure).where(SignInFailure.failed_at > at - WINDOW)
    counts = {"account": recent.where(SignInFailure.account == _counted_as(email, known_device))}
    if not known_device:
        counts |= {"address": recent.where(SignInFailure.address == digest(network_of(address))), "everybody": recent}
    return any((session.scalar(counts[name]) or 0) >= MOST_FAILURES[name] for name in counts)


def note_failure(session: Session, email: str, address: str, at: datetime, known_device: str = "") -> None:
    """Count a failed attempt; the account and the address are kept as hashes, and only for a day."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.failed_at < at - KEEP_FAILURES))
    account = _counted_as(email, known_device)
    session.add(SignInFailure(account=account, address=digest(network_of(address)), failed_at=at))


def network_of(address: str) -> str:
    """Return what an address is counted as: one of IPv6 as its /64, all of which one client can use."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))


def _counted_as(email: str, known_device: str) -> str:
    return digest(f"device {known_device}" if known_device else email.casefold())


def digest(text: str) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
