"""What members of staff see of their own access: sessions, sign-ins, failures and recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, RecoveryCode, StaffSession
from tracker.queries.names import with_names

MOST = 20
ACCESS = (
    "signed in", "signed out", "sessions ended", "sign-in failed", "code failed", "password changed",
    "recovery code used", "recovery codes made", "second step set up", "second step reset",
    "invited", "reset link made",
)  # fmt: skip
FAILED = ("sign-in failed", "code failed")


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
