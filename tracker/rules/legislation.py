"""Laws and their links to asks: kinds, normal forms, stages, extents and effects."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from tracker.rules import checks, citations
from tracker.rules.citations import LawRef, parse_address, parse_citation
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, Choice, slugify

KINDS: Mapping[str, str] = {
    "bill": "Bill of the UK Parliament",
    **citations.KINDS,
    "immigration-rules": "Statement of changes in Immigration Rules",
    "bm-act": "Act of Bermuda",
    "bvi-si": "Statutory instrument of the British Virgin Islands",
    "ky-sl": "Subsidiary legislation of the Cayman Islands",
    "gg-law": "Law of Guernsey",
    "im-act": "Act of Tynwald (Isle of Man)",
    "je-law": "Law of Jersey",
    "other": "Other law",
}
BILLS = frozenset({"bill", "ukdsi", "sdsi", "wdsi", "nidsr", "nidsi"})
EXTENTS = (
    "United Kingdom",
    "Great Britain",
    "England and Wales",
    "England",
    "Wales",
    "Scotland",
    "Northern Ireland",
    "British overseas territories",
    "Anguilla",
    "Bermuda",
    "British Virgin Islands",
    "Cayman Islands",
    "Falkland Islands",
    "Gibraltar",
    "Montserrat",
    "Pitcairn Islands",
    "St Helena, Ascension and Tristan da Cunha",
    "Turks and Caicos Islands",
    "Guernsey",
    "Isle of Man",
    "Jersey",
    "European Union",
)
NUMBER = re.compile(r"(?:c\.? ?)?0*([1-9][0-9]{0,12})", re.ASCII)
KEY = re.compile(r"[a-z0-9-]{1,20}(?:/[A-Za-z0-9-]{1,40}){2,3}", re.ASCII)


def commenced_by(title: str) -> str:
    """Return the title of the Act that an order brings into force, with which its own begins; empty for other law."""
    act, is_order, _ = title.partition(" (Commencement")
    return act if is_order else ""


class Effect(Choice):
    """What a law does for an ask."""

    DELIVERS = "delivers"
    PARTLY_DELIVERS = "partly_delivers"
    ENABLES = "enables"
    AMENDS = "amends"
    BLOCKS = "blocks"
    REPEALS = "repeals"
    BACKGROUND = "background"

    @property
    def serves(self) -> bool:
        """True if it helps the ask; law that blocks, repeals or only sets the scene does not."""
        return self not in {Effect.BLOCKS, Effect.REPEALS, Effect.BACKGROUND}


@dataclass(frozen=True)
class LegislationDraft:
    """A law, as typed; `normalised` fills what the citation or the address tells."""

    kind: str
    title: str
    year: str = ""
    number: str = ""
    citation: str = ""
    address: str | None = None
    key: str = ""
    introduced_on: PartialDate | None = None
    enacted_on: PartialDate | None = None
    lapsed_on: PartialDate | None = None
    becomes_id: int | None = None
    note: str = ""
    internal_note: str = ""
    short_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkDraft:
    """What a law does for an ask, as typed."""

    ask_id: int
    legislation_id: int
    effect: Effect
    provisions: str = ""
    extent: tuple[str, ...] = ()
    in_force_on: PartialDate | None = None
    note: str = ""
    internal_note: str = ""
    ended_on: PartialDate | None = None


def normalised(draft: LegislationDraft) -> LegislationDraft:
    """Return the draft in normal form: kind, year, number, citation, address and key by the rules."""
    draft = replace(draft, address=draft.address.rstrip("/") if draft.address else None)
    cited, addressed = parse_citation(draft.citation), parse_address(draft.address or "")
    ref = addressed or cited
    if draft.kind not in {"", "other"} and ref and draft.kind not in _kin(ref):
        ref = None
    if ref is None:
        ref = _typed_ref(draft)
    if ref is None:
        word = slugify(draft.number or draft.title)[:40].strip("-")
        return replace(draft, key=draft.key or f"{draft.kind}/{draft.year or 'undated'}/{word}")
    if cited and cited.identity == ref.identity:
        ref = cited  # it may know the series too
    is_bill = ref.kind == "bill"
    is_uk = not is_bill and (draft.address is None or "legislation.gov.uk" in draft.address)
    keeps_citation = draft.citation and (is_bill or ref.kind.startswith("eu") or not ref.citation)
    return replace(
        draft,
        kind=ref.kind,
        year=ref.year,
        number=ref.number,
        citation=draft.citation if keeps_citation else ref.citation,
        address=ref.address if is_uk else draft.address,
        key=(draft.key if is_bill else "") or ref.key,
    )


def _typed_ref(draft: LegislationDraft) -> LawRef | None:
    """Return the law that kind, year and number mean, where legislation.gov.uk has that kind."""
    number = NUMBER.fullmatch(draft.number.strip())
    if draft.kind not in citations.KINDS or not draft.year or not number:
        return None
    return LawRef(draft.kind, draft.year, number[1])


def identity_of(draft: LegislationDraft) -> str | None:
    """Return the same text for every way to name the same law; None where it has no number."""
    return LawRef(draft.kind, draft.year, draft.number).identity if draft.number else None


def check_legislation(typed: LegislationDraft) -> list[Problem]:
    """Check a law; give it the draft as typed, so that a citation and an address that differ show."""
    draft = normalised(typed)
    limits = {"year": 20, "number": 40, "citation": 120, "title": 300}
    problems = (
        checks.required(draft.title, "title", "the title of the law")
        + checks.urls(draft, "address")
        + checks.texts(draft, limits | {"note": SENTENCE_LENGTH, "internal_note": NOTE_LENGTH})
        + checks.names(draft.short_names, "short_names")
    )
    if draft.kind not in KINDS:
        problems.append(Problem("Choose the kind of law, or give a citation that tells it.", "kind"))
    if not KEY.fullmatch(draft.key):
        problems.append(Problem("Give the year or session, and the number if there is one.", "year"))
    cited, addressed = parse_citation(typed.citation), parse_address(typed.address or "")
    if cited and addressed and cited.identity != addressed.identity:
        sentence = f"The citation means {cited.citation or cited.key}, but the address leads to {addressed.key}."
        problems.append(Problem(sentence, "address"))
    problems += _misread(typed, cited)
    if draft.introduced_on and draft.enacted_on and not draft.introduced_on.may_be_by(draft.enacted_on):
        problems.append(Problem("It cannot become law before it is introduced.", "enacted_on"))
    if draft.becomes_id and draft.kind not in BILLS:
        problems.append(Problem("Only a bill or a draft instrument becomes another law.", "becomes_id"))
    return problems


def _misread(typed: LegislationDraft, cited: LawRef | None) -> list[Problem]:
    """Return where the fields differ from what the citation means; other countries' citations are theirs."""
    if cited is None or (typed.kind and typed.kind not in citations.KINDS):
        return []
    problems = []
    if typed.kind and typed.kind not in _kin(cited):
        problems.append(Problem(f"The citation is that of another kind: {KINDS[cited.kind]}.", "kind"))
    for field, meant in (("year", cited.year), ("number", cited.number)):
        if getattr(typed, field) not in {"", meant}:
            problems.append(Problem(f"The citation says {meant}. Correct one of the two.", field))
    return problems


