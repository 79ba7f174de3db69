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


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (DisputeDraft(PartialDate("2026-11-22"), SENTENCE), []),
        (DisputeDraft(None, SENTENCE), ["disputed_on"]),
        (DisputeDraft(PartialDate("2026-11"), SENTENCE), ["disputed_on"]),
        (DisputeDraft(PartialDate("2026-11-23"), SENTENCE), ["disputed_on"]),
        (DisputeDraft(DAY, ""), ["disputed_about"]),
    ],
)
def test_a_dispute_has_a_day_and_a_sentence(draft: DisputeDraft, fields: list[str]) -> None:
    assert fields_of(check_dispute(draft, TODAY)) == fields


def test_texts_keep_to_their_limits() -> None:
    answered = ReplyDraft(**ANSWERED)
    check_limits(lambda draft: check_reply(draft, TODAY), answered, asked=200, answer=2000, internal_note=4000)
    check_limits(lambda draft: check_dispute(draft, TODAY), DisputeDraft(DAY, SENTENCE), disputed_about=400)


def test_nobody_is_shown_as_silent_while_the_time_runs() -> None:
    refused = [bool(check_publishable(ReplyDraft(**values))) for values in (ASKED, ANSWERED, SILENT)]
    assert refused == [True, False, False]


@pytest.mark.parametrize(
    ("day", "is_said_defamatory", "due"),
    [
        ("2026-11-22", False, "2026-12-22"),
        ("2026-12-31", False, "2027-01-31"),
        ("2027-01-31", False, "2027-02-28"),
        ("2028-01-30", False, "2028-02-29"),
        ("2026-12-30", True, "2027-01-01"),
        ("2028-02-28", True, "2028-03-01"),
    ],
)
def test_an_answer_is_due_in_a_month_or_in_48_hours(day: str, is_said_defamatory: bool, due: str) -> None:
    assert DisputeDraft(PartialDate(day), SENTENCE, is_said_defamatory).answer_due_on == PartialDate(due)
    if not is_said_defamatory:
        assert one_month_after(date.fromisoformat(day)) == PartialDate(due)


def test_where_nothing_is_disputed_no_answer_is_due() -> None:
    assert DisputeDraft().answer_due_on is None
