"""The right of reply: what an entry of it must carry, and when an answer is due."""

from datetime import date
from typing import Any

import pytest

from tracker.rules.dates import PartialDate
from tracker.rules.replies import Outcome, ReplyDraft, check_publishable, check_reply, one_month_after

TODAY = date(2026, 11, 22)
DAY = PartialDate("2026-10-01")
ASKED: dict[str, Any] = {"asked": "The Treasury", "asked_on": DAY, "due_on": PartialDate("2026-11-01")}
ANSWERED = ASKED | {"outcome": Outcome.ANSWERED, "answer": "Soon.", "answered_on": PartialDate("2026-10-20")}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-11-22", "2026-12-22"),
        ("2026-12-31", "2027-01-31"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
    ],
)
def test_an_answer_is_due_in_a_month(day: str, due: str) -> None:
    assert one_month_after(date.fromisoformat(day)) == PartialDate(due)


@pytest.mark.parametrize("values", [ASKED, ANSWERED, ASKED | {"outcome": Outcome.NONE}])
def test_these_are_accepted(values: dict[str, Any]) -> None:
    assert check_reply(ReplyDraft(**values), TODAY) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ASKED | {"asked": ""}, "asked"),
        (ASKED | {"due_on": None}, "due_on"),
        (ASKED | {"due_on": PartialDate("2026-09-30")}, "due_on"),
        (ASKED | {"asked_on": PartialDate("2026-11-23")}, "asked_on"),
        (ASKED | {"answer": "Soon."}, "outcome"),
        (ASKED | {"outcome": Outcome.NONE, "answered_on": DAY}, "outcome"),
        (ANSWERED | {"answer": ""}, "answer"),
        (ANSWERED | {"answered_on": None}, "answered_on"),
        (ANSWERED | {"answered_on": PartialDate("2026-09")}, "answered_on"),
        (ANSWERED | {"answer": "x" * 2001}, "answer"),
    ],
)
def test_these_are_refused(values: dict[str, Any], field: str) -> None:
    assert field in {problem.field for problem in check_reply(ReplyDraft(**values), TODAY)}


def test_nobody_is_shown_as_silent_while_the_time_runs() -> None:
    assert check_publishable(ReplyDraft(**ASKED))
    assert not check_publishable(ReplyDraft(**ANSWERED))
    assert not check_publishable(ReplyDraft(**ASKED | {"outcome": Outcome.NONE}))
