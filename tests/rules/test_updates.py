"""What an entry of a public story must carry."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.rules.problems import check_limits, fields_of
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import (
    MOST_EVIDENCE,
    EvidenceDraft,
    EvidenceType,
    Result,
    UpdateDraft,
    UpdateKind,
    check_draft,
    check_evidence,
    check_publishable,
)

TODAY = date(2020, 7, 6)
ON = PartialDate("2020-07-06")
PAGE = "https://www.gov.uk/report"
EVIDENCE = EvidenceDraft(PAGE, "The report", EvidenceType.OFFICIAL_RECORD)
OTHER_SPELLING = replace(EVIDENCE, url=f"{PAGE}/?utm_source=x#part")
NO_LINK = EvidenceDraft("", "", None)
MANY = tuple(replace(EVIDENCE, quote=str(number)) for number in range(MOST_EVIDENCE + 1))
SAID = "The minister told the House."
RESULTS = ((1, Result.MET),)

STATUS = UpdateDraft(UpdateKind.STATUS, ON, SAID, Status.ANNOUNCED, "A minister said so.", evidence=(EVIDENCE,))
TEST = UpdateDraft(UpdateKind.TEST, ON, SAID, results=RESULTS, evidence=(EVIDENCE,))
MILESTONE = UpdateDraft(UpdateKind.MILESTONE, ON, SAID, evidence=(EVIDENCE,))
CORRECTION = UpdateDraft(UpdateKind.CORRECTION, ON, SAID, corrects_id=7)
REDEFINITION = UpdateDraft(UpdateKind.REDEFINITION, ON, SAID)
REVIEW = UpdateDraft(UpdateKind.REVIEW, ON, SAID)
LOOKED = UpdateDraft(UpdateKind.TEST, ON, "We searched and found nothing.", results=((1, Result.UNKNOWN),))
COMPLETE = [STATUS, TEST, MILESTONE, CORRECTION, REDEFINITION, REVIEW]


Changes = list[tuple[UpdateDraft, dict[str, Any], list[str]]]
UNFINISHED: Changes = [
    (STATUS, {"reason": ""}, ["reason"]),
    (STATUS, {"status": None, "reason": "", "evidence": ()}, ["status", "evidence"]),
    *((STATUS, {"kind": kind}, ["status"]) for kind in UpdateKind if kind not in {"status", "test", "correction"}),
    (TEST, {"kind": UpdateKind.REVIEW}, ["results"]),
    (TEST, {"kind": UpdateKind.REDEFINITION}, ["results"]),
    (TEST, {"results": ()}, ["results"]),
    (TEST, {"evidence": ()}, ["evidence"]),
    (TEST, {"results": (*RESULTS, (2, Result.UNKNOWN)), "evidence": ()}, ["evidence"]),
    (LOOKED, {"happened_on": PartialDate("2020-07")}, ["happened_on"]),
    (MILESTONE, {"evidence": ()}, ["evidence"]),
    (MILESTONE, {"happened_on": PartialDate("2020-07")}, []),
    (MILESTONE, {"happened_on": PartialDate("2020-08")}, ["happened_on"]),
    (REVIEW, {"happened_on": PartialDate("2020-07-07")}, ["happened_on"]),
    (REVIEW, {"sources_end_on": PartialDate("2020-08")}, ["sources_end_on"]),
    (CORRECTION, {"status": Status.MET}, ["reason", "evidence"]),
    (CORRECTION, {"results": RESULTS}, ["evidence"]),
]
UNFIT: Changes = [
    (MILESTONE, {"text": ""}, ["text"]),
    (CORRECTION, {"corrects_id": None}, ["corrects_id"]),
    (MILESTONE, {"searched": "GOV.UK"}, ["searched"]),
    (MILESTONE, {"superseded_by_id": 7}, ["superseded_by_id"]),
    (MILESTONE, {"evidence": MANY}, ["evidence"]),
    (MILESTONE, {"evidence": MANY[:MOST_EVIDENCE]}, []),
    (MILESTONE, {"evidence": (EVIDENCE, OTHER_SPELLING)}, ["evidence-1-url"]),
    (MILESTONE, {"evidence": (EVIDENCE, NO_LINK)}, ["evidence-1-url", "evidence-1-title", "evidence-1-type"]),
]


def test_a_complete_entry_may_be_published_and_of_another_what_is_missing_is_named_with_its_field() -> None:
    assert [each.kind for each in COMPLETE] == list(UpdateKind)
    for draft in (*COMPLETE, LOOKED):
        for happened_on in ("2020-07-06", "1215-06-15"):
            assert check_publishable(replace(draft, happened_on=PartialDate(happened_on)), TODAY) == []
    for draft, change, fields in UNFINISHED:
        unfinished = replace(draft, **change)
        assert fields_of(check_publishable(unfinished, TODAY)) == fields
        assert check_draft(unfinished) == []


def test_even_a_draft_keeps_to_what_fits() -> None:
    for draft, change, fields in UNFIT:
        for problems in (check_draft(replace(draft, **change)), check_publishable(replace(draft, **change), TODAY)):
            assert fields_of(problems) == fields
    check_limits(check_draft, REVIEW, text=1000, draft_note=4000, searched=400, not_found=400)
    check_limits(check_draft, STATUS, reason=400)


def test_evidence_is_a_link_with_a_title_and_is_counted_in_words() -> None:
    wrong = replace(EVIDENCE, url="ftp://example.org/a", archived_url="data:text/html,x")
    assert fields_of(check_evidence(wrong, "e")) == ["e-url", "e-archived_url"]
    assert fields_of(check_evidence(NO_LINK, "e")) == ["e-url", "e-title", "e-type"]
    archived = replace(EVIDENCE, archived_url=f"https://web.archive.org/web/2020/{PAGE}")
    assert check_evidence(archived, "e") == []
    check_limits(lambda draft: check_evidence(draft, "e"), EVIDENCE, title=200, publisher=200, quote=300, note=600)
    assert [(type_.counted(1), type_.counted(2)) for type_ in EvidenceType] == [
        ("1 official record", "2 official records"),
        ("1 government claim", "2 government claims"),
        ("1 independent source", "2 independent sources"),
        ("1 piece of our own work", "2 pieces of our own work"),
    ]
