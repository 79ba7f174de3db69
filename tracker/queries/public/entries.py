"""What the public may know of stories: entries, their evidence, and replies, made of rows. Public fields only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from tracker.models import SuccessTest, Update
from tracker.rules.dates import PartialDate
from tracker.rules.official import Sight
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind

Record = TypeVar("Record")


@dataclass(frozen=True)
class PublicEvidence:
    """A page that supports an entry; a see-also is one that nobody opened, which supports nothing.

    `sight` is what a machine saw there last; only the page of an ask as it is now has it.
    """

    url: str
    title: str
    publisher: str
    published_on: PartialDate | None
    type: EvidenceType
    archived_url: str
    quote: str
    note: str
    is_see_also: bool
    sight: Sight | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class StoryEntry:
    """An entry of the story. `corrects` and `corrected_by` are keys of other entries.

    A review says what was searched and not found, and up to when our sources reach.
    """

    key: str
    kind: UpdateKind
    happened_on: PartialDate
    recorded_at: datetime
    text: str
    status: Status | None
    reason: str
    results: tuple[tuple[str, Result], ...]
    evidence: tuple[PublicEvidence, ...]
    corrects: str | None
    corrected_by: tuple[str, ...]
    searched: str
    not_found: str
    sources_end_on: PartialDate | None
    method_version: str

    @property
    def opened(self) -> tuple[PublicEvidence, ...]:
        """The evidence that somebody opened."""
        return tuple(item for item in self.evidence if not item.is_see_also)


@dataclass(frozen=True)
class PublicReply:
    """A named person or body that we asked to reply, and the answer if one came."""

    asked: str
    asked_on: PartialDate
    is_answered: bool
    answer: str
    answered_on: PartialDate | None


@dataclass(frozen=True)
class Grounds:
    """What the present status and test results rest on: the pages, those of the status first, each once.

    `claims_alone` are the keys of the entries that have nothing but a government's word.
    """

    pages: tuple[PublicEvidence, ...]
    claims_alone: tuple[str, ...]


NO_GROUNDS = Grounds((), ())


def record_of(kind: type[Record], row: object, **given: Any) -> Record:
    """Copy to a record the row's columns of the same names; `given` holds the fields that are made otherwise."""
    for name in _names(kind):  # type: ignore[arg-type]
        if name not in given:
            given[name] = getattr(row, name)
    return kind(**given)


def keep(record: Record, names: Iterable[str], **others: Any) -> Record:
    """Return a record of the same kind with these fields of the given one, and others; the rest are as by default."""
    return type(record)(**{name: getattr(record, name) for name in names}, **others)


def evidence_record(row: object) -> PublicEvidence:
    """A page that supports an entry, with what a machine saw there if it was loaded with the row."""
    sight, seen_at = getattr(row, "sight", None), getattr(row, "seen_at", None)
    return record_of(PublicEvidence, row, sight=sight, seen_at=seen_at)


def story(updates: Sequence[Update], tests: Sequence[SuccessTest]) -> tuple[StoryEntry, ...]:
    """The entries with the newest first; those of one day in the order in which they were written."""
    keys = {update.id: update.key for update in updates}
    labels = {test.id: test.label for test in tests}
    corrected_by: dict[int | None, list[str]] = {}
    for update in updates:
        corrected_by.setdefault(update.corrects_id, []).append(update.key)
    newest_first = sorted(updates, key=lambda update: (update.happened_on, update.id), reverse=True)
    return tuple(
        record_of(
            StoryEntry,
            update,
            results=tuple((labels[result.test_id], result.result) for result in update.results),
            evidence=tuple(map(evidence_record, update.evidence)),
            corrects=keys.get(update.corrects_id or 0),
            corrected_by=tuple(corrected_by.get(update.id, ())),
        )
        for update in newest_first
    )


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
