"""The event log: every change writes one entry in its own transaction, chained to the one before.

Names and e-mail addresses stand beside it; its entries commit to them.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from tracker.models import Event, PersonalDetail, Revision
from tracker.rules import checks
from tracker.rules.chain import FORMAT, GENESIS, SALT_BYTES, commitment, entry_hash, with_personal
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import Role
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.updates import EvidenceDraft
from tracker.services.change import Change

HOUR, MOST_AN_HOUR = timedelta(hours=1), 100
LEAVING = ("signed out", "sessions ended")
# Under these names a session holds what it need not read again.
LAST_ENTRY, DETAIL = "last entry of the log", "detail of a person"
_OF_ACTOR = (PersonalDetail.person_id == sa.bindparam("person_id")) & (PersonalDetail.value == sa.bindparam("name"))
_ENTRIES = sa.select(Event.id, Event.hash, PersonalDetail).outerjoin(PersonalDetail, _OF_ACTOR)
_LAST = _ENTRIES.order_by(Event.id.desc()).limit(1)
_RAISE = sa.update(Revision.__table__).values(number=Revision.number + 1)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Subject:
    """The record that a change is about."""

    kind: str
    id: int
    name: str
    ask_id: int | None = None


def record(
    change: Change,
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    is_public: bool = False,
) -> Event:
    """Append an entry; `is_public` says that the public sees the change, which raises the revision."""
    refuse(checks.at_most(reason, SENTENCE_LENGTH, "reason"))
    if change.actor.role is Role.CONTRIBUTOR and change.actor.id is not None and action not in LEAVING:
        _keep_pace(change)
    number, previous_hash = _last_entry(change)
    content: dict[str, object] = {
        "id": number + 1,
        "at": change.at.isoformat(),
        "actor_id": change.actor.id,
        "actor_name": change.actor.name,
        "action": action,
        "subject": subject.kind,
        "subject_id": subject.id,
        "subject_name": subject.name,
        "ask_id": subject.ask_id,
        "before": plain(before) if before is not None else None,
        "after": plain(after) if after is not None else None,
        "reason": reason,
        "request_id": change.actor.request_id,
        "previous_hash": previous_hash,
        "format": FORMAT,
    }
    content = with_personal(content, partial(commit_to, change.session))
    event = Event(**content | {"at": change.at, "hash": entry_hash(content)})
    change.session.add(event)
    change.session.info[LAST_ENTRY] = _innermost(change.session), event.id, event.hash
    if is_public:
        change.session.execute(_RAISE, {"checkpoint_number": event.id, "checkpoint_hash": event.hash})
    return event


def _keep_pace(change: Change) -> None:
    """Refuse more than so many entries an hour: nobody can shorten the log."""
    own = sa.select(Event.at).where(Event.actor_id == change.actor.id).order_by(Event.id.desc())
    earlier = change.session.scalar(own.offset(MOST_AN_HOUR - 1).limit(1))
    if earlier and abs(change.at - earlier) < HOUR:  # the clock may have been put back by more
        sentence = f"A contributor saves at most {MOST_AN_HOUR} times an hour. Wait a while, then send it again."
        raise RuleBroken([Problem(sentence)])


def commit_to(session: Session, person_id: int, value: str) -> str:
    """The commitment that stands in entries for this value of this person; kept with its salt from the first use on."""
    detail = session.get(PersonalDetail, (person_id, value))
    if detail is None:
        salt = secrets.token_hex(SALT_BYTES)
        made = commitment(salt, value)
        detail = PersonalDetail(person_id=person_id, value=value, salt=salt, commitment=made)
        session.add(detail)
    session.info[DETAIL] = detail  # kept in the session, it is not read again for the next entry
    return detail.commitment


def opened(session: Session) -> dict[str, tuple[str, str]]:
    """By commitment, the salt and the value of all details that are still kept: a few for each member of staff."""
    details = session.execute(sa.select(PersonalDetail.commitment, PersonalDetail.salt, PersonalDetail.value))
    return {row.commitment: (row.salt, row.value) for row in details}


def _last_entry(change: Change) -> tuple[int, str]:
    """The number and the hash of the last entry. Nobody else appends while this transaction holds the write lock.

    What this session appended is known, unless a savepoint began or ended since: that may have undone it.
    """
    session, actor = change.session, change.actor
    appended_in, number, last_hash = session.info.get(LAST_ENTRY, (None, 0, GENESIS))
    if appended_in is not None and appended_in is _innermost(session):
        return number, last_hash
    found = session.execute(_LAST, {"person_id": actor.id, "name": actor.name}).first()
    if found is None:
        return 0, GENESIS
    session.info[DETAIL] = found.PersonalDetail  # which `commit_to` asks for next
    return found.id, found.hash


def _innermost(session: Session) -> SessionTransaction | None:
    """Return the savepoint in which the session is, else its transaction."""
    return session.get_nested_transaction() or session.get_transaction()


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values as JSON knows them."""
    made: dict[str, Any] = json.loads(json.dumps(values, default=_as_json))
    return made


def _as_json(value: object) -> object:
    match value:
        case PartialDate():
            return value.text
        case datetime():
            return value.isoformat()
        case EvidenceDraft():
            return vars(value)
    raise TypeError(f"the log cannot hold {type(value).__name__}")
