"""Rows of laws, asks, tests and links: new ones come in as drafts, known ones are edited by the services."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.exports.tables import TABLES
from tracker.imports.columns import NAMES_SOURCE
from tracker.imports.compare import missing
from tracker.imports.lines import Line
from tracker.imports.take import Options, one_by_one
from tracker.imports.values import typed
from tracker.imports.work import Values, Work
from tracker.models import Ask, Legislation, Link, Source, SuccessTest
from tracker.rules.asks import AWAY, AskDraft, TestDraft
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import LegislationDraft, LinkDraft, normalised
from tracker.rules.text import showable
from tracker.services import asks, legislation, tests
from tracker.services.outcome import Outcome
from tracker.services.records import draft_of

PROVISIONS = next(column for column in TABLES["links"].columns if column.name == "provisions")


class Laws:
    """Rows of legislation. Which law a bill became is said once all laws are in."""

    name = "legislation"
    model = Legislation
    options: Options = ()

    def __init__(self) -> None:
        self.became: dict[str, tuple[Line, str, int | None]] = {}

    def new(self, work: Work, line: Line, values: Values) -> LegislationDraft | None:
        if missing(work, self.name, line, values):
            return None
        becomes = values.pop("becomes", "")
        draft = _law(LegislationDraft(kind="", title="", key=line.cells["law_key"]), values)
        if (key := normalised(draft).key) != draft.key:
            work.refuse(line, "law_key", f"{key}, by the kind, the year and the number.")
            return None
        if becomes:
            self.became[key] = (line, becomes, None)
        return draft

    def edited(self, work: Work, line: Line, record: Legislation, values: Values) -> LegislationDraft:
        becomes = values.pop("becomes", None)
        if becomes is not None and (not becomes or work.find_id(Legislation, becomes) != record.becomes_id):
            self.became[record.key] = (line, becomes, record.id)  # its key may change
        return _law(draft_of(LegislationDraft, record), values)

    def create(self, work: Work, drafts: Sequence[LegislationDraft]) -> Outcome[Legislation]:
        return legislation.create_laws(work.change, drafts)

    def edit(self, work: Work, edits: Sequence[tuple[Legislation, LegislationDraft]]) -> Outcome[bool]:
        return one_by_one(
            edits,
            lambda law, draft: legislation.edit_legislation(work.change, law, draft, None) or law.key in self.became,
        )

    def finish(self, work: Work) -> None:
        """Say which laws the bills became."""
        for own_key, (line, key, own_id) in self.became.items():
            if (self.name, own_key) in work.failed:
                continue
            becomes_id = work.find_id(Legislation, key) if key else None
            if key and becomes_id is None:
                work.refuse(line, "becomes", "The law_key of a law.")
                continue
            law = work.change.session.get_one(Legislation, own_id or work.find_id(Legislation, own_key))
            draft = replace(draft_of(LegislationDraft, law), becomes_id=becomes_id)
            try:
                legislation.edit_legislation(work.change, law, draft, None)
            except RuleBroken as broken:
                work.refuse_all(line, broken.problems)


class Asks:
    """Rows of asks: wording and particulars. A new ask names a source that the tracker knows."""

    name = "asks"
    model = Ask
    options: Options = (joinedload(Ask.source),)

    def __init__(self) -> None:
        self.sources: dict[tuple[str, ...], list[int]] = {}
        self.topics: dict[str, str] | None = None

    def new(self, work: Work, line: Line, values: Values) -> AskDraft | None:
        source_id = self._find_source(work, line)
        if missing(work, self.name, line, values) or source_id is None:
            return None
        return AskDraft(slug=line.cells["ask_slug"], source_id=source_id, **values)

    def edited(self, work: Work, line: Line, record: Ask, values: Values) -> AskDraft:
        return replace(draft_of(AskDraft, record), **values)

    def create(self, work: Work, drafts: Sequence[AskDraft]) -> Outcome[int]:
        if self.topics is None:
            self.topics = asks.known_topics(work.change.session)
        return asks.create_asks(work.change, drafts, self.topics)

    def edit(self, work: Work, edits: Sequence[tuple[Ask, AskDraft]]) -> Outcome[bool]:
        self.topics = None  # an edit may name a topic for the first time
        return asks.edit_asks(work.change, edits, work.reason)

    def _find_source(self, work: Work, line: Line) -> int | None:
        title, url, key = (showable(line.cells.get(name, "")) for name in NAMES_SOURCE)
        if (title, url, key) not in self.sources:
            statement = sa.select(Source.id).where(Source.publication.not_in(AWAY))
            of_title = statement.where(Source.title == title)
            of_key = work.change.session.scalars(statement.where(Source.key == key)).all() if key else []
            of_url = of_title.where(Source.url == url) if url else of_title
            self.sources[title, url, key] = list(of_key or work.change.session.scalars(of_url))
        found = self.sources[title, url, key]
        if len(found) == 1:
            return found[0]
        what = "that several sources have; give source_url too" if found else "of a source that was entered"
        work.refuse(line, "source_title", f"The title {what}." if found else f"The title {what} (Sources, New source).")
        return None


class Tests:
    """Rows of success tests."""

    __test__ = False
    name = "tests"
    model = SuccessTest
    options: Options = (joinedload(SuccessTest.ask),)

    def new(self, work: Work, line: Line, values: Values) -> tuple[int, TestDraft] | None:
        ask_id = find_ask(work, line)
        if missing(work, self.name, line, {"before": True} | values) or ask_id is None:
            return None
        return ask_id, TestDraft(key=line.cells["test_key"], **values)

    def edited(self, work: Work, line: Line, record: SuccessTest, values: Values) -> TestDraft:
        return replace(draft_of(TestDraft, record), **values)

    def create(self, work: Work, drafts: Sequence[tuple[int, TestDraft]]) -> Outcome[SuccessTest]:
        found = find_asks(work, {ask_id for ask_id, _ in drafts})
        return tests.add_tests(work.change, [(found[ask_id], draft) for ask_id, draft in drafts], work.reason)

    def edit(self, work: Work, edits: Sequence[tuple[SuccessTest, TestDraft]]) -> Outcome[bool]:
        return one_by_one(
            edits,
            lambda test, draft: tests.edit_test(
                work.change, test.ask, test, draft, seen_version=None, reason=work.reason
            ),
        )


class Links:
    """Rows of links between asks and laws."""

    name = "links"
    model = Link
    options: Options = (joinedload(Link.legislation),)

    def new(self, work: Work, line: Line, values: Values) -> LinkDraft | None:
        ask_id, law_id = find_ask(work, line), work.find_id(Legislation, line.cells["law_key"])
        if law_id is None and ("legislation", line.cells["law_key"]) not in work.failed:
            work.refuse(line, "law_key", "The key of a law that is entered, or that legislation.csv adds.")
        if missing(work, self.name, line, values) or ask_id is None or law_id is None:
            return None
        extent = tuple(filter(None, (part.strip() for part in line.cells["extent"].split("; "))))
        try:
            provisions = str(typed(PROVISIONS, line.cells["provisions"]))
        except ValueError as error:
            work.refuse(line, "provisions", str(error))
            return None
        return LinkDraft(ask_id, law_id, provisions=provisions, extent=extent, **values)

    def edited(self, work: Work, line: Line, record: Link, values: Values) -> LinkDraft:
        return replace(draft_of(LinkDraft, record), **values)

    def create(self, work: Work, drafts: Sequence[LinkDraft]) -> Outcome[Link]:
        return legislation.create_links(work.change, drafts)

    def edit(self, work: Work, edits: Sequence[tuple[Link, LinkDraft]]) -> Outcome[bool]:
        return one_by_one(edits, lambda link, draft: legislation.edit_link(work.change, link, draft, None))


class NotEdited:
    """Rows of which those that are known stay as they are."""

    model = None
    options: Options = ()

    def create(self, work: Work, drafts: Sequence[object]) -> Outcome[object]:
        return Outcome()

    def edit(self, work: Work, edits: Sequence[tuple[object, object]]) -> Outcome[bool]:
        return Outcome()


class OnlyRead(NotEdited):
    """Rows of replies or of sources: they say what the tracker says, and nothing comes in by them."""

    def __init__(self, name: str, where: str) -> None:
        self.name, self.where = name, where

    def new(self, work: Work, line: Line, values: Values) -> None:
        work.refuse(line, TABLES[self.name].key[-1], f"One that the tracker has. New ones are entered {self.where}.")

    def edited(self, work: Work, line: Line, record: None, values: Values) -> None:
        """No column of theirs is taken in."""


ONLY_READ = (
    OnlyRead("replies", "on the ask's page in the staff area"),
    OnlyRead("sources", "in the staff area (Sources, New source)"),
)


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
