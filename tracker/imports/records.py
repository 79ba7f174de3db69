"""Rows of laws, asks, tests and links: new ones come in as drafts, known ones are edited by the services."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.exports import tables
from tracker.imports.cells import NAMES_SOURCE, typed
from tracker.imports.compare import Values
from tracker.imports.rows import Line
from tracker.imports.work import Work
from tracker.models import Ask, Legislation, Link, Source, SuccessTest
from tracker.rules.asks import AWAY, AskDraft, TestDraft
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.legislation import LegislationDraft, LinkDraft, normalised
from tracker.rules.text import showable
from tracker.services import asks, legislation, tests
from tracker.services.records import draft_of

PROVISIONS = next(column for column in tables.LINKS.columns if column.name == "provisions")


class TableImport(Protocol):
    """How rows of a table come in. `values` are the cells that differ, by column; both raise RuleBroken."""

    def create(self, work: Work, line: Line, values: Values) -> None:
        """Enter a new record."""

    def edit(self, work: Work, line: Line, record_id: int, values: Values) -> bool:
        """Edit a record; return True if anything changed."""


class Laws:
    """Rows of legislation. Which law a bill became is said once all laws are in."""

    def create(self, work: Work, line: Line, values: Values) -> None:
        becomes = values.pop("becomes", "")
        draft = _law(LegislationDraft(kind="", title="", key=line.cells["law_key"]), values)
        if (key := normalised(draft).key) != draft.key:
            raise RuleBroken([Problem(f"{key}, by the kind, the year and the number.", "key")])
        law = legislation.create_legislation(work.change, draft)
        if becomes:
            work.becoming.append((line, law, becomes))

    def edit(self, work: Work, line: Line, record_id: int, values: Values) -> bool:
        law = work.change.session.get_one(Legislation, record_id)
        becomes = values.pop("becomes", None)
        after = work.find_law(becomes) if becomes else None
        is_other = becomes is not None and (not becomes or after is None or after.id != law.becomes_id)
        if is_other:
            work.becoming.append((line, law, becomes))
        draft = _law(draft_of(LegislationDraft, law), values)
        return legislation.edit_legislation(work.change, law, draft, None) or is_other


def finish_laws(work: Work) -> None:
    """Say which laws the bills became."""
    for line, law, key in work.becoming:
        try:
            after = work.find_law(key) if key else None
            if key and after is None:
                raise work.unknown("legislation", key, "becomes", "The law_key of a law.")
            draft = replace(draft_of(LegislationDraft, law), becomes_id=after.id if after else None)
            legislation.edit_legislation(work.change, law, draft, None)
        except RuleBroken as broken:
            work.refuse("legislation", line, broken.problems)


class Asks:
    """Rows of asks: wording and particulars. A new ask names a source that the tracker knows."""

    def create(self, work: Work, line: Line, values: Values) -> None:
        draft = AskDraft(slug=line.cells["ask_slug"], source_id=_find_source(work, line), **values)
        asks.create_ask(work.change, draft)

    def edit(self, work: Work, line: Line, record_id: int, values: Values) -> bool:
        ask = work.change.session.get_one(Ask, record_id)
        draft = replace(draft_of(AskDraft, ask), **values)
        return asks.edit_ask(work.change, ask, draft, seen_version=None, reason=work.reason)


class Tests:
    """Rows of success tests."""

    __test__ = False

    def create(self, work: Work, line: Line, values: Values) -> None:
        draft = TestDraft(key=line.cells["test_key"], **values)
        tests.add_test(work.change, work.ask_of(line), draft, work.reason)

    def edit(self, work: Work, line: Line, record_id: int, values: Values) -> bool:
        test = work.change.session.get_one(SuccessTest, record_id, options=[joinedload(SuccessTest.ask)])
        draft = replace(draft_of(TestDraft, test), **values)
        return tests.edit_test(work.change, test.ask, test, draft, seen_version=None, reason=work.reason)


class Links:
    """Rows of links between asks and laws."""

    def create(self, work: Work, line: Line, values: Values) -> None:
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

    def edit(self, work: Work, line: Line, record_id: int, values: Values) -> bool:
        link = work.change.session.get_one(Link, record_id, options=[joinedload(Link.legislation)])
        return legislation.edit_link(work.change, link, replace(draft_of(LinkDraft, link), **values), None)


# In the order in which they come in: what is named before what names it.
BY_TABLE: Mapping[str, TableImport] = {"legislation": Laws(), "asks": Asks(), "tests": Tests(), "links": Links()}


def _law(draft: LegislationDraft, values: Values) -> LegislationDraft:
    if "address" in values:
        values = values | {"address": values["address"] or None}
    return replace(draft, **values)


def _find_source(work: Work, line: Line) -> int:
    """Return the number of the source that a new ask names."""
    title, url, key = (showable(line.cells.get(name, "")) for name in NAMES_SOURCE)
    known = sa.select(Source.id).where(Source.publication.not_in(AWAY))
    found = work.change.session.scalars(known.where(Source.key == key)).all() if key else []
    if not found:
        of_title = known.where(Source.title == title)
        found = work.change.session.scalars(of_title.where(Source.url == url) if url else of_title).all()
    if len(found) == 1:
        return found[0]
    expected = "The title of a source that was entered (Sources, New source)."
    if found:
        expected = "The title that several sources have; give source_url too."
    raise RuleBroken([Problem(expected, "source_id")])
