"""The event log: every change writes one entry in its own transaction, chained to the one before.

Names and e-mail addresses stand beside it; its entries commit to them.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, partial
from types import NoneType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import rows
from tracker.models import Event, PersonalDetail, Revision
from tracker.rules import checks
from tracker.rules.chain import FORMAT, GENESIS, SALT_BYTES, commitment, entry_hash, with_personal
from tracker.rules.dates import PartialDate
from tracker.rules.errors import refuse
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services.change import Change

PLAIN = frozenset({str, int, bool, NoneType})
END = "end of the log"


@dataclass(frozen=True)
class Subject:
    """The record that a change is about."""

    kind: str
    id: int
    name: str
    ask_id: int | None = None


@dataclass
class End:
    """The end of the log in a transaction. Nobody else appends, and no detail goes, while that holds the write lock."""

    transaction: object
    number: int
    hash: str
    hidden: Callable[[int, str], str]


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
    event = Event(**_entry(change, _end(change.session), action, subject, before=before, after=after, reason=reason))
    change.session.add(event)
    if is_public:
        values = {"number": Revision.number + 1, "checkpoint_number": event.id, "checkpoint_hash": event.hash}
        change.session.execute(sa.update(Revision.__table__).values(values))  # type: ignore[arg-type]
    return event


def record_many(
    change: Change, action: str, made: Sequence[tuple[Subject, Mapping[str, object]]], reason: str = ""
) -> None:
    """Append an entry for each of many records, with what it is now, of which the public sees nothing."""
    refuse(checks.at_most(reason, SENTENCE_LENGTH, "reason"))
    change.session.flush()
    end = _end(change.session)
    entries = [_entry(change, end, action, subject, after=after, reason=reason) for subject, after in made]
    rows.insert(change.session, Event, entries)


def commit_to(session: Session, person_id: int, value: str) -> str:
    """The commitment that stands in entries for this value of this person; kept with its salt from the first use on."""
    own = sa.select(PersonalDetail.commitment).where(PersonalDetail.person_id == person_id)
    if found := session.scalar(own.where(PersonalDetail.value == value)):
        return found
    salt = secrets.token_hex(SALT_BYTES)
    made = commitment(salt, value)
    session.add(PersonalDetail(person_id=person_id, value=value, salt=salt, commitment=made))
    return made


def opened(session: Session) -> dict[str, tuple[str, str]]:
    """By commitment, the salt and the value of all details that are still kept: a few for each member of staff."""
    details = session.execute(sa.select(PersonalDetail.commitment, PersonalDetail.salt, PersonalDetail.value))
    return {row.commitment: (row.salt, row.value) for row in details}


def _end(session: Session) -> End:
    """The end of the log, read once a transaction."""
    end: End | None = session.info.get(END)
    if end is None or end.transaction is not _transaction(session):
        last = sa.select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)
        number, head = session.execute(last).first() or (0, GENESIS)
        hidden = cache(partial(commit_to, session))
        end = session.info[END] = End(_transaction(session), number, head, hidden)
    return end


def _transaction(session: Session) -> object:
    """The innermost transaction: what one to a savepoint wrote may be undone without the rest."""
    return session.get_nested_transaction() or session.get_transaction()


def _entry(
    change: Change,
    end: End,
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> dict[str, object]:
    """The columns of the next entry, which is the end then."""
    content: dict[str, object] = {
        "id": end.number + 1,
        "at": _plain(change.at),
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
        "previous_hash": end.hash,
        "format": FORMAT,
    }
    content = with_personal(content, end.hidden)
    end.number, end.hash = end.number + 1, entry_hash(content)
    return content | {"at": change.at, "hash": end.hash}


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Answer the values as JSON knows them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if type(value) in PLAIN:
        return value
    match value:
        case PartialDate():
            return value.text
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case dict():
            return plain(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value