def check_link(draft: LinkDraft) -> list[Problem]:
    """Check a link between an ask and a law."""
    problems = checks.texts(draft, {"provisions": 200, "note": SENTENCE_LENGTH, "internal_note": NOTE_LENGTH})
    problems += checks.names(draft.extent, "extent")
    unknown = [name for name in draft.extent if name not in EXTENTS]
    if unknown:
        problems.append(Problem(f"Unknown extent: {', '.join(unknown)[:120]}.", "extent"))
    if draft.ended_on and draft.in_force_on and not draft.in_force_on.may_be_by(draft.ended_on):
        problems.append(Problem("It cannot end before it is in force.", "ended_on"))
    return problems


def _kin(ref: LawRef) -> set[str]:
    """Return the kinds that count as this law's: those of one run of S.I. numbers do."""
    return {"uksi", "wsi", "nisi"} if ref.kind in {"uksi", "wsi", "nisi"} else {ref.kind}


class Stage(Choice):
    """A law's place on its way; UNDATED where none of its dates is known."""

    UNDATED = "undated", "Its dates are not recorded here"
    EXPECTED = "expected", "Not introduced yet"
    INTRODUCED = "introduced", "Introduced, not law"
    LAW = "law"
    FALLEN = "fallen", "Fell, so not law"


def stage_on(
    day: date, introduced_on: PartialDate | None, enacted_on: PartialDate | None, lapsed_on: PartialDate | None
) -> Stage:
    """Return the stage of a law with these dates; a date known to the month counts from its first day."""
    for stage, reached_on in ((Stage.FALLEN, lapsed_on), (Stage.LAW, enacted_on), (Stage.INTRODUCED, introduced_on)):
        if reached_on and reached_on.first_day <= day:
            return stage
    return Stage.EXPECTED if introduced_on or enacted_on or lapsed_on else Stage.UNDATED
