"""Hashing passwords with argon2id; at most two at once, since each costs a tenth of a second of CPU.

The parameters are the library's defaults (RFC 9106, low-memory profile), above OWASP's minimum.
"""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.rules.accounts import LONGEST, check_password
from tracker.rules.errors import Problem, RuleBroken

HASHER = PasswordHasher()
AT_ONCE = threading.BoundedSemaphore(2)
IN_LINE = threading.BoundedSemaphore(4)
# For known devices, signed-in people and holders of a link, whom a flood of strangers must not keep out.
KNOWN_IN_LINE = threading.BoundedSemaphore(4)


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
