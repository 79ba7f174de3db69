"""Rows of laws, asks, tests and links: new ones come in as drafts, known ones are edited by the services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.exports.laws import LINKS
from tracker.imports.cells import DRAFTS, NAMES_SOURCE, typed
from tracker.imports.compare import Found, Values
from tracker.imports.files import Line
from tracker.imports.plan import Plan
from tracker.models import Ask, Legislation, Link, Source, SuccessTest
from tracker.rules.asks import AWAY, AskDraft, TestDraft
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.legislation import LegislationDraft, LinkDraft, normalised
from tracker.rules.pages import spellings
from tracker.rules.text import showable
from tracker.services import asks, legislation, tests
from tracker.services.change import Change
from tracker.services.records import draft_of

PROVISIONS = next(column for column in LINKS.columns if column.name == "provisions")
# The tables in the order in which they come in, each with its model and what is loaded with a record.
RECORDS: Mapping[str, tuple[Any, list[Any]]] = {
    "legislation": (Legislation, []),
    "asks": (Ask, []),
    "tests": (SuccessTest, [joinedload(SuccessTest.ask)]),
    "links": (Link, [joinedload(Link.legislation)]),
}
# The column by which a row names another one of its table, perhaps one that stands further down.
NAMES_ITS_LIKE = {"legislation": "becomes", "asks": "same_as"}
# What a cell names, by its column: in which table that is, by what it is found, and what is expected.
NAMED: Mapping[str, tuple[str, Any, str]] = {
    "ask_slug": ("asks", Ask.slug, "The short name of an ask that is entered, or that asks.csv adds."),
    "law_key": ("legislation", Legislation.key, "The key of a law that is entered, or that legislation.csv adds."),
    "becomes": ("legislation", Legislation.key, "The law_key of a law."),
    "same_as": ("asks", Ask.slug, "The ask_slug of another ask."),
    "superseded_by": ("asks", Ask.slug, "The short name of another ask."),
}


@dataclass
class Import:
    """An import under way, and what its rows name.

    `refused` are the rows that the rules refuse, with their table; what names one of these is not called faulty for
    that. `later` are records with the key of another one of their table, which is named when the table is in.
    """

    change: Change
    plan: Plan
    reason: str = ""
    refused: set[tuple[str, ...]] = field(default_factory=set)
    later: list[tuple[Line, Any, str]] = field(default_factory=list)

    def refuse(self, line: Line, problems: Iterable[Problem]) -> None:
        """Say what the rules refuse of a row, each in its column."""
        self.plan.refuse_all(line, problems)
        self.refused.add((line.table.name, *line.key))

    def look_up(self, column: str, key: str) -> Any:
        """Return the record that a cell names; None when there is none."""
        table, of_key, _ = NAMED[column]
        return self.change.session.scalar(sa.select(RECORDS[table][0]).where(of_key == key))

    def find(self, column: str, key: str) -> Any:
        """Return the record that a cell names; raises RuleBroken, without a word where its own row says why."""
        if record := self.look_up(column, key):
            return record
        table, _, expected = NAMED[column]
        raise RuleBroken([] if (table, key) in self.refused else [Problem(expected, column)])

    def bring(self, name: str, found: Found) -> None:
        """Enter or edit the record of a row and tell the plan."""
        line, values = found.line, dict(found.values)
        column = NAMES_ITS_LIKE.get(name, "")
        key = values.pop(column, None)
        try:
            if found.row is None:
                record = _create(self, name, line, values)
                if key:
                    self.later.append((line, record, key))
                self.plan.add(name, line.label, found.differences)
                return
            model, loaded = RECORDS[name]
            record = self.change.session.get_one(model, found.row.id, options=loaded)
            other = self.look_up(column, key) if key else None
            is_other = key is not None and not (other and other.id == getattr(record, f"{column}_id"))
            if is_other:
                self.later.append((line, record, key))
            draft = replace(draft_of(DRAFTS[name], record), **values)
            if _edit(self.change, record, draft, self.reason) or is_other:
                self.plan.change(name, line.label, found.differences)
            else:
                self.plan.leave(name)
        except RuleBroken as broken:
            self.refuse(line, broken.problems)

    def finish_table(self) -> None:
        """Let rows name others of their table, which are all in now."""
        for line, record, key in self.later:
            name = line.table.name
            column = NAMES_ITS_LIKE[name]
            try:
                other = self.find(column, key) if key else None
                draft = replace(draft_of(DRAFTS[name], record), **{f"{column}_id": other.id if other else None})
                _edit(self.change, record, draft)
            except RuleBroken as broken:
                self.refuse(line, broken.problems)
        self.later.clear()


def _create(work: Import, name: str, line: Line, values: Values) -> Any:
    """Enter a new record; raises RuleBroken."""
    change, cells = work.change, line.cells
    match name:
        case "legislation":
            law = LegislationDraft(key=cells["law_key"], **values)
            if (key := normalised(law).key) != law.key:
                raise RuleBroken([Problem(f"{key}, by the kind, the year and the number.", "key")])
            return legislation.create_legislation(change, law)
        case "asks":
            return asks.create_ask(change, AskDraft(cells["ask_slug"], source_id=_find_source(change, line), **values))
        case "tests":
            ask = work.find("ask_slug", cells["ask_slug"])
            return tests.add_tests(change, ask, [TestDraft(cells["test_key"], **values)], work.reason)
    ids = work.find("ask_slug", cells["ask_slug"]).id, work.find("law_key", cells["law_key"]).id
    try:
        provisions = str(typed(PROVISIONS, cells["provisions"]))
    except ValueError as error:
        raise RuleBroken([Problem(str(error), "provisions")]) from None
    extent = tuple(filter(None, (part.strip() for part in cells["extent"].split("; "))))
    return legislation.create_link(change, LinkDraft(*ids, provisions=provisions, extent=extent, **values))


def _edit(change: Change, record: Any, draft: Any, reason: str = "") -> bool:
    """Edit a record; returns True if anything changed, raises RuleBroken."""
    match record:
        case Legislation():
            return legislation.edit_legislation(change, record, draft, None)
        case Ask():
            return asks.edit_ask(change, record, draft, seen_version=None, reason=reason)
        case SuccessTest():
            return tests.edit_test(change, record.ask, record, draft, seen_version=None, reason=reason)
    return legislation.edit_link(change, record, draft, None)


def _find_source(change: Change, line: Line) -> int:
    """Return the number of the source that a new ask names."""
    title, url, key = (showable(line.cells.get(name, "")) for name in NAMES_SOURCE)
    known = sa.select(Source.id).where(Source.publication.not_in(AWAY))
    found = change.session.scalars(known.where(Source.key == key)).all() if key else []
    if not found:
        of_title = known.where(Source.title == title)
        found = change.session.scalars(of_title.where(Source.url.in_(spellings(url))) if url else of_title).all()
    if len(found) == 1:
        return found[0]
    expected = "The title of a source that was entered (Sources, New source)."
    if found:
        expected = "The title that several sources have; give source_url too."
    raise RuleBroken([Problem(expected, "source_id")])
