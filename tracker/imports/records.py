"""Rows of laws, asks, tests and links: new ones come in as drafts, known ones are edited by the services."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.imports.lines import Line
from tracker.imports.work import Values, Work, enter, missing
from tracker.models import Ask, Legislation, Link, Source, SuccessTest
from tracker.rules.asks import AskDraft, TestDraft
from tracker.rules.legislation import LegislationDraft, LinkDraft, normalised
from tracker.services import asks, legislation, tests
from tracker.services.records import draft_of


class Laws:
    """Rows of legislation. Which law a bill became is said once all laws are in."""

    name = "legislation"

    def __init__(self) -> None:
        self.became: list[tuple[Line, str]] = []
        self.new: list[tuple[Line, LegislationDraft]] = []

    def add(self, work: Work, line: Line, values: Values) -> None:
        if missing(work, self.name, line, values):
            return
        becomes = values.pop("becomes", "")
        draft = _law(LegislationDraft(kind="", title="", key=line.cells["law_key"]), values)
        if (key := normalised(draft).key) != draft.key:
            work.refuse(line, "law_key", f"{key}, by the kind, the year and the number.")
            return
        self.new.append((line, draft))
        if becomes:
            self.became.append((line, becomes))

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        law = work.change.session.get_one(Legislation, row.id)
        becomes = values.pop("becomes", None)
        is_joined = becomes is not None and (not becomes or work.find_id(Legislation, becomes) != law.becomes_id)
        if is_joined:
            self.became.append((line, becomes))
        is_edited = legislation.edit_legislation(work.change, law, _law(draft_of(LegislationDraft, law), values), None)
        return is_edited or is_joined

    def finish_step(self, work: Work) -> None:
        enter(work, self.name, self.new, partial(legislation.create_laws, work.change))

    def finish(self, work: Work) -> None:
        """Say which laws the bills became."""
        for line, key in self.became:
            if (self.name, line.cells["law_key"]) in work.failed:
                continue
            becomes_id = work.find_id(Legislation, key) if key else None
            if key and becomes_id is None:
                work.refuse(line, "becomes", "The law_key of a law.")
                continue
            law = work.change.session.get_one(Legislation, work.find_id(Legislation, line.cells["law_key"]))
            draft = replace(draft_of(LegislationDraft, law), becomes_id=becomes_id)
            legislation.edit_legislation(work.change, law, draft, None)


class Asks:
    """Rows of asks: wording and particulars. A new ask names a source that the tracker knows."""

    name = "asks"

    def __init__(self) -> None:
        self.sources: dict[tuple[str, str], list[int]] = {}
        self.topics: dict[str, str] | None = None
        self.new: list[tuple[Line, AskDraft]] = []

    def add(self, work: Work, line: Line, values: Values) -> None:
        source_id = self._find_source(work, line)
        if missing(work, self.name, line, values) or source_id is None:
            return
        self.new.append((line, AskDraft(slug=line.cells["ask_slug"], source_id=source_id, **values)))

    def finish_step(self, work: Work) -> None:
        if self.topics is None:
            self.topics = asks.known_topics(work.change.session)
        enter(work, self.name, self.new, partial(asks.create_asks, work.change, topics=self.topics))

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        ask = work.change.session.get_one(Ask, row.id)
        draft = replace(draft_of(AskDraft, ask), **values)
        return asks.edit_ask(work.change, ask, draft, seen_version=None, reason=work.reason)

    def _find_source(self, work: Work, line: Line) -> int | None:
        title, url = line.cells.get("source_title", ""), line.cells.get("source_url", "")
        if (title, url) not in self.sources:
            statement = sa.select(Source.id).where(Source.title == title)
            of_url = statement.where(Source.url == url) if url else statement
            self.sources[title, url] = list(work.change.session.scalars(of_url))
        found = self.sources[title, url]
        if len(found) == 1:
            return found[0]
        what = "that several sources have; give source_url too" if found else "of a source that was entered"
        work.refuse(line, "source_title", f"The title {what}." if found else f"The title {what} (Sources, New source).")
        return None


class Tests:
    """Rows of success tests."""

    __test__ = False
    name = "tests"

    def __init__(self) -> None:
        self.new: list[tuple[Line, tuple[int, TestDraft]]] = []

    def add(self, work: Work, line: Line, values: Values) -> None:
        ask_id = find_ask(work, line)
        if missing(work, self.name, line, {"before": True} | values) or ask_id is None:
            return
        self.new.append((line, (ask_id, TestDraft(key=line.cells["test_key"], **values))))

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        test = work.change.session.get_one(SuccessTest, row.id)
        ask = work.change.session.get_one(Ask, test.ask_id)
        draft = replace(draft_of(TestDraft, test), **values)
        return tests.edit_test(work.change, ask, test, draft, seen_version=None, reason=work.reason)

    def finish_step(self, work: Work) -> None:
        found = find_asks(work, {ask_id for _, (ask_id, _) in self.new})
        new = [(line, (found[ask_id], draft)) for line, (ask_id, draft) in self.new]
        enter(work, self.name, new, partial(tests.add_tests, work.change, reason=work.reason))
        self.new.clear()


class Links:
    """Rows of links between asks and laws."""

    name = "links"

    def __init__(self) -> None:
        self.new: list[tuple[Line, LinkDraft]] = []

    def add(self, work: Work, line: Line, values: Values) -> None:
        ask_id, law_id = find_ask(work, line), work.find_id(Legislation, line.cells["law_key"])
        if law_id is None and ("legislation", line.cells["law_key"]) not in work.failed:
            work.refuse(line, "law_key", "The key of a law that is entered, or that legislation.csv adds.")
        if missing(work, self.name, line, values) or ask_id is None or law_id is None:
            return
        extent = tuple(filter(None, (part.strip() for part in line.cells["extent"].split("; "))))
        draft = LinkDraft(ask_id, law_id, provisions=line.cells["provisions"], extent=extent, **values)
        self.new.append((line, draft))

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        link = work.change.session.get_one(Link, row.id, options=[joinedload(Link.legislation)])
        return legislation.edit_link(work.change, link, replace(draft_of(LinkDraft, link), **values), None)

    def finish_step(self, work: Work) -> None:
        enter(work, self.name, self.new, partial(legislation.create_links, work.change))


class Replies:
    """Rows of replies: they say what was published, and nothing comes in by them."""

    name = "replies"

    def add(self, work: Work, line: Line, values: Values) -> None:
        work.refuse(
            line, "reply_key", "A published reply of the ask. New ones are entered on the ask's page in the staff area."
        )

    def edit(self, work: Work, line: Line, row: Any, values: Values) -> bool:
        return False  # no column of theirs is taken in

    def finish_step(self, work: Work) -> None:
        """Nothing waits."""


def find_asks(work: Work, ids: Collection[int]) -> dict[int, Ask]:
    """Asks by their ids."""
    return {ask.id: ask for ask in work.change.session.scalars(sa.select(Ask).where(Ask.id.in_(ids)))}


def find_ask(work: Work, line: Line) -> int | None:
    """The ask of a row; it is a fault when there is none."""
    ask_id = work.find_id(Ask, line.cells["ask_slug"])
    if ask_id is None and ("asks", line.cells["ask_slug"]) not in work.failed:
        work.refuse(line, "ask_slug", "The short name of an ask that is entered, or that asks.csv adds.")
    return ask_id


def _law(draft: LegislationDraft, values: Values) -> LegislationDraft:
    if "address" in values:
        values = values | {"address": values["address"] or None}
    return replace(draft, **values)
