"""Reads the whole event log: verifies its chain, holds it against checkpoints, writes it out for others to verify."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import SMALLEST_ID, in_steps, reading
from tracker.models import Event, PersonalDetail
from tracker.rules.chain import (
    ERASED,
    GENESIS,
    SALT_BYTES,
    TAKEN_DOWN,
    Checkpoint,
    canonical,
    commitment,
    commitments_of,
    entry_hash,
)
from tracker.services.events import opened, plain

CHAIN_STEP = 1000


class BrokenChain(Exception):
    """The event log was tampered with; `event_id` is the first entry that is wrong, where that is known."""

    def __init__(self, event_id: int | None, what: str) -> None:
        entry = "The entry" if event_id is None else f"Entry {event_id}"
        super().__init__(f"{entry} of the event log {what}.")
        self.event_id = event_id


def verify(session: Session) -> tuple[int, str]:
    """Check the whole chain and the details beside it; answer how many entries it has and its last hash.

    Raises BrokenChain that names the first wrong entry. Reads a thousand entries at a time.
    """
    count, head = 0, GENESIS
    named: dict[tuple[int, str], list[int]] = defaultdict(list)
    erased: dict[int, int] = {}
    replaced = find_replaced(session)
    for event in all_events(session):
        count += 1
        if event.id != count:
            raise BrokenChain(count, "is missing" if event.id > count else "stands twice")
        if event.previous_hash != head:
            raise BrokenChain(event.id, "does not follow from the entry before it")
        content = content_of(event)
        if replaced.get(event.id, event.hash) != entry_hash(content):
            raise BrokenChain(event.id, "was changed after it was written")
        head = event.hash
        for person_and_commitment in commitments_of(content):
            named[person_and_commitment].append(count)
        if (event.subject, event.action) == ("person", ERASED):
            erased[event.subject_id] = count
    _check_details(session, named, erased)
    return count, head


def _check_details(session: Session, named: Mapping[tuple[int, str], list[int]], erased: Mapping[int, int]) -> None:
    """Raise BrokenChain unless the details that are kept are those that the entries commit to.

    `named` are the entries that hold a commitment for a person, `erased` those that erased one.
    """
    details = {row.commitment: row for row in session.scalars(sa.select(PersonalDetail))}
    for (person_id, made), numbers in named.items():
        if (detail := details.get(made)) and (detail.person_id != person_id or not _fits(detail)):
            raise BrokenChain(numbers[0], "names a person otherwise than when it was written")
    lacking = [
        (number, person_id)
        for (person_id, made), numbers in named.items()
        for number in numbers
        if made not in details and number > erased.get(person_id, 0)
    ]
    if lacking:
        number, person_id = min(lacking)
        raise BrokenChain(number, f"lacks a detail of person {person_id}, whom no later entry erased")
    for made, detail in details.items():
        if detail.person_id in erased:
            raise BrokenChain(erased[detail.person_id], "erased a person, but a detail of them is still kept")
        if (detail.person_id, made) not in named:
            raise BrokenChain(None, f"that a detail of person {detail.person_id} belongs to is missing")


def find_replaced(session: Session) -> dict[int, str]:
    """Return the entries from which words were taken down, by number, each with the hash of what it is now.

    What says so are entries of the log themselves, so `verify` holds them to the chain like all others.
    """
    takings = session.execute(sa.select(Event.id, Event.after).where(Event.action == TAKEN_DOWN).order_by(Event.id))
    try:
        made = [(number, int(of), now) for number, after in takings for of, now in after["entries"].items()]
        return {of: now for number, of, now in made if of < number}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BrokenChain(None, "that says which words were taken down cannot be read") from None


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
            details = opened(session)
            step = sa.select(Event).where(Event.id > seen).order_by(Event.id).limit(CHAIN_STEP)
            lines = [(event.id, _line(event, details)) for event in session.scalars(step)]
        if not lines:
            return
        yield from (f"{line}\n" for _, line in lines)
        seen = lines[-1][0]


def all_events(session: Session) -> Iterator[Event]:
    """The log from the first entry on, read a thousand entries at a time."""
    for step in in_steps(session, sa.select(Event), Event, CHAIN_STEP):
        yield from step


def _line(event: Event, details: Mapping[str, tuple[str, str]]) -> str:
    content = content_of(event)
    line = content | {"hash": event.hash}
    if event.format != 1:
        line["personal"] = {made: details[made] for _, made in commitments_of(content) if made in details}
    return canonical(line)


def content_of(event: Event) -> dict[str, object]:
    """Return everything that the hash covers, as JSON knows it; the first format did not say which it is."""
    left_out = {"hash"} if event.format != 1 else {"hash", "format"}
    names = (column.key for column in Event.__table__.columns if column.key not in left_out)
    return plain({name: getattr(event, name) for name in names})


def _fits(detail: PersonalDetail) -> bool:
    try:
        return commitment(detail.salt, detail.value) == detail.commitment and len(detail.salt) == 2 * SALT_BYTES
    except ValueError:
        return False
