"""Asks, their success tests and their sources: the fields, their limits and what makes them fit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from tracker.rules import checks
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH, Choice, free_slug, slug_of_name
from tracker.rules.updates import Result

QUOTE_LENGTH = 600
LONGEST_INTERVAL = 730
MOST_TESTS = 60
ASK_LIMITS = {
    "title": TITLE_LENGTH,
    "topic": 60,
    "quote": QUOTE_LENGTH,
    "quote_place": TITLE_LENGTH,
    "summary": SENTENCE_LENGTH,
    "reading": SENTENCE_LENGTH,
    "government_position": QUOTE_LENGTH,
    "next_step": SENTENCE_LENGTH,
    "deadline_note": TITLE_LENGTH,
    "internal_note": NOTE_LENGTH,
}


class AskKind(Choice):
    """Whether the ask is a policy proposal or a sanctions measure."""

    POLICY = "policy", "Policy proposal"
    SANCTIONS = "sanctions", "Sanctions measure"


class Basis(Choice):
    """How the ask was made."""

    EXPLICIT = "explicit", "Asked explicitly", "The source asks for this, in these or equal words."
    IMPLIED = "implied", "Asked by implication", "The source asks for something that takes this."
    OUR_MEASURE = (
        "our_measure",
        "Our measure",
        "The source states a wish and names no measure. The measure is ours.",
    )


class Publication(Choice):
    """Who sees a record: staff alone (a draft, or one put aside), or everybody (an archived one as past)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    PUT_ASIDE = "put_aside"

    @property
    def is_public(self) -> bool:
        return self in PUBLIC


PUBLIC = (Publication.PUBLISHED, Publication.ARCHIVED)
AWAY = (Publication.ARCHIVED, Publication.PUT_ASIDE)


@dataclass(frozen=True)
class SourceDraft:
    """Where an ask was made, as typed."""

    key: str
    title: str
    author: str = ""
    author_role: str = ""
    publisher: str = ""
    published_on: PartialDate | None = None
    url: str = ""
    archived_url: str = ""
    note: str = ""
    internal_note: str = ""


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the public reads of an ask as it is now, and of a past day does not; a column for that is declared here."""

    government_position: str = ""
    next_step: str = ""
    next_step_on: PartialDate | None = None
    current_deadline: PartialDate | None = None
    deadline_note: str = ""


@dataclass(frozen=True)
class AskDraft(Particulars):
    """The wording and the particulars of an ask, as typed; its status is not among them."""

    slug: str
    title: str
    kind: AskKind
    topic: str
    source_id: int
    quote: str
    summary: str
    quote_place: str = ""
    reading: str = ""
    jurisdictions: tuple[str, ...] = ()
    responsible_bodies: tuple[str, ...] = ()
    first_deadline: PartialDate | None = None
    review_interval_days: int = 90
    internal_note: str = ""
    basis: Basis | None = None
    short_names: tuple[str, ...] = ()
    same_as_id: int | None = None


@dataclass(frozen=True)
class BodyDraft:
    """An organisation that answers for asks, as typed; its slug was made of its first name."""

    slug: str
    name: str
    short_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TestDraft:
    """A success test, as typed. `before` is its result before the first recorded change."""

    __test__ = False

    key: str
    label: str
    before: Result = Result.UNKNOWN
    reviewed_on: PartialDate | None = None


REDEFINING_FIELDS = frozenset({"title", "summary", "quote", "reading", "label", "before"})


def check_source(draft: SourceDraft) -> list[Problem]:
    """Check a source."""
    limits = {
        "title": TITLE_LENGTH,
        "author": TITLE_LENGTH,
        "author_role": TITLE_LENGTH,
        "publisher": TITLE_LENGTH,
        "note": SENTENCE_LENGTH,
        "internal_note": NOTE_LENGTH,
    }
    return (
        checks.slug(draft.key, "key")
        + checks.required(draft.title, "title", "the title of the source")
        + checks.urls(draft, "url", "archived_url")
        + checks.texts(draft, limits)
    )


def check_body(draft: BodyDraft) -> list[Problem]:
    """Check a body."""
    return (
        checks.slug(draft.slug, "key")
        + checks.required(draft.name, "name", "the name of the body")
        + checks.names([draft.name], "name")
        + checks.names(draft.short_names, "short_names")
    )


def check_ask(draft: AskDraft) -> list[Problem]:
    """Check an ask's wording and particulars."""
    problems = (
        checks.slug(draft.slug, "slug")
        + checks.required(draft.title, "title", "a short title")
        + checks.required(draft.topic, "topic", "a topic")
        + checks.required(draft.quote, "quote", "the ask in its original words")
        + checks.required(draft.summary, "summary", "the ask in one sentence")
        + checks.texts(draft, ASK_LIMITS)
        + checks.names(draft.jurisdictions, "jurisdictions")
        + checks.names(draft.responsible_bodies, "responsible_bodies")
        + checks.names(draft.short_names, "short_names")
    )
    if not 1 <= draft.review_interval_days <= LONGEST_INTERVAL:
        problems.append(Problem(f"Choose between 1 and {LONGEST_INTERVAL} days.", "review_interval_days"))
    if draft.current_deadline and not draft.first_deadline:
        problems.append(Problem("Give the first deadline too: lateness is counted from it.", "first_deadline"))
    return problems


def check_test(draft: TestDraft) -> list[Problem]:
    """Check a success test."""
    return (
        checks.slug(draft.key, "key")
        + checks.required(draft.label, "label", "the test as a sentence that is true or false")
        + checks.at_most(draft.label, TITLE_LENGTH, "label")
    )


def check_labels(labels: Sequence[str], known: Collection[str] = ()) -> list[Problem]:
    """Check the words of tests that are to be added to those of the words `known`."""
    problems = [Problem("Give at least one test.", "labels")] if not labels else []
    if len(labels) > MOST_TESTS:
        problems.append(Problem(f"Give at most {MOST_TESTS} at once; these are {len(labels)}.", "labels"))
    labels = labels[:MOST_TESTS]  # what comes after these is refused as a whole
    for label in dict.fromkeys(labels):
        twice = [Problem("This stands there twice.")] if labels.count(label) > 1 or label in known else []
        wrong = [*twice, *check_test(TestDraft("test", label))]
        problems += [Problem(f"“{shorten(label, 60)}”: {problem.message}", "labels") for problem in wrong]
    return problems


def drafts_in_words(labels: Sequence[str], taken: Iterable[str]) -> list[TestDraft]:
    """Return tests in these words, each with a key that is made of them and that none has of those taken."""
    keys = set(taken)
    added = []
    for label in labels:
        added.append(TestDraft(free_slug(slug_of_name(label), keys), label))
        keys.add(added[-1].key)
    return added
