"""Entries of the event log as people read them: with names in place of the commitments to them."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, PersonalDetail
from tracker.rules.chain import commitments_of, with_personal


def with_names(session: Session, events: Iterable[Event]) -> list[Event]:
    """Copies of the entries, in no session, with the names and addresses that they commit to.

    Whoever was erased is called so. Costs one query.
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
