"""Members of staff: their names in the log, and what they see of their own access."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, PersonalDetail, RecoveryCode, StaffSession
from tracker.rules.chain import commitments_of, with_personal

MOST = 20
ACCESS = (
    "signed in", "signed out", "sessions ended", "sign-in failed", "code failed", "password changed",
    "recovery code used", "recovery codes made", "second step set up", "second step reset", "second step locked",
    "invited", "reset link made",
)  # fmt: skip
FAILED = ("sign-in failed", "code failed")


def with_names(session: Session, events: Iterable[Event]) -> list[Event]:
    """Copies of the entries, in no session, with the names and addresses that they commit to.

    An erased person is called "erased person" with a number. Costs one query.
    """
    entries = [{column.key: getattr(event, column.key) for column in Event.__table__.columns} for event in events]
    wanted = {made for entry in entries for _, made in commitments_of(entry)}
    details = sa.select(PersonalDetail.commitment, PersonalDetail.value).where(PersonalDetail.commitment.in_(wanted))
    values = {row.commitment: row.value for row in session.execute(details)} if wanted else {}

    def open_(person_id: int, made: str) -> str:
        return values.get(made) or f"erased person {person_id}"

    return [Event(**entry if entry["format"] == 1 else with_personal(entry, open_)) for entry in entries]


def count_held_for_good(session: Session, person_id: int) -> int:
    """How many entries, being of the first format, hold a name or address of the person themselves."""
    is_theirs = (Event.actor_id == person_id) | ((Event.subject == "person") & (Event.subject_id == person_id))
    return session.scalar(sa.select(sa.func.count(Event.id)).where(is_theirs, Event.format == 1)) or 0


class LastSignIn(NamedTuple):
    """When a person signed in before this time, and how many attempts failed since."""

    at: datetime | None
    failures: int


def list_sessions(
    session: Session, person_id: int, idle_since: datetime, started_since: datetime
) -> list[StaffSession]:
    """The sessions of a person that still live, the last used first."""
    live = sa.select(StaffSession).where(
        StaffSession.person_id == person_id,
        StaffSession.ended_at.is_(None),
        ~StaffSession.is_waiting,
        StaffSession.seen_at > idle_since,
        StaffSession.started_at > started_since,
    )
    return list(session.scalars(live.order_by(StaffSession.seen_at.desc())))


def list_access(session: Session, person_id: int) -> Sequence[Event]:
    """The newest entries of the log about a person's access, the newest first."""
    return with_names(session, session.scalars(_about(person_id, ACCESS).order_by(Event.id.desc()).limit(MOST)))


def find_last_sign_in(session: Session, person_id: int) -> LastSignIn:
    """The latest sign-in, and the failures after it."""
    last = session.scalars(_about(person_id, ("signed in",)).order_by(Event.id.desc()).limit(1)).first()
    failed = _about(person_id, FAILED).where(Event.id > (last.id if last else 0)).subquery()
    return LastSignIn(last.at if last else None, session.scalar(sa.select(sa.func.count()).select_from(failed)) or 0)


def count_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes a person has not used."""
    unused = sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def _about(person_id: int, actions: tuple[str, ...]) -> sa.Select[Event]:
    is_theirs = (Event.subject == "person") & (Event.subject_id == person_id)
    return sa.select(Event).where(is_theirs, Event.action.in_(actions))
