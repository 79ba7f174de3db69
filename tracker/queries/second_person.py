"""Who is a second person for a change of status, where TRACKER_FOUR_EYES asks for one; what is done to accounts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, Person, Update
from tracker.queries.people import with_names
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.permissions import ALLOWED, Action, Role

FRESH, TOLD = timedelta(hours=72), timedelta(days=7)
ACCESS_GIVEN = ("created", "reactivated", "invited", "reset link made", "password changed", "second step reset")
CHANGED = (*ACCESS_GIVEN, "edited", "deactivated", "erased", "second step locked")
OWN = "You had a hand in this change of status yourself. With four eyes somebody else must approve it."
TIED = (
    "Your account, or one that had a hand in this, was made, changed or reset by the other side within the last 72 "
    "hours. With four eyes somebody else must approve it, or you after that."
)
TOO_NEW = "Your account is younger than 72 hours, and others can approve this. With four eyes one of them must."


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


def list_account_changes(session: Session, at: datetime, limit: int) -> Sequence[Event]:
    """Return the newest entries of the last week about others' accounts, and about words that were taken down."""
    others = (Event.subject == "person", Event.actor_id.is_distinct_from(Event.subject_id), Event.action.in_(CHANGED))
    about = sa.select(Event).where(sa.or_(sa.and_(*others), Event.action == TAKEN_DOWN), Event.at > at - TOLD)
    return with_names(session, session.scalars(about.order_by(Event.id.desc()).limit(limit)))


_PUBLISHING = [role for role in Role if Action.PUBLISH in ALLOWED[role]]


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
