"""A whole tracker goes out as a folder, and an empty one that takes it in shows everybody the same, byte for byte."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.cli.commands import tracker_on
from tests.engines import ENGINES, Databases, open_engine
from tests.exported import read
from tests.factories import (
    NOW,
    ask_draft,
    criterion_draft,
    dispute_draft,
    find_staff,
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_reply,
    make_source,
    make_staff,
    make_targets,
    make_test,
    make_update,
    source_draft,
)  # fmt: skip
from tests.imports.taking import ADDRESS, bring, exported
from tests.site import ADA, CLEO, ED, LOCAL, WEALTH_ORDERS, SeededDatabases, Site, open_app, open_site
from tests.test_urls import PUBLIC_ADDRESSES
from tests.transactions import count_events, filled_engine, revision
from tracker.db.engine import writing
from tracker.exports import csv, workbook
from tracker.exports.columns import Origin
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.imports.cells import fillable
from tracker.imports.compare import STATEMENTS
from tracker.imports.records import RECORDS
from tracker.models import Ask, Body, SanctionsList, SuccessTest
from tracker.queries.public import tables
from tracker.rules.asks import BodyDraft
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome
from tracker.rules.legislation import Effect
from tracker.rules.official import TargetKind
from tracker.rules.publishers import PublisherDraft
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind
from tracker.services import asks, drafts, records, replies, taking_down, targets, tests, updates
from tracker.services.backup import list_takings_down
from tracker.services.bodies import edit_body, keep_publisher
from tracker.services.change import Change

# What is of the copy itself: where its log stands, when it was written, and how often the public data changed.
OWN = re.compile(
    rb'[0-9]+:[0-9a-f]{64}|[0-9a-f]{64}|revision "?[0-9]+|"version": ?"[0-9]+"'
    rb"|Revision</t>.{0,60}?<t>[0-9]+|<dt>Entries</dt>\s*<dd>\s*[0-9]+|<dt>The last of them</dt>\s*<dd>[^<]+"
    rb"|(?<=tracker,2026:)[0-9a-f]{16}(?=/)|(?<=@)[0-9a-f]{16}(?=\.policy-tracker)"
)
COURT = "A court forbids it."
OF_SPECIAL_CASES = [
    "/corrections",
    *(f"/asks/vacant-homes{part}" for part in ("", "/story", "/history", "/feed.atom", "?on=2019-07-01")),
    "/bodies/the-council", "/?body=the-council", "/?q=TNC",
    "/asks/empty-homes", "/asks/old", "/asks/old/history", "/asks/secret", "/asks/aside", "/asks/replaced",
    "/api/v1/asks/vacant-homes", "/legislation/ukpga/2031/13", "/api/v1/evidence?limit=7",
]  # fmt: skip
# The second engine, whose files are compared too, is asked for the special cases only.
ADDRESSES = {"sqlite": [*OF_SPECIAL_CASES, *PUBLIC_ADDRESSES], "postgresql": OF_SPECIAL_CASES}


def some_of_everything(site: Site) -> None:
    """Besides the seeds: drafts, what was archived or put aside, moved, corrected, reworded, answered, taken down.

    And disputes, one that goes on and two that ended.
    """
    with site.change(ADA) as change:
        source = make_source(change, key="speech", title="A speech; with “marks”", note="=1+1", internal_note="Inside.")
        ask = make_ask(
            change, slug="empty-homes", source_id=source.id, published=True, title="Tax  empty homes",
            responsible_bodies=("МИД", "The Council", "Home Office"),
        )  # fmt: skip
        council = change.session.scalars(sa.select(Body).where(Body.slug == "the-council")).one()
        edit_body(change, council, BodyDraft(council.slug, "=The New “Council”", ("TNC", "=NC")), None)
        test = make_test(change, ask)
        make_test(change, ask, key="doubled", label="The tax is the law")
        law = make_law(change, title="Empty Homes Act 2031", citation="2031 c. 13", year="2031")
        bill = make_law(change, kind="bill", title="Empty Homes Bill", citation="", year="2030-31", number="4")
        make_law(change, published=False, title="A draft law", citation="2032 c. 1")
        for effect, provisions, is_public in ((Effect.DELIVERS, "s. 1", True), (Effect.AMENDS, "", False)):
            make_link(
                change, ask, law, effect=effect, provisions=provisions, extent=("Wales", "England"), published=is_public
            )
        assert bill.key
        met = make_update(
            change, ask, kind=UpdateKind.TEST, happened_on=PartialDate("2019-06"), results=((test.id, Result.MET),),
            text="Wrong.\nOn two lines.",
        )  # fmt: skip
        make_update(
            change, ask, kind=UpdateKind.CORRECTION, happened_on=PartialDate("2019-06"), corrects_id=met.id,
            results=((test.id, Result.NOT_MET),), text="It was not met.",
        )  # fmt: skip
        make_update(change, ask, kind=UpdateKind.REVIEW, happened_on=PartialDate("2020-01-02"), evidence=())
        replies.mark_disputed(change, ask, dispute_draft(is_said_defamatory=True), None)
        make_reply(change, ask, published=True, answer="Two\nlines.")
        make_reply(change, ask, outcome=Outcome.WAITING, answer="", answered_on=None, internal_note="Asked twice.")
        target, other, hidden, erased, _ = make_targets(
            change, ask, "Boris Testov", "Carla Inventova", "Dmitri Exemplarov", "Elena Fiktiva", "Farid Unsure"
        )
        gone = {"removed_on": PartialDate("2026-11-21"), "last_seen": PartialDate("2026-11-20")}
        make_designation(change.session, "RUS9001", measures="Asset freeze; Travel Ban", **gone)
        make_designation(change.session, "RUS9002", kind=TargetKind.SHIP, listed_on=None)
        list_target(change, target)
        list_target(change, other, "", is_shown=True)
        list_target(change, hidden, "RUS9002", is_shown=False)
        list_target(change, erased, "RUS9002")
        targets.erase(change, erased, None, "They asked for it.", is_counted=True)
        change.session.add(SanctionsList(day=PartialDate("2026-11-21"), read_at=change.at))
    with site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == "empty-homes")).one()
        renamed = ask_draft(
            ask.source_id, slug="vacant-homes", title="Tax vacant homes", internal_note="Not for all.",
            responsible_bodies=("МИД", "The Council", "Home Office"),
        )  # fmt: skip
        asks.edit_ask(change, ask, renamed, seen_version=None, reason="The source says vacant.")
        first, second = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask.id)).all()
        tests.archive_test(change, ask, second, None, "It doubled another.")
        reworded = criterion_draft(label="The tax is in force")
        tests.edit_test(change, ask, first, reworded, seen_version=None, reason="More exact.")
    with site.change(ADA) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == "vacant-homes")).one()
        old = make_ask(change, slug="old", source_id=ask.source_id, published=True, title="An old ask")
        leaflet = make_source(change, key="leaflet")
        make_ask(change, slug="of-a-leaflet", source_id=leaflet.id, published=True, title="Of a leaflet")
        records.archive(change, leaflet, None, "Nobody finds it any longer.")
        replies.end_dispute(change, ask, None, "=The refusal is on the record.")
        replies.mark_disputed(change, ask, dispute_draft("Whether it was asked.", is_said_defamatory=True), None)
        replies.mark_disputed(change, old, dispute_draft(), None)
        replies.end_dispute(change, old, None, "It was not asked.")
        records.archive(change, old, None, "It was asked by mistake.")
        secret = make_ask(
            change, slug="secret", source_id=ask.source_id, title="A draft ask", same_as_id=ask.id,
            responsible_bodies=("Ministry of Drafts", "Home Office"),
        )  # fmt: skip
        aside = make_ask(change, slug="aside", source_id=ask.source_id, title="Put aside", same_as_id=secret.id)
        records.archive(change, aside, None, "No.")
        replaced = make_ask(change, slug="replaced", source_id=ask.source_id, published=True, same_as_id=ask.id)
        make_update(
            change, replaced, status=Status.SUPERSEDED, superseded_by_id=ask.id, happened_on=PartialDate("2021")
        )
        put_aside = make_update(change, replaced, published=False, text="A draft.", draft_note="No source.")
        drafts.discard(change, put_aside, put_aside.version)
    with site.change(CLEO) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        updates.submit(change, ask, make_update(change, ask, published=False, text="Waits."))
    with site.change(ADA) as change:
        for host, name in (("old.example", "Old"), ("news.example", "The “News”"), ("old.example", "")):
            keep_publisher(change, PublisherDraft(host, name, EvidenceType.GOVERNMENT_CLAIM), None)
    for words in ("On two lines", "source says vacant"):  # the other ones stand in the log alone
        with site.change(ADA) as change:
            seen = taking_down.find(change.session, words, COURT, ADDRESS).seen
            taking_down.take_down(change, words, COURT, ADDRESS, seen)


def pages(app: Flask, engine: str) -> dict[str, bytes]:
    """What a stranger gets, by address."""
    return {address: page(app, address) for address in ADDRESSES[engine]}


def page(app: Flask, address: str) -> bytes:
    with app.test_client().get(address, buffered=True) as answer:
        return str(answer.status_code).encode() + (answer.location or "").encode() + _same(answer.data)


def _same(body: bytes) -> bytes:
    """The answer without what is of the copy itself; a zip file as what it holds."""
    if not body.startswith(b"PK"):
        return OWN.sub(b"#", body)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        names = [name for name in packed.namelist() if name != "docProps/core.xml"]  # when a workbook was made
        return b"\0".join(OWN.sub(b"#", packed.read(name)) for name in names)


def export(site: Site, folder: Path, *options: str) -> None:
    tracker_on(site.engine.url.render_as_string(hide_password=False))("export", folder, *options)


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.fixture(scope="module", params=ENGINES)
def original(seeded_databases: SeededDatabases, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site with some of everything, from which tests only export."""
    with open_site(seeded_databases, engine=request.param) as site:
        some_of_everything(site)
        yield site


