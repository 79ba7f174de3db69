"""Members of staff: their names in the log, their access, and who is a second person for a change of status."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, Person, PersonalDetail, RecoveryCode, StaffSession, Update
from tracker.rules.chain import TAKEN_DOWN, commitments_of, with_personal
from tracker.rules.people import ALLOWED, Action, Role

MOST = 20
ACCESS = (
    "signed in", "signed out", "sessions ended", "sign-in failed", "code failed", "password changed",
    "recovery code used", "recovery codes made", "second step set up", "second step reset", "second step locked",
    "invited", "reset link made",
)  # fmt: skip
FAILED = ("sign-in failed", "code failed")
_PUBLISHING = [role for role in Role if Action.PUBLISH in ALLOWED[role]]
FRESH, TOLD = timedelta(hours=72), timedelta(days=7)
ACCESS_GIVEN = ("created", "reactivated", "invited", "reset link made", "password changed", "second step reset")
CHANGED = (*ACCESS_GIVEN, "edited", "deactivated", "erased", "second step locked")
OWN = "You had a hand in this change of status yourself. With four eyes somebody else must approve it."
TIED = (
    "Your account, or one that had a hand in this, was made, changed or reset by the other side within the last 72 "
    "hours. With four eyes somebody else must approve it, or you after that."
)
TOO_NEW = "Your account is younger than 72 hours, and others can approve this. With four eyes one of them must."


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


def list_newest(session: Session, limit: int, *conditions: sa.ColumnElement[bool]) -> list[Event]:
    """The newest entries of the log that fit, with their names; the newest first."""
    fitting = sa.select(Event).where(*conditions).order_by(Event.id.desc()).limit(limit)
    return with_names(session, session.scalars(fitting))


def count_held_for_good(session: Session, person_id: int) -> int:
    """How many entries, being of the first format, hold a name or address of the person themselves."""
    is_theirs = (Event.actor_id == person_id) | ((Event.subject == "person") & (Event.subject_id == person_id))
    return session.scalar(sa.select(sa.func.count(Event.id)).where(is_theirs, Event.format == 1)) or 0


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


def list_access(session: Session, person_id: int) -> list[Event]:
    """The newest entries of the log about a person's access."""
    return list_newest(session, MOST, _is_about(person_id, ACCESS))


def find_last_sign_in(session: Session, person_id: int) -> tuple[datetime | None, int]:
    """When a person signed in before this time, and how many attempts failed since."""
    signed_in = sa.select(Event.id, Event.at).where(_is_about(person_id, ("signed in",)))
    last = session.execute(signed_in.order_by(Event.id.desc()).limit(1)).first()
    failed = sa.select(sa.func.count(Event.id)).where(_is_about(person_id, FAILED), Event.id > (last.id if last else 0))
    return last.at if last else None, session.scalar(failed) or 0


def count_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes a person has not used."""
    unused = sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def find_refusals(session: Session, person_id: int | None, updates: Iterable[Update], at: datetime) -> dict[int, str]:
    """Return why the person may not approve changes of status, by the number of each update that they may not."""
    ids = [update.id for update in updates if update.status is not None]
    written = sa.select(Event.subject_id, Event.actor_id).where(Event.subject == "update", Event.subject_id.in_(ids))
    hands: dict[int, set[int | None]] = defaultdict(set)
    for number, author in session.execute(written.where(Event.action.in_(("drafted", "edited")))):
        hands[number].add(author)
    given, new = _access_given(session, at - FRESH)
    publishers = set(session.scalars(sa.select(Person.id).where(Person.is_active, Person.role.in_(_PUBLISHING))))
    refusals = {}
    for number, authors in hands.items():
        tied = _tied_to(authors, given)
        if person_id in authors:
            refusals[number] = OWN
        elif person_id in tied:
            refusals[number] = TIED
        elif person_id in new and publishers - tied - new:
            refusals[number] = TOO_NEW
    return refusals


def list_account_changes(session: Session, at: datetime, limit: int) -> list[Event]:
    """Return the newest entries of the last week about others' accounts, and about words that were taken down."""
    others = (Event.subject == "person", Event.actor_id.is_distinct_from(Event.subject_id), Event.action.in_(CHANGED))
    return list_newest(session, limit, sa.or_(sa.and_(*others), Event.action == TAKEN_DOWN), Event.at > at - TOLD)


def _access_given(session: Session, since: datetime) -> tuple[set[tuple[int, int]], set[int]]:
    """Return who gave whom access since then, and whose accounts were made since then."""
    about = sa.select(Event).where(Event.subject == "person", Event.at > since)
    given, new = set(), set()
    for event in session.scalars(about.where(Event.action.in_((*ACCESS_GIVEN, "edited")))):
        if event.action == "created":
            new.add(event.subject_id)
        is_access = event.action != "edited" or (event.after or {}).keys() & {"role", "email"}
        if is_access and event.actor_id not in {None, event.subject_id}:
            given.add((event.actor_id, event.subject_id))
    return given, new


def _tied_to(authors: set[int | None], given: set[tuple[int, int]]) -> set[int | None]:
    """Return the authors, whoever gave them access, whoever gave it to those, and all to whom any of these gave it."""
    tied = set(authors)
    while more := {giver for giver, taker in given if taker in tied} - tied:
        tied |= more
    return tied | {taker for giver, taker in given if giver in tied}


def _is_about(person_id: int, actions: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.and_(Event.subject == "person", Event.subject_id == person_id, Event.action.in_(actions))
