"""Updates and their evidence: what an entry of an ask's public story must carry."""

from dataclasses import dataclass
from datetime import date

from tracker.rules import checks
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.pages import page_key
from tracker.rules.status import Status
from tracker.rules.text import NOTE_LENGTH, PARAGRAPH_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH, Choice

EVIDENCE_QUOTE_LENGTH = 300
MOST_EVIDENCE = 12


class UpdateKind(Choice):
    """What sort of entry it is."""

    STATUS = "status", "Status changed"
    TEST = "test", "Test result changed"
    MILESTONE = "milestone"
    CORRECTION = "correction"
    REDEFINITION = "redefinition"
    REVIEW = "review", "Checked, nothing changed"


NEEDS_EVIDENCE = frozenset({UpdateKind.STATUS, UpdateKind.TEST, UpdateKind.MILESTONE})
SETS_STATUS = frozenset({UpdateKind.STATUS, UpdateKind.CORRECTION})
OF_REVIEWS = ("searched", "not_found", "sources_end_on")
SETS_NO_RESULT = frozenset({UpdateKind.REDEFINITION, UpdateKind.REVIEW})


class EvidenceType(Choice):
    """Who says so."""

    OFFICIAL_RECORD = (
        "official_record",
        "Official record",
        "The law itself, a court's judgment, Hansard or another record of what was done.",
    )
    GOVERNMENT_CLAIM = (
        "government_claim",
        "Government claim",
        "A government, a minister or an official says so; nobody else has checked it.",
    )
    INDEPENDENT = (
        "independent",
        "Independent",
        "Somebody outside government says so: press, lawyers, researchers, campaigners.",
    )
    OWN_WORK = "own_work", "Own work", "We looked into it ourselves."

    def counted(self, number: int) -> str:
        """Return with a number: "1 official record" or "2 official records"."""
        one, several = {
            "official_record": ("official record", "official records"),
            "government_claim": ("government claim", "government claims"),
            "independent": ("independent source", "independent sources"),
            "own_work": ("piece of our own work", "pieces of our own work"),
        }[self]
        return f"{number} {one if number == 1 else several}"


class Result(Choice):
    """What a success test says."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EvidenceDraft:
    """A link that supports an update, as typed."""

    url: str
    title: str
    type: EvidenceType | None
    publisher: str = ""
    published_on: PartialDate | None = None
    archived_url: str = ""
    quote: str = ""
    note: str = ""
    is_see_also: bool = False


@dataclass(frozen=True)
class UpdateDraft:
    """An entry of the story, as typed. `results` maps a test's id to its new result.

    A review says what was searched, what was not found, and up to when the sources reach.
    """

    kind: UpdateKind
    happened_on: PartialDate
    text: str
    status: Status | None = None
    reason: str = ""
    superseded_by_id: int | None = None
    corrects_id: int | None = None
    draft_note: str = ""
    results: tuple[tuple[int, Result], ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    searched: str = ""
    not_found: str = ""
    sources_end_on: PartialDate | None = None

    @property
    def opened(self) -> list[EvidenceDraft]:
        """Return the evidence that somebody opened; a see-also counts for nothing."""
        return [evidence for evidence in self.evidence if not evidence.is_see_also]


def check_draft(draft: UpdateDraft) -> list[Problem]:
    """Check what even an unpublished entry must respect: lengths, addresses, kinds that fit."""
    limits = {
        "text": PARAGRAPH_LENGTH,
        "reason": SENTENCE_LENGTH,
        "draft_note": NOTE_LENGTH,
        "searched": SENTENCE_LENGTH,
        "not_found": SENTENCE_LENGTH,
    }
    problems = checks.texts(draft, limits) + checks.required(draft.text, "text", "a sentence on what happened")
    if draft.kind is UpdateKind.CORRECTION and not draft.corrects_id:
        problems.append(Problem("Name the entry that this corrects.", "corrects_id"))
    if draft.superseded_by_id and draft.status is not Status.SUPERSEDED:
        problems.append(Problem("Name a replacing ask only with the status “Superseded”.", "superseded_by_id"))
    if draft.kind is not UpdateKind.REVIEW:
        problems += [Problem("Only a review says this.", name) for name in OF_REVIEWS if getattr(draft, name)]
    if len(draft.evidence) > MOST_EVIDENCE:
        problems.append(Problem(f"Give at most {MOST_EVIDENCE} pieces of evidence.", "evidence"))
    cited: set[tuple[str, str]] = set()
    for number, evidence in enumerate(draft.evidence):
        problems += check_evidence(evidence, f"evidence-{number}")
        words = (page_key(evidence.url), evidence.quote)
        if words in cited:
            sentence = "This page is given above. Give it once, or say which other words of it are relied on."
            problems.append(Problem(sentence, f"evidence-{number}-url"))
        cited.add(words)
    return problems


def check_publishable(draft: UpdateDraft, today: date) -> list[Problem]:
    """Check what an entry must carry before the public may read it."""
    problems = check_draft(draft) + checks.not_future(draft.happened_on, today, "happened_on")
    problems += checks.not_future(draft.sources_end_on, today, "sources_end_on")
    only_looked = _says_only_that_we_looked(draft)
    if only_looked and draft.happened_on.precision != "day":
        problems.append(Problem("Give the day on which you checked.", "happened_on"))
    if draft.kind is UpdateKind.STATUS and draft.status is None:
        problems.append(Problem("Choose the new status.", "status"))
    if draft.kind is UpdateKind.TEST and not draft.results:
        problems.append(Problem("Say which test has a new result.", "results"))
    if draft.status is not None and draft.kind not in SETS_STATUS:
        problems.append(Problem(f"“{draft.kind.label}” sets no status: that is an entry of its own.", "status"))
    if draft.results and draft.kind in SETS_NO_RESULT:
        problems.append(Problem(f"“{draft.kind.label}” sets no test result: that is an entry of its own.", "results"))
    if draft.status is not None:
        problems += checks.required(draft.reason, "reason", "the reason in one or two sentences")
    carries_a_judgement = draft.status is not None or bool(draft.results)
    if not draft.opened and not only_looked and (draft.kind in NEEDS_EVIDENCE or carries_a_judgement):
        problems.append(Problem("Give at least one page that you opened and that shows it.", "evidence"))
    return problems


def _says_only_that_we_looked(draft: UpdateDraft) -> bool:
    """True for a review, and for results that we looked for and did not find: they need a day and no evidence."""
    is_unknown = bool(draft.results) and all(result is Result.UNKNOWN for _, result in draft.results)
    return draft.kind is UpdateKind.REVIEW or (draft.kind is UpdateKind.TEST and is_unknown and not draft.opened)


def check_evidence(evidence: EvidenceDraft, prefix: str) -> list[Problem]:
    """Check one piece of evidence; the problems' fields begin with the prefix."""
    limits = {"title": TITLE_LENGTH, "publisher": TITLE_LENGTH, "quote": EVIDENCE_QUOTE_LENGTH, "note": 600}
    problems = (
        checks.required(evidence.url, "url", "the address of the page")
        + checks.urls(evidence, "url", "archived_url")
        + checks.required(evidence.title, "title", "the title of the page or document")
        + checks.required(evidence.type, "type", "the answer to “Who says so”")
        + checks.texts(evidence, limits)
    )
    return [Problem(problem.message, f"{prefix}-{problem.field}") for problem in problems]