def test_the_copy_shows_the_public_what_the_first_one_shows(
    original: Site, databases: Databases, tmp_path: Path
) -> None:
    engine, folder = original.engine.dialect.name, tmp_path / "out"
    export(original, folder, "--internal")
    expected = pages(original.app, engine)
    with databases.temporary(engine) as empty:
        copy = tracker_on(empty)
        assert copy("import", folder).out.endswith("Brought in.\n")
        with open_app(replace(LOCAL, database_url=empty)) as app:
            found = pages(app, engine)
        assert {address for address in expected if found[address] != expected[address]} == set()
        told = expected["/corrections"].decode()
        assert (told.count("The refusal is on the record."), told.count(COURT)) == (1, 2)
        assert "is what the log adds up to" in copy("verify", "--replay").out
        with open_engine(empty) as engine_of_copy:
            assert list_takings_down(engine_of_copy) == list_takings_down(original.engine)
        copy("export", tmp_path / "again", "--internal")
        assert "news.example,The “News”,government_claim" in (tmp_path / "again/publishers.csv").read_text("utf-8")
        assert files(tmp_path / "again") == files(folder)
        with open_engine(empty) as engine_of_copy, writing(engine_of_copy) as session:  # numbered after those that came
            make_staff(session)
            change = Change(session, find_staff(session).ada, NOW)
            ask = make_ask(change, slug="one-more", published=True)
            make_link(change, ask, make_law(change, citation="2031 c. 9", year="2031"))
            make_reply(change, ask, published=True)
            make_test(change, ask)


