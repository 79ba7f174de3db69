"""The right of reply and disputes: what an entry of them must carry, and when an answer is due."""

from datetime import date
from typing import Any

import pytest

from tests.rules.problems import check_limits, fields_of
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import (
    DisputeDraft,
    Outcome,
    ReplyDraft,
    check_dispute,
    check_publishable,
    check_reply,
    one_month_after,
)

TODAY = date(2026, 11, 22)
DAY = PartialDate("2026-10-01")
SENTENCE = "Whether the register was refused."
ASKED: dict[str, Any] = {"asked": "The Treasury", "asked_on": DAY, "due_on": PartialDate("2026-11-01")}
ANSWERED = ASKED | {"outcome": Outcome.ANSWERED, "answer": "Soon.", "answered_on": PartialDate("2026-10-20")}
SILENT = ASKED | {"outcome": Outcome.NONE}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (ASKED, []),
        (ANSWERED, []),
        (SILENT, []),
        (ASKED | {"asked": ""}, ["asked"]),
        (ASKED | {"due_on": None}, ["due_on"]),
        (ASKED | {"due_on": PartialDate("2026-09-30")}, ["due_on"]),
        (ASKED | {"asked_on": PartialDate("2026-11-23")}, ["asked_on", "due_on"]),
        (ASKED | {"answer": "Soon."}, ["outcome"]),
        (SILENT | {"answered_on": DAY}, ["outcome"]),
        (ANSWERED | {"answer": ""}, ["answer"]),
        (ANSWERED | {"answered_on": None}, ["answered_on"]),
        (ANSWERED | {"answered_on": PartialDate("2026-09")}, ["answered_on"]),
    ],
)
def test_what_came_of_a_question_fits_together(values: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(check_reply(ReplyDraft(**values), TODAY)) == fields


def test_a_dispute_has_a_day_and_a_sentence() -> None:
    assert check_dispute(DisputeDraft(PartialDate("2026-11-22"), SENTENCE), TODAY) == []
    for day in (None, PartialDate("2026-11"), PartialDate("2026-11-23")):
        assert fields_of(check_dispute(DisputeDraft(day, SENTENCE), TODAY)) == ["disputed_on"]
    assert fields_of(check_dispute(DisputeDraft(DAY, ""), TODAY)) == ["disputed_about"]


def test_texts_keep_to_their_limits() -> None:
    answered = ReplyDraft(**ANSWERED)
    check_limits(lambda draft: check_reply(draft, TODAY), answered, asked=200, answer=2000, internal_note=4000)
    check_limits(lambda draft: check_dispute(draft, TODAY), DisputeDraft(DAY, SENTENCE), disputed_about=400)


def test_nobody_is_shown_as_silent_while_the_time_runs() -> None:
    refused = [bool(check_publishable(ReplyDraft(**values))) for values in (ASKED, ANSWERED, SILENT)]
    assert refused == [True, False, False]


def test_an_answer_is_due_in_a_month_or_in_48_hours() -> None:
    in_a_month = {"2026-11-22": "2026-12-22", "2026-12-31": "2027-01-31", "2027-01-31": "2027-02-28",
                  "2028-01-30": "2028-02-29"}  # fmt: skip
    for day, due in in_a_month.items():
        assert DisputeDraft(PartialDate(day), SENTENCE).answer_due_on == PartialDate(due)
        assert one_month_after(date.fromisoformat(day)) == PartialDate(due)
    for day, due in {"2026-12-30": "2027-01-01", "2028-02-28": "2028-03-01"}.items():
        dispute = DisputeDraft(PartialDate(day), SENTENCE, is_said_defamatory=True)
        assert dispute.answer_due_on == PartialDate(due)
    assert DisputeDraft().answer_due_on is None
