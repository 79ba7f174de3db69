"""The right of reply, disputes, and words that are taken down.

Whom we asked, by when an answer is due, and what came of it. Somebody may say that what the page of an ask says is
wrong: the page shows that until it is settled. Of words that have to go: where they stand, and what stands there then.
"""

import calendar
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast
from urllib.parse import unquote

from tracker.rules import checks
from tracker.rules.checks import MARK, SHORTEST
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH, Choice, fold, spelt_out

ANSWER_LENGTH = 2000
DEFAMATION = timedelta(hours=48)
# What the log calls the end of a dispute, whose outcome everybody reads. An older "ended …" has an internal reason.
SETTLED = "settled the dispute about"
# And where that came with a whole tracker, as words did that were taken down elsewhere.
IMPORTED_END, IMPORTED_TAKING = "imported the end of the dispute about", "imported a taking down"
# An address that spells the words goes as a whole; what stands in its place leads to this page of ours.
CORRECTIONS = "/corrections#taken-down"
MOST_PLACES = 100
AROUND = 60
# A text that was cut short ends with "…"; so many of the words at most can stand before it.
MOST_BEFORE_CUT = 60
ADDRESSES = ("url", "archived_url")
ALIKE = {letter: f"[{letters}]" for letters in ("'’", '"“”', "‐‑–—-") for letter in letters}
Value = TypeVar("Value")


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
    problems += checks.not_future(draft.asked_on, today, "asked_on")
    problems += checks.not_future(draft.answered_on, today, "answered_on")
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
    if draft.disputed_on and draft.disputed_on.precision != "day":
        problems.append(Problem("Give the day: the time to answer is counted from it.", "disputed_on"))
    else:
        problems += checks.not_future(draft.disputed_on, today, "disputed_on")
    problems += checks.required(draft.disputed_about, "disputed_about", "what is disputed, in one sentence")
    return problems + checks.at_most(draft.disputed_about, SENTENCE_LENGTH, "disputed_about")


def happened_at(at: datetime, after: Mapping[str, Any] | None) -> datetime:
    """Return when that happened of which an entry of the log tells, here or in the tracker from which it came."""
    elsewhere = (after or {}).get("happened_at")
    return datetime.fromisoformat(elsewhere).astimezone(UTC) if elsewhere else at


class WordsSought:
    """Words to be taken down, in small or capital letters, across line ends, with any kind of quotes and hyphens.

    Their beginning, two words or more, goes too where a text was cut short behind it. `spelt` gathers how they were
    spelt where they were taken out, and `is_found` says if it was the whole of them somewhere. `needle` are letters and
    digits that stand wherever they do, for SQL to look for; an address that spells them leads to our `site` then.
    """

    def __init__(self, text: str, site: str) -> None:
        self.site = site
        parts = ["".join(ALIKE.get(letter, re.escape(letter)) for letter in word) for word in text.split()]
        most = min(len(parts) - 1, MOST_BEFORE_CUT)
        beginnings = [r"\s+".join(parts[:number]) + "(?=…)" for number in range(most, 1, -1)]
        self.pattern = re.compile("|".join([r"\s+".join(parts), *beginnings]), re.IGNORECASE)
        runs = re.findall(r"[a-z0-9]+", " ".join(text.split()[:2]).lower(), re.ASCII)
        self.needle = max(runs, key=len, default="")
        is_latin = all(map(str.isascii, filter(str.isalnum, fold(text))))
        self.slug = spelt_out(text).strip("-") if is_latin else ""
        self.spelt: set[str] = set()
        self.length, self.is_found = len(parts), False

    def taken_from(self, value: Value, kept: Collection[str] = (), name: str = "") -> Value:
        """Return a value of a record or of the log with the mark in place of the words; what `kept` names stays."""
        new: Any = value
        match value:
            case _ if name in kept:
                pass
            case str() if name in ADDRESSES:
                if self.slug and f"-{self.slug}-" in f"-{spelt_out(unquote(value))}-":
                    self.spelt.add(value)
                    self.is_found = True
                    new = f"{self.site}{CORRECTIONS}"
            case str():
                spelt = set(self.pattern.findall(value))
                self.spelt |= spelt
                self.is_found |= any(len(it.split()) == self.length for it in spelt)
                new = self.pattern.sub(MARK, value)
            case list():
                new = [self.taken_from(part, kept, name) for part in value]
            case dict():
                new = {key: self.taken_from(part, kept, key) for key, part in value.items()}
        return cast(Value, new)

    def check(self, text: str, reason: str) -> list[Problem]:
        """Check the words, as typed, and the sentence that says in public why they go."""
        problems = checks.at_most(text, NOTE_LENGTH, "words") + checks.at_most(reason, SENTENCE_LENGTH, "reason")
        problems += checks.required(reason, "reason", "the reason, which everybody reads")
        if sum(map(str.isalnum, text)) < SHORTEST:
            problems.append(Problem(f"Give at least {SHORTEST} letters or digits.", "words"))
        elif self.pattern.search(MARK):
            problems.append(Problem("These words are part of the mark that stands for words taken down.", "words"))
        elif self.pattern.search(reason):
            problems.append(Problem("The reason stays, so it must not repeat the words.", "reason"))
        return problems


def excerpt(text: str) -> str:
    """Return the part of a text around the first mark in it."""
    start, end = max(text.find(MARK) - AROUND, 0), text.find(MARK) + len(MARK) + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
