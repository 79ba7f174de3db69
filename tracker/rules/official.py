"""What official records say and nobody has told: findings, and who was asked to be put under sanctions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.rules import checks
from tracker.rules.errors import Problem
from tracker.rules.text import PARAGRAPH_LENGTH, TITLE_LENGTH, Choice, fold

# The parts of the official record that are looked at, by the name that `tracker look --only` takes.
SOURCES: Mapping[str, str] = {
    "bills": "Parliament’s bills",
    "law": "legislation.gov.uk",
    "instruments": "Parliament’s statutory instruments",
    "sanctions": "the UK Sanctions List",
    "evidence": "published evidence",
}
# What a finding is about, by the kind that a reader gives it.
KINDS: Mapping[str, str] = {
    "stage": "Bill",
    "royal_assent": "Royal assent",
    "ended": "Bill ended",
    "made": "Made law",
    "in_force": "In force",
    "effect": "Law changed",
    "instrument": "New instrument",
    "designation": "Listed",
    "delisting": "Taken off the list",
    "not_quoted": "Quotation not found",
    "quote_gone": "Quotation gone",
    "page_gone": "Page gone",
}
# What is proposed, in words only, for the status of the asks; the rules check it as ever.
PROPOSALS: Mapping[str, str] = {
    "royal_assent": "Royal assent: law passed, not in force?",
    "made": "Made: law passed, not in force?",
    "in_force": "In force: in force, ask not yet met?",
    "ended": "The bill ended: lapsed?",
}
MOST_TARGETS = 500
UNREAD = "could not be read"  # what a look says that could not read all
MOST_CANDIDATES = 8
UNIQUE_ID = re.compile(r"[A-Z]{3}[0-9]{4}", re.ASCII)
WORD = re.compile(r"\w+")
REGULATIONS_BY_ANOTHER_NAME = {
    "Yemen (Sanctions) (EU Exit) Regulations 2020": "Yemen (Sanctions) (EU Exit) (No. 2) Regulations 2020"
}


class FindingState(StrEnum):
    """What became of a finding."""

    NEW = "new"
    TOLD = "told"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class LookOutcome(StrEnum):
    """How a look went."""

    OK = "ok"
    FAILED = "failed"


class Sight(StrEnum):
    """What a machine saw at the address of a page that we cite. Words count as gone where it saw them before."""

    QUOTED = "quoted"
    ANSWERED = "answered"
    NOT_QUOTED = "not_quoted"
    QUOTE_GONE = "quote_gone"
    PAGE_GONE = "page_gone"


class TargetKind(Choice):
    """What a target or a designation is."""

    PERSON = "person"
    BODY = "body"
    SHIP = "ship"

    @property
    def plural(self) -> str:
        return {TargetKind.PERSON: "people", TargetKind.BODY: "bodies", TargetKind.SHIP: "ships"}[self]

    def counted(self, number: int) -> str:
        """Return "1 person", "2 people"."""
        return f"{number:,} {self.value if number == 1 else self.plural}"


class TargetState(Choice):
    """What a person found of a target on the list; one that is taken out is counted no longer."""

    UNSURE = "unsure"
    LISTED = "listed"
    NOT_LISTED = "not_listed"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True)
class TargetsDraft:
    """Names that a source asks to be put under sanctions, one or many, with its words."""

    names: tuple[str, ...]
    kind: TargetKind
    words: str = ""


def check_targets(draft: TargetsDraft, present: Iterable[str] = ()) -> list[Problem]:
    """Check pasted names; `present` are the names that the ask has already."""
    problems = checks.required(draft.names, "names", "the names, one a line")
    problems += checks.texts(draft, {"words": PARAGRAPH_LENGTH})
    if len(draft.names) > MOST_TARGETS:
        problems.append(Problem(f"Add at most {MOST_TARGETS} names at a time.", "names"))
    seen = {words_of(name) for name in present}
    for number, name in enumerate(draft.names, 1):
        words = words_of(name)
        if not words:
            problems.append(Problem(f"Line {number} has no letters.", "names"))
        if words in seen:
            problems.append(Problem(f"Line {number}, “{name[:80]}”: this name is there already.", "names"))
        if len(name) > TITLE_LENGTH:
            problems.append(Problem(f"Line {number} has more than {TITLE_LENGTH} characters.", "names"))
        seen.add(words)
    return problems


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name without accents and case."""
    return frozenset(WORD.findall(fold(name)))


def shared_words(asked: frozenset[str], listed: frozenset[str]) -> frozenset[str]:
    """Return the words in which two names agree: two at least, or all where the name asked for has only one.

    Only then are they alike enough for a person to compare.
    """
    shared = asked & listed
    return shared if len(shared) > 1 or asked == listed else frozenset()


def title_of_regime(name: str) -> str:
    """Return the title of the regulations that the UK Sanctions List names, as laws are called here."""
    title = " ".join(name.split()).removeprefix("The ")
    return REGULATIONS_BY_ANOTHER_NAME.get(title, title)


@dataclass(frozen=True)
class TargetRow:
    """A target as a file has it; an erased one has no name."""

    kind: TargetKind
    state: TargetState
    name: str = ""
    unique_id: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Decision:
    """What a person found of a target, and whether the public reads its name."""

    state: TargetState
    unique_id: str | None = None
    is_shown: bool = False


def check_decision(draft: Decision, *, is_source_public: bool) -> list[Problem]:
    """Check what a person found; a name that is not on the list is shown for a public source only."""
    if draft.state is TargetState.LISTED and not UNIQUE_ID.fullmatch(draft.unique_id or ""):
        return [Problem("Give the unique ID of the entry, three letters and four digits such as RUS0001.", "unique_id")]
    if draft.state is TargetState.NOT_LISTED and draft.is_shown and not is_source_public:
        return [Problem("The name can be shown once the source is public; publish the ask first.", "is_shown")]
    return []
