"""Loading sources, laws, asks, tests and links from seed files."""

from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.models import Ask, Event, FormerSlug, Legislation, Link, Source, SuccessTest
from tracker.rules.asks import AskDraft, Publication, SourceDraft, TestDraft
from tracker.rules.legislation import LegislationDraft, LinkDraft, normalised
from tracker.services import asks, legislation, records, tests
from tracker.services.change import Change
from tracker.services.seed_files import Found, SeedError, typed
from tracker.services.seed_report import Report, collecting

Row = TypeVar("Row", Source, Legislation, SuccessTest, Link)
REASON = "The list of asks was revised."


class Loader:
    """Loads one record after another; remembers the ids by the keys that the files use."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.session = change.session
        self.report = Report()
        self.problems: list[str] = []
        self.sources: dict[str, int] = {}
        self.laws: dict[str, int] = {}
        self.tests: dict[tuple[int, str], int] = {}
        staff = sa.select(Event.subject, Event.subject_id).where(Event.actor_id.is_not(None)).distinct()
        self.made = self._made_by_seeds()
        self.edited_by_staff = {(subject, row_id) for subject, row_id in self.session.execute(staff)}

    def load_source(self, found: Found) -> None:
        draft = typed(SourceDraft, found.raw, found.place, {})
        row = self.find(Source, ("source", None, draft.key), Source.key == draft.key)
        if row is None:
            row = asks.create_source(self.change, draft)
            self.report.note("added source", draft.title)
        elif self.may_change(row, draft):
            self.note_change(row, asks.edit_source(self.change, row, draft, None))
        self.sources[draft.key] = row.id

    def load_law(self, found: Found) -> None:
        raw = found.without("publication", "becomes")
        draft = typed(LegislationDraft, raw, found.place, {})
        key = normalised(draft).key
        row = self.find(Legislation, ("legislation", None, key), Legislation.key == key)
        if row is None:
            row = legislation.create_legislation(self.change, draft)
            self.report.note("added law", row.citation or row.title)
        else:
            draft = typed(LegislationDraft, raw, found.place, {"becomes_id": row.becomes_id})
            if self.may_change(row, normalised(draft)):
                self.note_change(row, legislation.edit_legislation(self.change, row, draft, None))
        if self.should_publish(row, found):
            records.publish(self.change, row, None)
        self.laws[found.raw.get("key", "")] = row.id

    def join_bill(self, found: Found) -> None:
        """Say which law a bill became, once all laws are known."""
        key = found.raw.get("becomes")
        if not key:
            return
        if key not in self.laws:
            raise SeedError([f"{found.place.at('becomes')}: there is no law {key} in the table."])
        row = self.session.get_one(Legislation, self.laws[found.raw["key"]])
        if row.becomes_id is None and self.is_ours(row):
            raw, also = found.without("publication", "becomes"), {"becomes_id": self.laws[key]}
            draft = typed(LegislationDraft, raw, found.place, also)
            legislation.edit_legislation(self.change, row, draft, None)

    def load_ask(self, slug: str, found: Found) -> Ask:
        raw = found.without("source")
        source = found.text("source")
        if source not in self.sources:
            raise SeedError([f"{found.place.at('source')}: there is no source “{source}” in sources.toml."])
        draft = typed(AskDraft, raw, found.place, {"slug": slug, "source_id": self.sources[source]})
        moved = sa.select(FormerSlug.ask_id).where(FormerSlug.slug == slug)
        ask = self.session.scalar(sa.select(Ask).where((Ask.slug == slug) | Ask.id.in_(moved)))
        if ask is None:
            ask = asks.create_ask(self.change, draft)
            self.report.note("added ask", ask.title)
        elif self.may_change(ask, draft):
            self.note_change(ask, asks.edit_ask(self.change, ask, draft, seen_version=None, reason=REASON))
        for test in found.inner.get("tests", []):
            with collecting(self.problems, test.place):
                self.load_test(ask, test)
        for link in found.inner.get("links", []):
            with collecting(self.problems, link.place):
                self.load_link(ask, link)
        return ask

    def load_test(self, ask: Ask, found: Found) -> None:
        draft = typed(TestDraft, found.raw, found.place, {})
        same = (SuccessTest.ask_id == ask.id) & (SuccessTest.key == draft.key)
        row = self.find(SuccessTest, ("test", ask.id, draft.key), same)
        if row is None:
            row = tests.add_test(self.change, ask, draft, REASON)
            self.report.note("added test", draft.label)
        elif self.may_change(row, draft):
            changed = tests.edit_test(self.change, ask, row, draft, seen_version=None, reason=REASON)
            self.note_change(row, changed)
        self.tests[ask.id, draft.key] = row.id

    def load_link(self, ask: Ask, found: Found) -> None:
        raw = found.without("legislation", "publication")
        law = found.text("legislation")
        if law not in self.laws:
            raise SeedError([f"{found.place.at('legislation')}: there is no law “{law}” in legislation.csv."])
        draft = typed(LinkDraft, raw, found.place, {"ask_id": ask.id, "legislation_id": self.laws[law]})
        extent_key = ", ".join(draft.extent)
        same = (Link.ask_id == ask.id) & (Link.legislation_id == draft.legislation_id)
        same &= (Link.provisions == draft.provisions) & (Link.extent_key == extent_key)
        made_as = (draft.legislation_id, draft.provisions, extent_key)
        row = self.find(Link, ("link", ask.id, *made_as), same)
        if row is None:
            row = legislation.create_link(self.change, draft)
            self.report.note("added link", f"{ask.slug} to {law} {draft.provisions}".strip())
        elif self.may_change(row, draft):
            self.note_change(row, legislation.edit_link(self.change, row, draft, None))
        if self.should_publish(row, found):
            legislation.publish_link(self.change, row, None)

    def find(self, model: type[Row], made_as: tuple[object, ...], same: sa.ColumnElement[bool]) -> Row | None:
        """The row that the seeds made under this name, whatever staff call it now, or one of that name."""
        statement = sa.select(model).where(same)
        if made_as in self.made:
            statement = sa.select(model).where(model.id == self.made[made_as])
        if model is Link:
            statement = statement.options(selectinload(Link.legislation))
        return self.session.scalar(statement)

    def _made_by_seeds(self) -> dict[tuple[object, ...], int]:
        """What the seeds made, by the names that it had in the files."""
        statement = sa.select(Event).where(Event.action == "created", Event.actor_id.is_(None))
        return {_made_as(event): event.subject_id for event in self.session.scalars(statement)}

    def is_ours(self, row: records.Record) -> bool:
        """Whether no member of staff ever touched the row."""
        subject = records.subject_of(row)
        return (subject.kind, subject.id) not in self.edited_by_staff

    def may_change(self, row: records.Record, draft: object) -> bool:
        """Whether the seeds may edit a row; a row that staff edited and that differs is reported as kept."""
        if self.is_ours(row):
            return True
        subject = records.subject_of(row)
        values = records.values_of(draft)
        if records.current_values(row, values) == values:
            self.report.unchanged += 1
        else:
            self.report.note("kept as staff edited it", f"{subject.kind} {subject.name}")
        return False

    def note_change(self, row: records.Record, is_changed: bool) -> None:
        subject = records.subject_of(row)
        if is_changed:
            self.report.note(f"changed {subject.kind}", subject.name)
        else:
            self.report.unchanged += 1

    def should_publish(self, row: records.Publishable, found: Found) -> bool:
        return found.is_published("draft") and self.is_ours(row) and row.publication is Publication.DRAFT


def _made_as(event: Event) -> tuple[object, ...]:
    """The name under which a row was made: its kind, its ask, and what tells it apart there."""
    made = event.after or {}
    if event.subject == "link":
        return ("link", event.ask_id, made["legislation_id"], made["provisions"], made["extent_key"])
    return (event.subject, event.ask_id, made.get("key"))
