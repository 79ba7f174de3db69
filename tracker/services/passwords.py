"""Hashing passwords with argon2id; at most two at once, since each costs a tenth of a second of CPU.

The parameters are the library's defaults (RFC 9106, low-memory profile), above OWASP's minimum.
"""

import functools
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.passwords import LONGEST, check_password

HASHER = PasswordHasher()
AT_ONCE = threading.BoundedSemaphore(2)


def hash_password(password: str, email: str) -> str:
    """Answer the hash to store; raises RuleBroken for a password that the rules refuse."""
    if sentence := check_password(password, email):
        raise RuleBroken([Problem(sentence, "password")])
    with AT_ONCE:
        return HASHER.hash(password.encode("utf-8", "surrogatepass"))


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password fits the stored hash; takes the same time when there is none (None)."""
    if len(password) > LONGEST:
        return False
    with AT_ONCE:
        try:
            HASHER.verify(stored or _nobodys_hash(), password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


@functools.cache
def _nobodys_hash() -> str:
    """What is checked when there is no such account, so that the answer takes as long as for a real one."""
    return HASHER.hash("nobody's password, never accepted")


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)
