"""What a folder says of the past that only the log holds: wordings, disputes that ended, words that were taken down."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tracker.imports.building import Builder
from tracker.imports.files import Line
from tracker.imports.folder import whole_row
from tracker.rules import checks
from tracker.rules.disputes import IMPORTED_END, IMPORTED_TAKING, DisputeDraft, check_dispute
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.wording import TEST_WORDING, WORDING
from tracker.services.events import record
from tracker.services.records import subject_of
from tracker.services.taking_down import PUBLIC_TEXTS

Values = dict[str, Any]
# What the rules call a field of a dispute, by its column.
COLUMN_OF = {"disputed_on": "since", "disputed_about": "about"}


@dataclass
class Past:
    """The steps of each ask's wording by their number; the disputes that ended, each with `ask_id`; takings-down."""

    wordings: dict[int, dict[int, Values]] = field(default_factory=lambda: defaultdict(dict))
    disputes: list[Values] = field(default_factory=list)
    takedowns: list[Values] = field(default_factory=list)


def read_past(made: Builder) -> Past:
    """Return what the files of a folder say of the past; the plan is told of faulty rows."""
    past = Past()
    for line in made.lines["wordings"]:
        _read_step(made, line, past.wordings)
    for line in made.lines["disputes"]:
        past.disputes.append(_read_dispute(made, line))
    for line in made.lines["takedowns"]:
        past.takedowns.append(_read_takedown(made, line))
    return past


def _read_step(made: Builder, line: Line, wordings: dict[int, dict[int, Values]]) -> None:
    values = whole_row("wordings", line, made.plan)
    if values["field"] not in (*WORDING, *TEST_WORDING):
        made.plan.refuse(line, "field", f"One of: {', '.join((*WORDING, *TEST_WORDING))}.")
    _check_sentence(made, line, values, "reason")
    step = {column: values[column] or "" for column in ("changed_at", "what", "reason")} | {"texts": []}
    of_step = wordings[made.find_all("wordings", line)["ask_id"]].setdefault(values["step"], step)
    of_step["texts"].append([values[column] or "" for column in ("field", "before", "after")])


def _read_dispute(made: Builder, line: Line) -> Values:
    values = whole_row("disputes", line, made.plan)
    problems = check_dispute(DisputeDraft(values["since"], values["about"] or ""), made.change.today)
    made.plan.refuse_all(line, [problem._replace(field=COLUMN_OF[problem.field or ""]) for problem in problems])
    _check_past(made, line, values, "ended_at")
    _check_sentence(made, line, values, "outcome")
    return values | made.find_all("disputes", line)


def _read_takedown(made: Builder, line: Line) -> Values:
    values = whole_row("takedowns", line, made.plan)
    _check_past(made, line, values, "taken_down_at")
    _check_sentence(made, line, values, "reason")
    return values


def _check_past(made: Builder, line: Line, values: Values, column: str) -> None:
    if values[column] and values[column] > made.change.at:
        made.plan.refuse(line, column, "A moment in the past.")


def _check_sentence(made: Builder, line: Line, values: Values, column: str) -> None:
    """Check what the log keeps as a reason."""
    made.plan.refuse_all(line, checks.at_most(values[column] or "", SENTENCE_LENGTH, column))


def log_past(made: Builder, past: Past) -> None:
    """Log the disputes and the takings-down, in the order of the files; the public reads both from the log."""
    for it in past.disputes:
        before = {"disputed_on": it["since"], "disputed_about": it["about"]}
        about, after = subject_of(made.rows["asks"][it["ask_id"]]), {"happened_at": it["ended_at"]}
        record(made.change, IMPORTED_END, about, before=before, after=after, reason=it["outcome"])
    for it in past.takedowns:
        about, after = PUBLIC_TEXTS, {"places": it["places"] or 0, "happened_at": it["taken_down_at"]}
        record(made.change, IMPORTED_TAKING, about, after=after, reason=it["reason"])
