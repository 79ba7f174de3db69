"""What an entry of a public story must carry."""

from dataclasses import replace
from datetime import date

import pytest

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
EVIDENCE = EvidenceDraft("https://www.gov.uk/report", "The report", EvidenceType.OFFICIAL_RECORD)
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


@pytest.mark.parametrize("draft", [*COMPLETE, LOOKED], ids=lambda draft: f"{draft.kind}: {draft.text}")
def test_a_complete_entry_may_be_published(draft: UpdateDraft) -> None:
    assert [each.kind for each in COMPLETE] == list(UpdateKind)
    assert check_publishable(draft, TODAY) == []
    assert check_draft(draft) == []


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        pytest.param(replace(STATUS, text=""), ["text"], id="no text"),
        pytest.param(replace(STATUS, status=None), ["status"], id="a change of status without the status"),
        pytest.param(replace(STATUS, reason=""), ["reason"], id="a status without its reason"),
        pytest.param(replace(STATUS, kind=UpdateKind.MILESTONE), ["status"], id="a milestone that sets a status"),
        pytest.param(replace(STATUS, kind=UpdateKind.REDEFINITION), ["status"], id="a redefinition that sets a status"),
        pytest.param(replace(STATUS, kind=UpdateKind.REVIEW), ["status"], id="a review that sets a status"),
        pytest.param(replace(TEST, kind=UpdateKind.REVIEW), ["results"], id="a review that sets a result"),
        pytest.param(replace(TEST, kind=UpdateKind.REDEFINITION), ["results"], id="a redefinition that sets a result"),
        pytest.param(replace(STATUS, evidence=()), ["evidence"], id="a status without evidence"),
        pytest.param(
            replace(STATUS, status=None, reason="", evidence=()), ["status", "evidence"], id="two faults told at once"
        ),
        pytest.param(replace(TEST, results=()), ["results"], id="a test's change without a result"),
        pytest.param(replace(TEST, evidence=()), ["evidence"], id="a result without evidence"),
        pytest.param(
            replace(TEST, results=(*RESULTS, (2, Result.UNKNOWN)), evidence=()), ["evidence"], id="met and unknown"
        ),
        pytest.param(
            replace(LOOKED, happened_on=PartialDate("2020-07")), ["happened_on"], id="nothing found, on no certain day"
        ),
        pytest.param(replace(MILESTONE, evidence=()), ["evidence"], id="a milestone without evidence"),
        pytest.param(replace(CORRECTION, corrects_id=None), ["corrects_id"], id="a correction of nothing"),
        pytest.param(
            replace(CORRECTION, status=Status.MET, reason="So it is."), ["evidence"], id="a correction without evidence"
        ),
        pytest.param(
            replace(CORRECTION, status=Status.MET, evidence=(EVIDENCE,)), ["reason"], id="a correction without a reason"
        ),
        pytest.param(replace(CORRECTION, results=RESULTS), ["evidence"], id="a corrected result without evidence"),
        pytest.param(
            replace(REVIEW, happened_on=PartialDate("2020-07-07")), ["happened_on"], id="a check that is still to come"
        ),
        pytest.param(replace(STATUS, happened_on=PartialDate("2020-08")), ["happened_on"], id="next month"),
        pytest.param(replace(STATUS, happened_on=PartialDate("2021")), ["happened_on"], id="next year"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_field(draft: UpdateDraft, fields: list[str]) -> None:
    assert fields_of(check_publishable(draft, TODAY)) == fields


@pytest.mark.parametrize("text", ["2020", "2020-07", "2020-07-06", "1215"])
def test_what_may_have_happened_by_today_is_accepted(text: str) -> None:
    assert check_publishable(replace(MILESTONE, happened_on=PartialDate(text)), TODAY) == []


@pytest.mark.parametrize(
    "draft",
    [
        replace(STATUS, status=None, reason="", evidence=()),
        replace(TEST, results=(), evidence=()),
        replace(MILESTONE, evidence=(), happened_on=PartialDate("2021")),
    ],
    ids=lambda draft: draft.kind.value,
)
def test_a_draft_may_be_unfinished(draft: UpdateDraft) -> None:
    assert check_draft(draft) == []
    assert check_publishable(draft, TODAY) != []


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        pytest.param(replace(MILESTONE, text=""), ["text"], id="no text"),
        pytest.param(replace(CORRECTION, corrects_id=None), ["corrects_id"], id="a correction of nothing"),
        pytest.param(replace(MILESTONE, searched="GOV.UK"), ["searched"], id="what only a review says"),
        pytest.param(replace(MILESTONE, superseded_by_id=7), ["superseded_by_id"], id="replaced without a status"),
        pytest.param(replace(MILESTONE, evidence=MANY), ["evidence"], id="too many links"),
        pytest.param(
            replace(MILESTONE, evidence=(EVIDENCE, replace(EVIDENCE, url=f"{EVIDENCE.url}/?utm_source=x#part"))),
            ["evidence-1-url"],
            id="one page in two spellings",
        ),
        pytest.param(
            replace(MILESTONE, evidence=(EVIDENCE, replace(EVIDENCE, quote="Other words"))), [], id="other words of it"
        ),
        pytest.param(
            replace(MILESTONE, evidence=(EVIDENCE, replace(EVIDENCE, url="javascript:alert(1)", title=""))),
            ["evidence-1-url", "evidence-1-title"],
            id="the second piece of evidence",
        ),
    ],
)  # fmt: skip
def test_even_a_draft_keeps_to_lengths_and_addresses(draft: UpdateDraft, fields: list[str]) -> None:
    assert fields_of(check_draft(draft)) == fields
    assert fields_of(check_publishable(draft, TODAY)) == fields


def test_texts_keep_to_their_limits() -> None:
    check_limits(check_draft, REVIEW, text=1000, draft_note=4000, searched=400, not_found=400)
    check_limits(check_draft, STATUS, reason=400)
    assert check_draft(replace(MILESTONE, evidence=MANY[:MOST_EVIDENCE])) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"url": ""}, ["e-url"]),
        ({"url": "ftp://example.org/a"}, ["e-url"]),
        ({"url": "http://[evil"}, ["e-url"]),
        ({"archived_url": "data:text/html,x"}, ["e-archived_url"]),
        ({"archived_url": "https://web.archive.org/web/2020/https://www.gov.uk/report"}, []),
        ({"title": ""}, ["e-title"]),
        ({"type": None}, ["e-type"]),
        ({"title": "x" * 201}, ["e-title"]),
        ({"publisher": "x" * 201}, ["e-publisher"]),
        ({"quote": "x" * 300}, []),
        ({"quote": "x" * 301}, ["e-quote"]),
        ({"note": "x" * 601}, ["e-note"]),
        ({"url": "", "title": ""}, ["e-url", "e-title"]),
    ],
)
def test_evidence_is_a_link_with_a_title(change: dict[str, str | None], fields: list[str]) -> None:
    assert fields_of(check_evidence(replace(EVIDENCE, **change), "e")) == fields  # type: ignore[arg-type]


def test_evidence_is_counted_in_words() -> None:
    assert [(type_.counted(1), type_.counted(2)) for type_ in EvidenceType] == [
        ("1 official record", "2 official records"),
        ("1 government claim", "2 government claims"),
        ("1 independent source", "2 independent sources"),
        ("1 piece of our own work", "2 pieces of our own work"),
    ]
