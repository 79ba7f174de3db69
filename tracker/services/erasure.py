"""Personal data of somebody who has left is erased; what they did stays in the log, under their number."""

import sqlalchemy as sa

from tracker.db.engine import leave_no_journal
from tracker.models import AccessLink, Person, PersonalDetail, RecoveryCode, SignInFailure, StaffSession, Upload
from tracker.rules.chain import ERASED
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.permissions import Action
from tracker.services import records
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.sessions import digest


def erase(change: Change, person: Person, seen_version: int | None, reason: str) -> None:
    """Erase a deactivated person's names and addresses, sessions, links, codes, failed sign-ins and files, for good."""
    change.require(Action.MANAGE_PEOPLE)
    records.check_version(person, seen_version)
    if person.is_active or person.is_erased:
        sentence = "Deactivate the person first." if person.is_active else "This person was erased already."
        raise RuleBroken([Problem(sentence)])
    if not reason:
        raise RuleBroken([Problem("Say why, for the log.", "reason")])
    session = change.session
    record(change, ERASED, records.subject_of(person), reason=reason)
    session.flush()  # the database lets details go only once the log says so
    known = session.scalars(sa.select(PersonalDetail.value).where(PersonalDetail.person_id == person.id))
    accounts = [digest(value) for value in {*known, person.email}]
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account.in_(accounts)))
    for model in (PersonalDetail, StaffSession, AccessLink, RecoveryCode, Upload):
        session.execute(sa.delete(model).where(model.person_id == person.id))
    person.name, person.email = f"Erased person {person.id}", f"erased-{person.id}@erased.invalid"
    person.password_hash, person.totp_nonce, person.totp_step = "", "", 0
    person.erased_at = change.at
    person.version += 1
    leave_no_journal(session)