@pytest.mark.parametrize("original", ["sqlite"], indirect=True)
def test_what_is_public_comes_in_again_by_itself(original: Site, databases: Databases, tmp_path: Path) -> None:
    """Archived tests are named by their results alone; archived asks and what staff see stay behind."""
    export(original, tmp_path / "out")
    with databases.temporary("sqlite") as empty:
        copy = tracker_on(empty)
        copy("import", tmp_path / "out")
        with open_app(replace(LOCAL, database_url=empty)) as app:
            for address in ("/corrections", "/api/v1/asks/vacant-homes", "/asks/vacant-homes/history"):
                assert page(app, address) == page(original.app, address)
        assert "is what the log adds up to" in copy("verify", "--replay").out
        copy("export", tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "out")


def as_workbook(session: Session) -> bytes:
    """All public tables as a spreadsheet program would open them."""
    file, edition = io.BytesIO(), Origin(ADDRESS, Face(), revision(session), NOW)
    workbook.write_workbook(file, edition, lambda name: iter(session.execute(tables.RECORDS[name].statement()).all()))
    return file.getvalue()


def fillable_rows(text: str, name: str) -> list[dict[str, str]]:
    """The rows of a file in order, without what the tracker works out by itself; a draft law is not named by a bill."""
    wanted = [column.name for column in fillable()[name] if column.name != "becomes"]
    rows = [{column: row[column] for column in wanted} for row in read(text)]
    return sorted(rows, key=lambda row: [row[column] for column in TABLES[name].key])


def test_its_tables_change_nothing_there_and_make_drafts_elsewhere(original: Site, databases: Databases) -> None:
    with original.change(ED) as ed:
        public = exported(ed)
        before = original.footprint()
        for form in (public, {"policy-asks.xlsx": as_workbook(ed.session)}):
            plan = bring(ed, form)
            assert plan.faults == []
            assert (plan.added.total(), plan.changed.total()) == (0, 0)
            assert plan.left.total() == sum(len(read(text)) for text in public.values())
        assert (count_events(ed.session), revision(ed.session)) == before
    rows = {name: fillable_rows(public[f"{name}.csv"], name) for name in RECORDS}
    files = {
        f"{name}.csv": "".join(csv.write(list(found[0]), ([*row.values()] for row in found)))
        for name, found in rows.items()
    }
    with filled_engine(databases, original.engine.dialect.name) as engine, writing(engine) as session:
        ed = Change(session, find_staff(session).ed, NOW)
        for source in read(public["sources.csv"]):
            asks.create_source(ed, source_draft(key=source["source_key"], title=source["title"], url=source["url"]))
        plan = bring(ed, files)
        assert plan.faults == []
        assert plan.added.total() == sum(map(len, rows.values()))
        for name, found in rows.items():
            there = TABLES[name].csv(session.execute(STATEMENTS[name]()).all(), ADDRESS)
            assert fillable_rows("".join(there), name) == found
        assert not bring(ed, files).has_changes


def test_files_name_no_ask_that_they_leave_out(sqlite_site: Site, databases: Databases, tmp_path: Path) -> None:
    with sqlite_site.change(ADA) as change:
        replaced, other = (make_ask(change, slug=slug, published=True) for slug in ("replaced", "other"))
        make_update(change, replaced, status=Status.SUPERSEDED, superseded_by_id=other.id)
        records.archive(change, other, None, "Not ours.")
        plan = bring(change, exported(change))
        assert (plan.faults, plan.has_changes) == ([], False)
    export(sqlite_site, tmp_path / "out")
    with databases.temporary("sqlite") as empty:
        assert tracker_on(empty)("import", tmp_path / "out").out.endswith("Brought in.\n")
    assert "/asks/other" in sqlite_site.browser().get("/asks/replaced").links().values()
