"""The second step of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

The secret that site and app share is stored nowhere: it is computed from the site's key and a random number in the
person's row. Who gets hold of the database, a backup or an export alone cannot make codes.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime

import pyotp
import sqlalchemy as sa

from tracker.models import Person, RecoveryCode
from tracker.rules.errors import NotAllowed, Problem, RuleBroken
from tracker.rules.people import UNKNOWN, Action
from tracker.services import people
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.records import subject_of
from tracker.services.sessions import digest

SECRET_BYTES = 20
CODES = 10
CODE_BYTES = 15  # 120 bits, so that their hashes cannot be turned back by trying (ASVS 6.5.2: 112 at least)
STEP_SECONDS = 30
NEARBY, BEHIND, AHEAD = range(-1, 2), range(-120, -1), range(2, 11)
MOST_WRONG = 50
WRONG = "This code is wrong, or it was used before."
WRONG_CLOCK = "This code is of another time: let the phone set its clock by itself, and give a new code after that."
LOCKED = (
    f"After {MOST_WRONG} wrong codes in a row, each with the right password, no code of the app is taken any more. "
    "Give a recovery code, or ask an admin to reset two-step sign-in. If it was not you, somebody knows your password."
)


def proposed_nonce(token_hash: str, person: Person) -> str:
    """The random number of a set-up that is under way: the same for the session until the person's row changes."""
    return digest(f"second step {token_hash} {person.version}")


def secret_of(key: str, person_id: int, nonce: str) -> str:
    """The secret that goes into the authenticator, in base 32."""
    made = hmac.new(key.encode(), f"second step {person_id} {nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:SECRET_BYTES]).decode()


def address(secret: str, person: Person, site: str) -> str:
    """Return what the QR code says: the otpauth:// address that authenticators read; `site` names the entry."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=site)


def find_step(secret: str, code: str, at: datetime, nearby: range = NEARBY) -> int | None:
    """Return the 30-second step of which this is the code, of the steps near the present one; else None."""
    typed = "".join(code.split())
    now_step = int(at.timestamp()) // STEP_SECONDS
    totp, found = pyotp.TOTP(secret), None
    for step in (now_step + away for away in nearby):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode("utf-8", "surrogatepass")):
            found = step
    return found


def set_up(change: Change, person: Person, token_hash: str, code: str, key: str) -> list[str]:
    """Turn the second step on, or move it to another authenticator, once a code proves that it works.

    Answers the recovery codes; the person's other sessions end.
    """
    _require_own(change, person)
    nonce = proposed_nonce(token_hash, person)
    step = find_step(secret_of(key, person.id, nonce), code, change.at)
    if step is None:
        raise RuleBroken([Problem("This is not the code that the app shows now. Check the phone's clock too.", "code")])
    person.totp_nonce, person.totp_step, person.wrong_codes = nonce, step, 0
    person.version += 1
    record(change, "second step set up", subject_of(person))
    people.end_sessions(change, person, but=token_hash)
    return _new_codes(change, person)


def make_codes(change: Change, person: Person) -> list[str]:
    """Make ten new recovery codes; the old ones stop working. Only their hashes are kept."""
    _require_own(change, person)
    if not person.has_second_step:
        raise RuleBroken([Problem("Set up two-step sign-in first.")])
    record(change, "recovery codes made", subject_of(person))
    return _new_codes(change, person)


def reset(change: Change, person: Person, seen_version: int | None) -> None:
    """Take the second step off somebody who lost their device; their sessions end. The password stays."""
    change.require(Action.MANAGE_PEOPLE, person, seen_version)
    if not person.has_second_step:
        raise RuleBroken([Problem("This person has not set up two-step sign-in.")])
    person.totp_nonce, person.totp_step, person.wrong_codes = "", 0, 0
    person.version += 1
    change.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    people.end_sessions(change, person)
    record(change, "second step reset", subject_of(person))


def take(change: Change, person: Person, code: str, key: str) -> bool:
    """Return True if the code is right and new; it is used up by this, so that it never works again.

    The transaction holds the write lock, so that of two who give a code at once only one gets in. After too many wrong
    ones in a row only a recovery code is taken.
    """
    secret = secret_of(key, person.id, person.totp_nonce)
    step = find_step(secret, code, change.at)
    if step is not None and step > person.totp_step and person.wrong_codes < MOST_WRONG:
        person.totp_step, person.wrong_codes = step, 0
        return True
    typed = code_digest(person.id, code)
    unused = sa.select(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    recovery = change.session.scalars(unused.where(RecoveryCode.code_hash == typed)).first()
    if recovery is None:
        person.wrong_codes += 1
        # `explain` will say that the code is one of the near future: nobody shall wait for it.
        person.totp_step = max(person.totp_step, find_step(secret, code, change.at, AHEAD) or 0)
        if person.wrong_codes == MOST_WRONG:
            record(replace(change, actor=UNKNOWN), "second step locked", subject_of(person))
        return False
    recovery.used_at, person.wrong_codes = change.at, 0
    record(change, "recovery code used", subject_of(person))
    return True


def explain(person: Person, code: str, key: str, at: datetime) -> str:
    """Return why a code was not taken."""
    if person.wrong_codes >= MOST_WRONG:
        return LOCKED
    step = find_step(secret_of(key, person.id, person.totp_nonce), code, at, range(BEHIND.start, AHEAD.stop))
    off = 0 if step is None else step - int(at.timestamp()) // STEP_SECONDS
    if off in NEARBY:
        return WRONG
    minutes = max(1, round(abs(off) * STEP_SECONDS / 60))
    return f"{WRONG_CLOCK} It is about {minutes} min {'ahead' if off > 0 else 'behind'}."


def code_digest(person_id: int, code: str) -> str:
    """Return what is kept of a recovery code, however it was spaced and whatever its case."""
    return digest(f"{person_id} {''.join(filter(str.isalnum, code)).upper()}")


def _new_codes(change: Change, person: Person) -> list[str]:
    change.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _ in range(CODES)]
    change.session.add_all(RecoveryCode(person_id=person.id, code_hash=code_digest(person.id, code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _require_own(change: Change, person: Person) -> None:
    if change.actor.id != person.id:
        raise NotAllowed("Only the person can set up their own second step.")
