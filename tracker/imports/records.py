"""Rows of laws, asks, tests and links: new ones come in as drafts, known ones are edited by the services."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.exports.laws import LINKS
from tracker.imports.cells import NAMES_SOURCE, typed
from tracker.imports.compare import Values
from tracker.imports.plan import Plan
from tracker.imports.rows import Line
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


@dataclass
class Import:
    """An import under way, and what its rows name.

    `refused` are the rows that the rules refuse, with their table; what names one of these is not called faulty for
    that. `later` is what waits until the table is in, since its row names another row of it, perhaps of further down.
    """

    change: Change
    plan: Plan
    reason: str = ""
    refused: set[tuple[str, ...]] = field(default_factory=set)
    later: list[tuple[Line, Callable[[], None]]] = field(default_factory=list)

    def refuse(self, line: Line, problems: Iterable[Problem]) -> None:
        """Say what the rules refuse of a row, each in its column."""
        self.plan.refuse_all(line, problems)
        self.refused.add((line.table.name, *line.key))

    def finish_table(self) -> None:
        """Do what waited until all rows of a table were in."""
        for line, step in self.later:
            try:
                step()
            except RuleBroken as broken:
                self.refuse(line, broken.problems)
        self.later.clear()

    def find_ask(self, slug: str) -> Ask | None:
        """Return the ask with this short name."""
        return self.change.session.scalar(sa.select(Ask).where(Ask.slug == slug))

    def find_law(self, key: str) -> Legislation | None:
        """Return the law with this key."""
        return self.change.session.scalar(sa.select(Legislation).where(Legislation.key == key))

    def ask_of(self, line: Line) -> Ask:
        """Return the ask of a row; raises RuleBroken when there is none."""
        slug = line.cells["ask_slug"]
        if ask := self.find_ask(slug):
            return ask
        expected = "The short name of an ask that is entered, or that asks.csv adds."
        raise self.unknown("asks", slug, "ask_slug", expected)

    def unknown(self, table: str, key: str, column: str, expected: str) -> RuleBroken:
        """Return the error that a row names what is not there; its own row says why, where that was refused."""
        return RuleBroken([] if (table, key) in self.refused else [Problem(expected, column)])


class TableImport(Protocol):
    """How rows of a table come in. `values` are the cells that differ, by column; both raise RuleBroken."""

    def create(self, work: Import, line: Line, values: Values) -> None:
        """Enter a new record."""

    def edit(self, work: Import, line: Line, record_id: int, values: Values) -> bool:
        """Edit a record; return True if anything changed."""


class Laws:
    """Rows of legislation. Which law a bill became is said once all laws are in."""

    def create(self, work: Import, line: Line, values: Values) -> None:
        becomes = values.pop("becomes", "")
        draft = _law(LegislationDraft(kind="", title="", key=line.cells["law_key"]), values)
        if (key := normalised(draft).key) != draft.key:
            raise RuleBroken([Problem(f"{key}, by the kind, the year and the number.", "key")])
        law = legislation.create_legislation(work.change, draft)
        if becomes:
            work.later.append((line, partial(_say_what_it_became, work, law, becomes)))

    def edit(self, work: Import, line: Line, record_id: int, values: Values) -> bool:
        law = work.change.session.get_one(Legislation, record_id)
        becomes = values.pop("becomes", None)
        after = work.find_law(becomes) if becomes else None
        is_other = becomes is not None and (not becomes or after is None or after.id != law.becomes_id)
        if is_other:
            work.later.append((line, partial(_say_what_it_became, work, law, becomes)))
        draft = _law(draft_of(LegislationDraft, law), values)
        return legislation.edit_legislation(work.change, law, draft, None) or is_other


def _say_what_it_became(work: Import, law: Legislation, key: str) -> None:
    after = work.find_law(key) if key else None
    if key and after is None:
        raise work.unknown("legislation", key, "becomes", "The law_key of a law.")
    draft = replace(draft_of(LegislationDraft, law), becomes_id=after.id if after else None)
    legislation.edit_legislation(work.change, law, draft, None)


class Asks:
    """Rows of asks: wording and particulars. A new ask names a source that the tracker knows."""

    def create(self, work: Import, line: Line, values: Values) -> None:
        same_as = values.pop("same_as", "")
        draft = AskDraft(slug=line.cells["ask_slug"], source_id=_find_source(work, line), **values)
        ask = asks.create_ask(work.change, draft)
        if same_as:
            work.later.append((line, partial(_say_it_is_the_same, work, ask, same_as)))

    def edit(self, work: Import, line: Line, record_id: int, values: Values) -> bool:
        ask = work.change.session.get_one(Ask, record_id)
        same_as = values.pop("same_as", None)
        if same_as is not None:
            work.later.append((line, partial(_say_it_is_the_same, work, ask, same_as)))
        draft = replace(draft_of(AskDraft, ask), **values)
        is_edited = asks.edit_ask(work.change, ask, draft, seen_version=None, reason=work.reason)
        return is_edited or same_as is not None


def _say_it_is_the_same(work: Import, ask: Ask, slug: str) -> None:
    other = work.find_ask(slug) if slug else None
    if slug and other is None:
        raise work.unknown("asks", slug, "same_as", "The ask_slug of another ask.")
    draft = replace(draft_of(AskDraft, ask), same_as_id=other.id if other else None)
    asks.edit_ask(work.change, ask, draft, seen_version=None)


class Tests:
    """Rows of success tests."""

    __test__ = False

    def create(self, work: Import, line: Line, values: Values) -> None:
        draft = TestDraft(key=line.cells["test_key"], **values)
        tests.add_tests(work.change, work.ask_of(line), [draft], work.reason)

    def edit(self, work: Import, line: Line, record_id: int, values: Values) -> bool:
        test = work.change.session.get_one(SuccessTest, record_id, options=[joinedload(SuccessTest.ask)])
        draft = replace(draft_of(TestDraft, test), **values)
        return tests.edit_test(work.change, test.ask, test, draft, seen_version=None, reason=work.reason)


class Links:
    """Rows of links between asks and laws."""

    def create(self, work: Import, line: Line, values: Values) -> None:
        ask, key = work.ask_of(line), line.cells["law_key"]
        law = work.find_law(key)
        if law is None:
            expected = "The key of a law that is entered, or that legislation.csv adds."
            raise work.unknown("legislation", key, "law_key", expected)
        try:
            provisions = str(typed(PROVISIONS, line.cells["provisions"]))
        except ValueError as error:
            raise RuleBroken([Problem(str(error), "provisions")]) from None
        extent = tuple(filter(None, (part.strip() for part in line.cells["extent"].split("; "))))
        draft = LinkDraft(ask.id, law.id, provisions=provisions, extent=extent, **values)
        legislation.create_link(work.change, draft)

    def edit(self, work: Import, line: Line, record_id: int, values: Values) -> bool:
        link = work.change.session.get_one(Link, record_id, options=[joinedload(Link.legislation)])
        return legislation.edit_link(work.change, link, replace(draft_of(LinkDraft, link), **values), None)


# In the order in which they come in: what is named before what names it.
BY_TABLE: Mapping[str, TableImport] = {"legislation": Laws(), "asks": Asks(), "tests": Tests(), "links": Links()}


def _law(draft: LegislationDraft, values: Values) -> LegislationDraft:
    if "address" in values:
        values = values | {"address": values["address"] or None}
    return replace(draft, **values)


def _find_source(work: Import, line: Line) -> int:
    """Return the number of the source that a new ask names."""
    title, url, key = (showable(line.cells.get(name, "")) for name in NAMES_SOURCE)
    known = sa.select(Source.id).where(Source.publication.not_in(AWAY))
    found = work.change.session.scalars(known.where(Source.key == key)).all() if key else []
    if not found:
        of_title = known.where(Source.title == title)
        found = work.change.session.scalars(of_title.where(Source.url.in_(spellings(url))) if url else of_title).all()
    if len(found) == 1:
        return found[0]
    expected = "The title of a source that was entered (Sources, New source)."
    if found:
        expected = "The title that several sources have; give source_url too."
    raise RuleBroken([Problem(expected, "source_id")])
