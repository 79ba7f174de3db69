"""What the public may know, as frozen records with public fields only.

No model leaves the public queries, so a template cannot show an internal field even by mistake. A field that a past day
may leave out has a default, which is what it shows then.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.movement import is_quiet
from tracker.rules.stages import Stage, stage_on
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind


@dataclass(frozen=True)
class Excerpt:
    """Where the words of a search stand: the key of an entry, or "", and the text cut into (part, is a hit)."""

    key: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class AskLine:
    """An ask in a list."""

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


@dataclass(frozen=True)
class PublicSource:
    """Where an ask was made."""

    title: str
    author: str
    author_role: str
    publisher: str
    published_on: PartialDate | None
    url: str
    archived_url: str
    note: str


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
        """Whether its result began on a day; a test never met is only known not to be met as of a day."""
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
    law: LawLine | None = None
    ask: AskLine | None = None
    is_yet_to_begin: bool = False


@dataclass(frozen=True)
class PublicEvidence:
    """A link that supports an entry."""

    url: str
    title: str
    publisher: str
    published_on: PartialDate | None
    type: EvidenceType
    archived_url: str
    quote: str
    note: str


@dataclass(frozen=True)
class PublicReply:
    """A named person or body that we asked to reply, and the answer if one came."""

    asked: str
    asked_on: PartialDate
    is_answered: bool
    answer: str
    answered_on: PartialDate | None


@dataclass(frozen=True)
class StoryEntry:
    """An entry of the story. `corrects` and `corrected_by` are keys of other entries."""

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


@dataclass(frozen=True)
class UpdatePage:
    """A page of entries. `next_key` is where the next page begins; empty on the last."""

    entries: tuple[UpdateLine, ...]
    next_key: str


@dataclass(frozen=True)
class Grounds:
    """What the present status and test results rest on: how many pieces of evidence of which type.

    `claims_alone` are the keys of the entries that have nothing but a government's word.
    """

    evidence: tuple[tuple[EvidenceType, int], ...]
    claims_alone: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PublicAsk:
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
    responsible_bodies: tuple[str, ...]
    is_archived: bool
    tests: tuple[PublicTest, ...]
    links: tuple[PublicLink, ...]
    story: tuple[StoryEntry, ...]
    superseded_by: AskLine | None = None
    government_position: str = ""
    next_step: str = ""
    next_step_on: PartialDate | None = None
    current_deadline: PartialDate | None = None
    deadline_note: str = ""
    replies: tuple[PublicReply, ...] = ()
    grounds: Grounds = Grounds((), ())
    moved_on: PartialDate | None = None
    review_due: date | None = None
    on: date | None = None
    is_draft: bool = False

    def is_quiet(self, today: date) -> bool:
        """Whether to say that nothing has moved since `moved_on`."""
        return is_quiet(self.line.status, self.moved_on, today)


@dataclass(frozen=True)
class PublicLaw:
    """A law whole, with the asks that hang on it."""

    line: LawLine
    becomes: LawLine | None
    was: tuple[LawLine, ...]
    links: tuple[PublicLink, ...]
    has_more_links: bool
    is_archived: bool
