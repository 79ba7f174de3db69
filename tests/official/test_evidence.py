"""Published evidence is looked at: what is asked, what becomes a finding, and what the public page says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import NOW, evidence_draft, make_ask, make_update
from tests.official.desk import Desk
from tests.official.test_pages import FakeSite, pages_of
from tests.transactions import filled_engine
from tracker.db.engine import reading
from tracker.models import Ask, EvidenceLook, Finding, Look
from tracker.official.evidence import read_evidence
from tracker.official.looking import look
from tracker.queries import public
from tracker.rules.asks import Publication
from tracker.rules.official import FindingState, LookOutcome, Sight
from tracker.rules.status import Status
from tracker.rules.text import slugify
from tracker.services import asks

QUOTE = "“We won’t … allow this.”"
SAID = "<p>He said: “We won't ever <i>allow</i> this”, and left.</p>"


@dataclass
class Machine(Desk):
    """A tracker with evidence, and the strangers' site that it cites."""

    days: int = 0
    closed_ports: dict[str, Any] = field(default_factory=dict)

    @property
    def site(self) -> FakeSite:
        assert isinstance(self.record, FakeSite)
        return self.record

    def cite(self, *paths: str, quote: str = QUOTE, published: bool = True, ask: str = "An ask", **changes: Any) -> int:
        """Let an entry of a published ask cite these pages; return the number of the ask."""
        with self.change() as change:
            found = change.session.scalar(sa.select(Ask).where(Ask.title == ask))
            row = found or make_ask(change, title=ask, slug=slugify(ask))
            evidence = tuple(
                evidence_draft(url=url_of(path), title=f"Page {path}", **{"quote": quote} | changes) for path in paths
            )
            status = None if row.publication.is_public else Status.ANNOUNCED
            make_update(change, row, published=published, status=status, evidence=evidence)
            if status:
                asks.publish_ask(change, row, None)
            return row.id

    def look_on(self, most: int = 10, **more: Any) -> tuple[Look, list[str]]:
        """Look on the next day; return how it went and what was new."""
        self.days += 1
        looking = self.looking("evidence", NOW + timedelta(days=self.days), **more)
        pages = pages_of(self.site, **self.closed_ports)
        return look(looking, lambda it: read_evidence(it, pages, most)), looking.new

    def asked(self) -> list[str]:
        """The paths that were asked for since this was called last."""
        paths = [path.removeprefix("/site/") for path, _ in self.site.asked]
        self.site.asked.clear()
        return paths


def url_of(path: str) -> str:
    return path if "://" in path else f"http://news.example/site/{path}"


@pytest.fixture
def machine(databases: Any, database_engine: str, tmp_path: Path) -> Iterator[Machine]:
    site = FakeSite()
    with filled_engine(databases, database_engine) as engine, site:
        yield Machine(engine, site, tmp_path)


# What a page answers, and what is said of evidence that quotes it.
PAGES: list[tuple[str, dict[str, Any], Sight | None]] = [
    (QUOTE, {"body": SAID}, Sight.QUOTED),
    (QUOTE, {"body": "<p>Welcome to our home page"}, Sight.NOT_QUOTED),
    (QUOTE, {"body": "%PDF-1.7", "headers": {"Content-Type": "application/pdf"}}, Sight.ANSWERED),
    ("", {"body": SAID}, Sight.ANSWERED),
    ("…", {"body": SAID}, Sight.ANSWERED),
    (QUOTE, {"body": SAID, "status": 404}, Sight.PAGE_GONE),
    ("", {"body": "", "status": 410}, Sight.PAGE_GONE),
    (QUOTE, {"body": SAID, "status": 403}, None),
]


def test_no_more_is_claimed_than_was_seen_and_on_a_past_day_nothing(machine: Machine) -> None:
    for number, (quote, page, _) in enumerate(PAGES):
        machine.site.page(f"/{number}", **page)
        machine.cite(str(number), quote=quote)
    row, new = machine.look_on()
    assert (row.outcome, row.sentence, row.records) == (LookOutcome.OK, "", len(PAGES))
    seen = [(sight, row.looked_at if sight else None) for *_, sight in PAGES]
    with reading(machine.engine) as session:
        looks = session.scalars(sa.select(EvidenceLook).order_by(EvidenceLook.evidence_id)).all()
        assert [(it.sight, it.seen_at) for it in looks] == seen
        ask, past = (public.find_ask(session, "an-ask", on=on) for on in (None, NOW.date()))
        assert ask
        assert past
        shown = {it.title: (it.sight, it.seen_at) for entry in ask.story for it in entry.evidence}
        assert shown == {f"Page {number}": sight for number, sight in enumerate(seen)}
        assert {it.sight for entry in past.story for it in entry.evidence} == {None}
    assert len(new) == sum(sight in {Sight.NOT_QUOTED, Sight.PAGE_GONE} for *_, sight in PAGES)


