"""Findings: what an official record says and no person has yet told or dismissed."""

from collections.abc import Mapping
from enum import StrEnum

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
