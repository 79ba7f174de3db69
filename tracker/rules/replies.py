"""The right of reply: whom we asked, by when an answer is due, and what came of it."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.rules import checks
from tracker.rules.dates import PartialDate, check_not_future
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, TITLE_LENGTH

ANSWER_LENGTH = 2000


class Outcome(StrEnum):
    """What came of it."""

    WAITING = "waiting"
    ANSWERED = "answered"
    NONE = "none"

    @property
    def label(self) -> str:
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.WAITING: "Not answered yet",
    Outcome.ANSWERED: "Answered",
    Outcome.NONE: "No answer came",
}


@dataclass(frozen=True)
class ReplyDraft:
    """Who was asked to reply about an ask, as typed."""

    asked: str
    asked_on: PartialDate
    due_on: PartialDate | None = None
    outcome: Outcome = Outcome.WAITING
    answer: str = ""
    answered_on: PartialDate | None = None
    internal_note: str = ""


def one_month_after(day: date) -> PartialDate:
    """The same day of the next month, or its last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return PartialDate(date(year, month + 1, min(day.day, last)).isoformat())


def check_reply(draft: ReplyDraft, today: date) -> list[Problem]:
    """Check what was asked and what came of it."""
    problems = checks.required(draft.asked, "asked", "who was asked")
    problems += checks.texts(draft, {"asked": TITLE_LENGTH, "answer": ANSWER_LENGTH, "internal_note": NOTE_LENGTH})
    problems += checks.required(draft.due_on, "due_on", "the day by which an answer is due")
    for name in ("asked_on", "answered_on"):
        given: PartialDate | None = getattr(draft, name)
        if given and (sentence := check_not_future(given, today)):
            problems.append(Problem(sentence, name))
    if draft.outcome is Outcome.ANSWERED:
        problems += checks.required(draft.answer, "answer", "the answer in their words")
        problems += checks.required(draft.answered_on, "answered_on", "the date of the answer")
    elif draft.answer or draft.answered_on:
        problems.append(Problem("There is an answer, so choose “Answered”.", "outcome"))
    if draft.due_on and draft.due_on.last_day < draft.asked_on.first_day:
        problems.append(Problem("The answer cannot be due before the question was asked.", "due_on"))
    if draft.answered_on and draft.answered_on.last_day < draft.asked_on.first_day:
        problems.append(Problem("The answer cannot be older than the question.", "answered_on"))
    return problems


def check_publishable(draft: ReplyDraft) -> list[Problem]:
    """Nobody is shown as silent while the time to answer runs."""
    if draft.outcome is Outcome.WAITING:
        return [Problem("Say first whether an answer came; until then this stays internal.", "outcome")]
    return []