def test_what_changed_is_found_once_and_withdrawn_when_it_is_back(machine: Machine) -> None:
    machine.site.page("/a", SAID)
    ask_id = machine.cite("a")
    machine.look_on()
    machine.site.page("/a", "<p>We allow this.")
    says = "Page a: the quotation is gone; we name no archived copy"
    assert [machine.look_on()[1] for _ in range(3)] == [[says], [], []]
    columns = (Finding.kind, Finding.subject_id, Finding.address, Finding.state, Finding.happened_on)
    assert machine.all(*columns) == [("quote_gone", ask_id, url_of("a"), FindingState.NEW, None)]
    machine.site.page("/a", "", status=404)
    assert machine.look_on()[1] == ["Page a: the page is gone; we name no archived copy"]
    machine.site.page("/a", SAID)
    assert machine.look_on()[1] == []
    assert machine.all(Finding.state) == [FindingState.WITHDRAWN] * 2

    # What was dismissed never comes back.
    machine.site.page("/b", "<p>Only a script shows it.")
    machine.cite("b", archived_url="https://archive.example/b")
    assert machine.look_on()[1] == ["Page b: the quoted words were not found there; we name an archived copy"]
    with machine.change() as change:
        finding = change.session.scalars(sa.select(Finding).where(Finding.state == FindingState.NEW)).one()
        finding.state, finding.reason, finding.decided_at = FindingState.DISMISSED, "A script shows it.", NOW
    assert machine.look_on()[1] == []


def test_a_page_that_is_cited_often_is_one_finding_for_each_ask(machine: Machine) -> None:
    machine.cite("a")
    machine.cite("a")
    machine.cite("a", quote="Other words")
    machine.cite("a", ask="Another ask")
    assert machine.look_on(dry_run=True)[1] == ["Page a: the page is gone; we name no archived copy"] * 2
    assert machine.all(Finding.id) == machine.all(EvidenceLook.evidence_id) == machine.all(Look.id) == []
    assert len(machine.look_on()[1]) == 2
    machine.site.page("/a", "<p>Nothing of that")
    assert len(machine.look_on()[1]) == 3
    machine.cite("a")
    assert machine.look_on()[1] == []


def test_a_refusal_takes_back_nothing(machine: Machine) -> None:
    machine.site.page("/a", SAID)
    machine.site.page("/b", "", status=404)
    machine.cite("a", "b")
    first, _ = machine.look_on()
    for status in (403, 429, 500):
        for path in ("/a", "/b"):
            machine.site.page(path, "", status=status)
        assert machine.look_on()[1] == []
    kept = machine.all(EvidenceLook.sight, EvidenceLook.seen_at)
    assert set(kept) == {(Sight.PAGE_GONE, first.looked_at), (Sight.QUOTED, first.looked_at)}
    assert machine.all(Finding.state) == [FindingState.NEW]


def test_only_what_is_published_and_was_opened_is_asked_for(machine: Machine) -> None:
    machine.cite("seen")
    machine.cite("draft", published=False)
    with machine.change() as change:
        see_also = evidence_draft(url=url_of("see-also"), is_see_also=True)
        evidence = (evidence_draft(url=url_of("seen")), see_also)
        make_update(change, change.session.scalars(sa.select(Ask)).one(), evidence=evidence)
    machine.cite("http://tracker.example/corrections#taken-down")
    hidden = machine.cite("archived", ask="Another ask")
    with machine.change() as change:
        change.session.get_one(Ask, hidden).publication = Publication.ARCHIVED
    machine.look_on()
    assert machine.asked() == ["seen"]


def test_a_page_is_asked_for_once_and_those_first_that_waited_longest(machine: Machine) -> None:
    for path in "abc":
        machine.site.page(f"/{path}", SAID)
    machine.cite("a", "b")
    for path in "aba":
        machine.look_on(most=1)
        assert machine.asked() == [path]
    machine.cite("c")
    machine.cite("b", quote="We allow this")
    machine.look_on(most=2)
    assert set(machine.asked()) == {"b", "c"}  # the new entry's page was not asked for yet, though another's was
    assert sorted(machine.all(EvidenceLook.sight)) == ["not_quoted", "quoted", "quoted", "quoted"]


def test_a_host_that_gives_no_answer_is_asked_once_and_it_is_told_when_none_answers(machine: Machine) -> None:
    machine.site.page("/a", "", status=503)
    machine.site.page("/b", SAID)
    machine.cite("a", "b", "http://other.example/site/c")
    row, _ = machine.look_on()
    assert machine.asked() == ["a", "c"]
    assert (row.outcome, row.records) == (LookOutcome.OK, 1)
    machine.look_on()
    assert machine.asked() == ["b", "a", "c"]  # it waited longer
    machine.closed_ports = {"ports": {"http": 1}}
    row, _ = machine.look_on()
    assert row.outcome is LookOutcome.FAILED
    assert row.sentence.startswith("No page answered. ")
    assert ".example gave no whole answer" in row.sentence
