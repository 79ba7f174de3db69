"""What the public may know of stories: entries, their evidence, and pages of them. Public fields only."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from tracker.clock import day_of
from tracker.rules.dates import PartialDate
from tracker.rules.findings import Sight
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind


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
class UpdateLine:
    """An entry of some ask's story, in a list of entries of all asks; `corrects` is the entry that it puts right.

    `is_corrected` says whether a later entry puts this one right.
    """

    ask_slug: str
    ask_title: str
    key: str
    kind: UpdateKind
    happened_on: PartialDate
    recorded_at: datetime
    published_at: datetime
    text: str
    status: Status | None
    reason: str
    results: tuple[tuple[str, Result], ...]
    is_corrected: bool
    corrects: "UpdateLine | None" = None

    @property
    def is_look(self) -> bool:
        """True if it says only that we looked and do not know."""
        results = [result for _, result in self.results]
        return self.kind is UpdateKind.TEST and set(results) == {Result.UNKNOWN}


@dataclass(frozen=True)
class UpdatePage:
    """A page of entries. `next_key` is where the next page begins; empty on the last."""

    entries: tuple[UpdateLine, ...]
    next_key: str

    @property
    def by_day(self) -> list[tuple[date, list[UpdateLine]]]:
        """The entries by the day on which they were published."""
        days = groupby(self.entries, lambda entry: day_of(entry.published_at))
        return [(day, list(entries)) for day, entries in days]


@dataclass(frozen=True)
class Grounds:
    """What the present status and test results rest on: the pages, those of the status first, each once.

    `claims_alone` are the keys of the entries that have nothing but a government's word.
    """

    pages: tuple[PublicEvidence, ...]
    claims_alone: tuple[str, ...]


NO_GROUNDS = Grounds((), ())
