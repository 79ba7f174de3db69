"""What is held about a member of staff, for the day on which they ask."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import (
    AccessLink,
    Event,
    Note,
    Person,
    PersonalDetail,
    RecoveryCode,
    SignInFailure,
    StaffSession,
    Update,
    Upload,
)
from tracker.queries.people import with_names
from tracker.services.events import plain
from tracker.services.sessions import digest

SHOWN = ("id", "name", "email", "role", "is_active", "has_second_step")
OF_SESSION = ("started_at", "seen_at", "ended_at", "device")
OF_ENTRY = ("id", "at", "actor_name", "action", "before", "after", "reason")


def held_on(session: Session, person: Person) -> dict[str, Any]:
    """Everything that is held about a person, as JSON knows it; of what is secret only whether it is there.

    Of what they did the report has the number of entries; the log itself has them one by one.
    """
    sessions = session.scalars(sa.select(StaffSession).where(StaffSession.person_id == person.id))
    about = sa.select(Event).where(Event.subject == "person", Event.subject_id == person.id).order_by(Event.id)
    done = (
        sa.select(Event.action, sa.func.count().label("number"))
        .where(Event.actor_id == person.id)
        .group_by(Event.action)
    )
    kept = sa.select(PersonalDetail.value).where(PersonalDetail.person_id == person.id)
    return {
        "person": plain({name: getattr(person, name) for name in SHOWN}) | {"has_password": not person.is_invited},
        "names_and_addresses_in_the_log": sorted(session.scalars(kept)),
        "sessions": [plain({name: getattr(row, name) for name in OF_SESSION}) for row in sessions],
        "failed_sign_ins": _count(session, SignInFailure.account == digest(person.email)),
        "links_to_choose_a_password": _count(session, AccessLink.person_id == person.id),
        "recovery_codes": _count(session, RecoveryCode.person_id == person.id),
        "files_that_wait": _count(session, Upload.person_id == person.id),
        "private_notes_written": _count(session, Note.author_id == person.id),
        "updates_written": _count(session, Update.author_id == person.id),
        "entries_of_the_log_by_them": {row.action: row.number for row in session.execute(done)},
        "entries_of_the_log_about_them": [
            plain({name: getattr(entry, name) for name in OF_ENTRY})
            for entry in with_names(session, session.scalars(about))
        ],
    }


def _count(session: Session, condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).where(condition)) or 0
