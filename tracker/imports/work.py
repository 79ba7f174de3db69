"""An import under way, and what its rows name."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from tracker.exports.tables import TABLES
from tracker.imports.plan import Plan
from tracker.imports.rows import Line
from tracker.models import Ask, Legislation
from tracker.rules.errors import Problem, RuleBroken
from tracker.services.change import Change

# What the rules call a field, where its column is called something else.
COLUMN_OF = {
    "slug": "ask_slug",
    "becomes_id": "becomes",
    "corrects_id": "corrects",
    "superseded_by_id": "superseded_by",
    "source_id": "source_title",
    "change_reason": "",
    "reason_for_log": "",
}


@dataclass
class Work:
    """An import under way.

    `refused` are the rows that the rules refuse, with their table; what names one of these is not called faulty for
    that. `becoming` are bills that become a law of the same file, perhaps of a later row.
    """

    change: Change
    plan: Plan
    reason: str = ""
    refused: set[tuple[str, ...]] = field(default_factory=set)
    becoming: list[tuple[Line, Legislation, str]] = field(default_factory=list)

    def refuse(self, table: str, line: Line, problems: Iterable[Problem]) -> None:
        """Say what the rules refuse, each in its column."""
        for problem in problems:
            name = problem.field or ""
            column = TABLES[table].key[-1] if name == "key" else COLUMN_OF.get(name, name)
            self.plan.refuse(line, column, problem.message)
        self.refused.add((table, *line.key))

    def find_ask(self, slug: str) -> Ask | None:
        """Return the ask with this short name."""
        return self.change.session.scalar(sa.select(Ask).where(Ask.slug == slug))

    def find_law(self, key: str) -> Legislation | None:
        """Return the law with this key."""
        return self.change.session.scalar(sa.select(Legislation).where(Legislation.key == key))

    def ask_of(self, line: Line) -> Ask:
        """Return the ask of a row; raises RuleBroken when there is none."""
        if ask := self.find_ask(line.cells["ask_slug"]):
            return ask
        raise self.unknown(
            "asks",
            line.cells["ask_slug"],
            "ask_slug",
            "The short name of an ask that is entered, or that asks.csv adds.",
        )

    def unknown(self, table: str, key: str, column: str, expected: str) -> RuleBroken:
        """Return the error that a row names what is not there; its own row says why, where that was refused."""
        return RuleBroken([] if (table, key) in self.refused else [Problem(expected, column)])
