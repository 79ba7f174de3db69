"""Disputes: somebody says that what the page of an ask says is wrong. The page shows that until it is settled."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.rules import checks
from tracker.rules.dates import PartialDate, check_not_future
from tracker.rules.errors import Problem
from tracker.rules.replies import one_month_after
from tracker.rules.text import SENTENCE_LENGTH

DEFAMATION = timedelta(hours=48)
# What the log calls the end of a dispute, whose outcome everybody reads. An older "ended …" has an internal reason.
SETTLED = "settled the dispute about"


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
    """The day by which to answer: a month later, or after 48 hours what is said to be defamatory.

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
