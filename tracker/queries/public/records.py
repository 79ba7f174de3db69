"""What the public may know, as frozen records with public fields only.

No model leaves the public queries, so a template cannot show an internal field even by mistake. A field that a past day
may leave out has a default, which is what it shows then.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.models import Ask, Legislation, Link
from tracker.queries.public.entries import NO_GROUNDS, Grounds, PublicReply, StoryEntry, record_of
from tracker.rules.asks import AskKind, Basis, Particulars
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import KINDS, Effect, Stage, commenced_by, stage_on
from tracker.rules.status import Status
from tracker.rules.story import is_quiet
from tracker.rules.updates import Result

TEST_ORDER = (Result.NOT_MET, Result.UNKNOWN, Result.MET)


@dataclass(frozen=True)
class PublicLook:
    """Where a machine looked, the day since which it has looked everywhere, and how many findings wait."""

    where: str
    on: date
    untold: int
    has_read_all: bool


@dataclass(frozen=True)
class Excerpt:
    """Where the words of a search stand: the key of an entry, or "", and the text cut into (part, is a hit)."""

    key: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class AskLine:
    """An ask in a list.

    `asked_by` says whose it is where there are several sources. `results` are those of its tests, `history` the days on
    which its statuses began, and `review_due` the day by which we should have looked again; lists of today have these.
    """

    slug: str
    title: str
    kind: AskKind
    topic: str
    summary: str
    status: Status | None
    status_on: PartialDate | None
    reason: str
    first_deadline: PartialDate | None
    reviewed_on: PartialDate | None = None
    excerpt: Excerpt | None = None
    disputed_on: PartialDate | None = None
    disputed_about: str = ""
    basis: Basis | None = None
    asked_by: str | None = None
    results: tuple[Result, ...] = ()
    history: tuple[tuple[date, Status], ...] = ()
    review_due: date | None = None


@dataclass(frozen=True)
class PublicBody:
    """A body that answers for asks."""

    slug: str
    name: str
    short_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublicSource:
    """Where an ask was made."""

    key: str
    title: str
    author: str
    author_role: str
    publisher: str
    published_on: PartialDate | None
    url: str
    archived_url: str
    note: str


@dataclass(frozen=True)
class SameAsk:
    """A published ask for the same, and the source in which it was made."""

    slug: str
    title: str
    source_key: str
    source_title: str
    author: str
    published_on: PartialDate | None


@dataclass(frozen=True, kw_only=True)
class PublicTest:
    """A success test with its result: since when, and when it was last checked."""

    key: str
    label: str
    before: Result
    result: Result
    result_on: PartialDate | None = None
    reviewed_on: PartialDate | None = None

    @property
    def is_known_since(self) -> bool:
        """True if its result began on a day; a test never met is only known not to be met as of a day."""
        return self.result is Result.MET or self.before is Result.MET


@dataclass(frozen=True, kw_only=True)
class LawLine:
    """A law in a list."""

    key: str
    title: str
    citation: str
    kind_label: str
    address: str | None
    note: str
    introduced_on: PartialDate | None = None
    enacted_on: PartialDate | None = None
    lapsed_on: PartialDate | None = None

    @property
    def commences(self) -> str:
        """The title of the Act that it brings into force; empty if it is no commencement order."""
        return commenced_by(self.title)

    def stage_on(self, day: date) -> Stage:
        """How far it had come on a day."""
        return stage_on(day, self.introduced_on, self.enacted_on, self.lapsed_on)


@dataclass(frozen=True, kw_only=True)
class PublicLink:
    """What a law does for an ask, seen from the ask (`law`) or from the law (`ask`).

    `is_yet_to_begin` is for a past day: what came into force later had not done so then.
    """

    effect: Effect
    provisions: str
    extent: tuple[str, ...]
    note: str
    in_force_on: PartialDate | None = None
    ended_on: PartialDate | None = None
    law: LawLine | None = None
    ask: AskLine | None = None
    is_yet_to_begin: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicAsk(Particulars):
    """An ask whole; with `on` as things stood on that day, in so far as the dated history tells.

    `moved_on` is the date of the last public movement; `review_due` is the day on which we should have looked again.
    Only staff's previews know one that is a draft: nothing stands at its public addresses yet.
    """

    line: AskLine
    source: PublicSource
    quote: str
    quote_place: str
    reading: str
    jurisdictions: tuple[str, ...]
    bodies: tuple[PublicBody, ...]
    is_archived: bool
    tests: tuple[PublicTest, ...]
    links: tuple[PublicLink, ...]
    story: tuple[StoryEntry, ...]
    superseded_by: AskLine | None = None
    replies: tuple[PublicReply, ...] = ()
    same: tuple[SameAsk, ...] = ()
    grounds: Grounds = NO_GROUNDS
    moved_on: PartialDate | None = None
    review_due: date | None = None
    on: date | None = None
    is_draft: bool = False
    look: PublicLook | None = None

    @property
    def tests_met(self) -> int:
        """How many of its tests are met."""
        return sum(test.result is Result.MET for test in self.tests)

    @property
    def tests_by_result(self) -> list[PublicTest]:
        """Its tests, those that are not met first, those that are met last."""
        return sorted(self.tests, key=lambda test: TEST_ORDER.index(test.result))

    @property
    def sources_end_on(self) -> PartialDate | None:
        """Up to when our sources reach, as the newest review in effect that says so has it."""
        told = (entry.sources_end_on for entry in self.story if not entry.corrected_by)
        return next(filter(None, told), None)

    @property
    def was_so_when_asked(self) -> bool:
        """True if the status that stands is older than the ask."""
        since, asked = self.line.status_on, self.source.published_on
        return bool(since and asked and since.last_day < asked.first_day)

    def shown_by(self, test: PublicTest) -> StoryEntry | None:
        """The entry that the present result of a test rests on."""
        entries = (entry for entry in self.story if not entry.corrected_by)
        return next((entry for entry in entries if (test.label, test.result) in entry.results), None)

    @property
    def is_quiet(self) -> bool:
        """True if it is to be said that nothing has moved since `moved_on`."""
        return is_quiet(self.line.status, self.moved_on, self.line.reviewed_on)


def ask_line(ask: Ask) -> AskLine:
    """An ask for a list."""
    blank: dict[str, Any] = {"excerpt": None, "asked_by": None, "results": (), "history": (), "review_due": None}
    return record_of(AskLine, ask, reason=ask.status_reason, **blank)


def law_line(law: Legislation) -> LawLine:
    """A law for a list."""
    return record_of(LawLine, law, kind_label=KINDS.get(law.kind, KINDS["other"]))


def link_record(link: Link, law: Legislation | None = None, ask: Ask | None = None) -> PublicLink:
    """A link, with the law or the ask at its other end."""
    ends = {"law": law_line(law) if law else None, "ask": ask_line(ask) if ask else None, "is_yet_to_begin": False}
    return record_of(PublicLink, link, extent=tuple(link.extent), **ends)
