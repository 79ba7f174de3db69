"""The event log: every change writes one entry in its own transaction, chained to the one before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, partial
from types import NoneType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import reading
from tracker.models import Event
from tracker.rules import checks
from tracker.rules.chain import FORMAT, GENESIS, Checkpoint, canonical, commitments_of, entry_hash, with_personal
from tracker.rules.dates import PartialDate
from tracker.rules.errors import refuse
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services import listing, personal
from tracker.services.change import Change

CHAIN_STEP = 1000
PLAIN = frozenset({str, int, bool, NoneType})
SMALLEST_ID = -(2**31)
HEAD = "head of the log"
REVISION = sa.table("revision", *map(sa.column, ("number", "checkpoint_number", "checkpoint_hash")))


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
    last, commit = _head(change.session), partial(personal.commit_to, change.session)
    event = Event(**_entry(change, last, commit, action, subject, before=before, after=after, reason=reason))
    change.session.add(event)
    _keep_head(change.session, event.id, event.hash)
    if is_public:
        raised = sa.update(REVISION).values(
            number=REVISION.c.number + 1, checkpoint_number=event.id, checkpoint_hash=event.hash
        )
        change.session.execute(raised)
        _list_anew(change.session, subject)
    return event


def record_many(change: Change, action: str, made: Sequence[tuple[Subject, Mapping[str, object]]]) -> None:
    """Append an entry for each of many records, with what it is now, of which the public sees nothing."""
    change.session.flush()
    last, commit = _head(change.session), cache(partial(personal.commit_to, change.session))
    entries = []
    for subject, after in made:
        entries.append(_entry(change, last, commit, action, subject, after=after))
        last = (last[0] + 1, str(entries[-1]["hash"]))
    if entries:
        change.session.execute(sa.insert(Event.__table__), entries)  # type: ignore[arg-type]
        _keep_head(change.session, *last)


def _head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry. Nobody else appends while this transaction holds the write lock."""
    kept: tuple[object, tuple[int, str]] | None = session.info.get(HEAD)
    if kept and kept[0] is _transaction(session):
        return kept[1]
    last = session.execute(sa.select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)).first()
    return (last.id, last.hash) if last else (0, GENESIS)


def _keep_head(session: Session, number: int, hash_: str) -> None:
    session.info[HEAD] = (_transaction(session), (number, hash_))


def _transaction(session: Session) -> object:
    """The innermost transaction: what one to a savepoint wrote may be undone without the rest."""
    return session.get_nested_transaction() or session.get_transaction()


def _entry(
    change: Change,
    last: tuple[int, str],
    commit: Callable[[int, str], str],
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> dict[str, object]:
    """The columns of the entry that follows the one with this number and hash."""
    number, head = last
    content: dict[str, object] = {
        "id": number + 1,
        "at": change.at,
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
        "previous_hash": head,
        "format": FORMAT,
    }
    content = with_personal(content, commit)
    return content | {"hash": entry_hash(content | {"at": _plain(change.at)})}  # all else is plain already


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Answer the values as JSON knows them."""
    return {name: _plain(value) for name, value in values.items()}


def verify(session: Session) -> tuple[int, str]:
    """Check the whole chain and the details beside it; answer how many entries it has and its last hash.

    Raises BrokenChain that names the first wrong entry. Reads a thousand entries at a time.
    """
    count, head = 0, GENESIS
    details = personal.Comparison(session)
    for event in all_events(session):
        count += 1
        if event.id != count:
            raise BrokenChain(count, "is missing" if event.id > count else "stands twice")
        if event.previous_hash != head:
            raise BrokenChain(event.id, "does not follow from the entry before it")
        content = _content(event)
        if event.hash != entry_hash(content):
            raise BrokenChain(event.id, "was changed after it was written")
        head = event.hash
        details.take(content)
    if fault := details.find_fault():
        raise BrokenChain(*fault)
    return count, head


def require(session: Session, checkpoint: Checkpoint) -> None:
    """Raise BrokenChain unless the log, which `verify` found whole, still holds what the checkpoint fixes."""
    number, kept = checkpoint
    if number is None:
        if kept != GENESIS and session.scalar(sa.select(Event.id).where(Event.hash == kept)) is None:
            raise BrokenChain(None, "with the hash that was kept is missing: the log was cut off or rewritten")
        return
    found = GENESIS if number == 0 else session.scalar(sa.select(Event.hash).where(Event.id == number))
    if found is None:
        raise BrokenChain(number, "is missing, and a checkpoint names it: the end of the log was cut off")
    if found != kept:
        raise BrokenChain(number, "is not the one that the checkpoint names: the log was rewritten")


def export(engine: sa.Engine) -> Iterator[str]:
    """Yield each entry as a line of JSON: its content as it was hashed, its hash, and what its commitments stand for.

    Reads in short steps, so that nobody waits for it; entries that come meanwhile may be among them.
    """
    seen = SMALLEST_ID
    while True:
        with reading(engine) as session:
            opened = personal.opened(session)
            lines = [(event.id, _line(event, opened)) for event in _next(session, seen)]
        if not lines:
            return
        yield from (f"{line}\n" for _, line in lines)
        seen = lines[-1][0]


class BrokenChain(Exception):
    """The event log was tampered with; `event_id` is the first entry that is wrong, where that is known."""

    def __init__(self, event_id: int | None, what: str) -> None:
        entry = "The entry" if event_id is None else f"Entry {event_id}"
        super().__init__(f"{entry} of the event log {what}.")
        self.event_id = event_id


def _list_anew(session: Session, subject: Subject) -> None:
    """Whatever the public sees changed, so do the lists and counts of the asks that it belongs to."""
    if subject.ask_id is not None:
        listing.mark(session, subject.ask_id)
    elif subject.kind == "legislation":
        listing.mark_asks_of_law(session, subject.id)


def all_events(session: Session) -> Iterator[Event]:
    """The log from the first entry on, read a thousand entries at a time."""
    seen = SMALLEST_ID  # a forged entry may stand before the first
    while chunk := _next(session, seen):
        yield from chunk
        seen = chunk[-1].id
        session.expunge_all()


def _next(session: Session, seen: int) -> list[Event]:
    return list(session.scalars(sa.select(Event).where(Event.id > seen).order_by(Event.id).limit(CHAIN_STEP)))


def _line(event: Event, opened: Mapping[str, tuple[str, str]]) -> str:
    content = _content(event)
    line = content | {"hash": event.hash}
    if event.format != 1:
        line["personal"] = {made: opened[made] for _, made in commitments_of(content) if made in opened}
    return canonical(line)


def _content(event: Event) -> dict[str, object]:
    """Everything that the hash covers; the first format did not say which it is."""
    left_out = {"hash"} if event.format != 1 else {"hash", "format"}
    names = (column.key for column in Event.__table__.columns if column.key not in left_out)
    return plain({name: getattr(event, name) for name in names})


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
