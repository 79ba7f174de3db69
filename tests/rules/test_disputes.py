"""Disputes: what a mark of one must say, and by when to answer."""

from datetime import date

import pytest

from tracker.rules.dates import PartialDate
from tracker.rules.replies import DisputeDraft, answer_due, check_dispute

TODAY = date(2026, 11, 22)
DAY = PartialDate("2026-11-03")
SENTENCE = "Whether the register was refused."


@pytest.mark.parametrize(
    ("disputed_on", "is_said_defamatory", "due"),
    [
        ("2026-11-03", False, "2026-12-03"),
        ("2026-12-31", False, "2027-01-31"),
        ("2027-01-31", False, "2027-02-28"),
        ("2026-11-03", True, "2026-11-05"),
        ("2026-12-30", True, "2027-01-01"),
        ("2028-02-28", True, "2028-03-01"),
    ],
)
def test_an_answer_is_due_in_a_month_or_in_48_hours(disputed_on: str, is_said_defamatory: bool, due: str) -> None:
    assert answer_due(PartialDate(disputed_on), is_said_defamatory) == PartialDate(due)
    draft = DisputeDraft(PartialDate(disputed_on), SENTENCE, is_said_defamatory)
    assert draft.answer_due_on == PartialDate(due)


def test_where_nothing_is_disputed_no_answer_is_due() -> None:
    assert DisputeDraft().answer_due_on is None


@pytest.mark.parametrize("draft", [DisputeDraft(DAY, SENTENCE), DisputeDraft(PartialDate("2026-11-22"), "x" * 300)])
def test_these_are_accepted(draft: DisputeDraft) -> None:
    assert check_dispute(draft, TODAY) == []


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (DisputeDraft(None, SENTENCE), "disputed_on"),
        (DisputeDraft(PartialDate("2026-11"), SENTENCE), "disputed_on"),
        (DisputeDraft(PartialDate("2026-11-23"), SENTENCE), "disputed_on"),
        (DisputeDraft(DAY, ""), "disputed_about"),
        (DisputeDraft(DAY, "x" * 401), "disputed_about"),
    ],
)
def test_these_are_refused(draft: DisputeDraft, field: str) -> None:
    assert [problem.field for problem in check_dispute(draft, TODAY)] == [field]
