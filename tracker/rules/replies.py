"""The right of reply, and disputes.

Whom we asked, by when an answer is due, and what came of it. Somebody may say that what the page of an ask says is
wrong: the page shows that until it is settled.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.rules import checks
from tracker.rules.dates import PartialDate, check_not_future
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH, Choice

ANSWER_LENGTH = 2000
DEFAMATION = timedelta(hours=48)
# What the log calls the end of a dispute, whose outcome everybody reads. An older "ended …" has an internal reason.
SETTLED = "settled the dispute about"


class Outcome(Choice):
    """What came of it."""

    WAITING = "waiting", "Not answered yet"
    ANSWERED = "answered"
    NONE = "none", "No answer came"


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
    """Return the same day of the next month, or its last day where it has fewer."""
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
    """Refuse to show somebody as silent while the time to answer runs."""
    if draft.outcome is Outcome.WAITING:
        return [Problem("Say first whether an answer came; until then this stays internal.", "outcome")]
    return []


@dataclass(frozen=True)
class DisputeDraft:
    """Since which day what is disputed, as typed; without a day nothing is.

    `is_said_defamatory` is internal, and so is the day on which an answer is due: it follows from the others.
    """

    disputed_on: PartialDate | None = None
    disputed_about: str = ""
    is_said_defamatory: bool = False
    answer_due_on: PartialDate | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer_due_on", answer_due(self.disputed_on, self.is_said_defamatory))


def answer_due(disputed_on: PartialDate | None, is_said_defamatory: bool = False) -> PartialDate | None:
    """Return the day by which to answer: a month later, or after 48 hours what is said to be defamatory.

    The public is told the month in either case.
    """
    if disputed_on is None:
        return None
    if is_said_defamatory:
        return PartialDate((disputed_on.last_day + DEFAMATION).isoformat())
    return one_month_after(disputed_on.last_day)


def check_dispute(draft: DisputeDraft, today: date) -> list[Problem]:
    """Check what is disputed, and since when."""
    problems = checks.required(draft.disputed_on, "disputed_on", "the day on which you were told")
    if draft.disputed_on:
        if draft.disputed_on.precision != "day":
            problems.append(Problem("Give the day: the time to answer is counted from it.", "disputed_on"))
        elif sentence := check_not_future(draft.disputed_on, today):
            problems.append(Problem(sentence, "disputed_on"))
    problems += checks.required(draft.disputed_about, "disputed_about", "what is disputed, in one sentence")
    return problems + checks.at_most(draft.disputed_about, SENTENCE_LENGTH, "disputed_about")
