"""What a folder says of the past that only the log holds: wordings, disputes that ended, words that were taken down."""

from collections import defaultdict
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


class Past:
    """The steps of each ask's wording by their number, disputes and takings-down; the plan is told of faulty rows."""

    def __init__(self, made: Builder) -> None:
        self.made, self.plan = made, made.plan
        self.wordings: dict[int, dict[int, Values]] = defaultdict(dict)
        for line in made.lines["wordings"]:
            self._take_step(line)
        self.disputes = [self._dispute(line) for line in made.lines["disputes"]]
        self.takedowns = [self._ended(line, "taken_down_at", "reason") for line in made.lines["takedowns"]]

    def log(self) -> None:
        """Log the disputes and the takings-down, in the order of the files; the public reads both from the log."""
        for it in self.disputes:
            before = {"disputed_on": it["since"], "disputed_about": it["about"]}
            about, after = subject_of(self.made.rows["asks"][it["ask_id"]]), {"happened_at": it["ended_at"]}
            record(self.made.change, IMPORTED_END, about, before=before, after=after, reason=it["outcome"])
        for it in self.takedowns:
            after = {"places": it["places"] or 0, "happened_at": it["taken_down_at"]}
            record(self.made.change, IMPORTED_TAKING, PUBLIC_TEXTS, after=after, reason=it["reason"])

    def _take_step(self, line: Line) -> None:
        values = whole_row(line, self.plan)
        if values["field"] not in (*WORDING, *TEST_WORDING):
            self.plan.refuse(line, "field", f"One of: {', '.join((*WORDING, *TEST_WORDING))}.")
        self.plan.refuse_all(line, checks.at_most(values["reason"] or "", SENTENCE_LENGTH, "reason"))
        step = {column: values[column] or "" for column in ("changed_at", "what", "reason")} | {"texts": []}
        of_step = self.wordings[self.made.find_all(line)["ask_id"]].setdefault(values["step"], step)
        of_step["texts"].append([values[column] or "" for column in ("field", "before", "after")])

    def _dispute(self, line: Line) -> Values:
        values = self._ended(line, "ended_at", "outcome")
        problems = check_dispute(DisputeDraft(values["since"], values["about"] or ""), self.made.change.today)
        for problem in problems:
            self.plan.refuse(line, "since" if problem.field == "disputed_on" else "about", problem.message)
        return values | self.made.find_all(line)

    def _ended(self, line: Line, moment: str, reason: str) -> Values:
        """Return the values of what ended then, with what the log keeps as a reason."""
        values = whole_row(line, self.plan)
        if values[moment] and values[moment] > self.made.change.at:
            self.plan.refuse(line, moment, "A moment in the past.")
        self.plan.refuse_all(line, checks.at_most(values[reason] or "", SENTENCE_LENGTH, reason))
        return values
