"""The command that looks: what it says, what it keeps, and what it leaves alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.commands import Tracker
from tests.engines import open_engine
from tests.factories import NOW, evidence_draft, make_ask, make_law, make_link, make_update
from tests.official.fake import FakeRecord, stage
from tracker.clock import now, today
from tracker.db.engine import reading, writing
from tracker.models import Finding, Look
from tracker.official.looking import only_one
from tracker.rules.people import COMMAND_LINE
from tracker.rules.status import Status
from tracker.services import asks, findings
from tracker.services.change import Change


@pytest.fixture
def record() -> Iterator[FakeRecord]:
    yesterday = (today() - timedelta(days=1)).isoformat()
    with FakeRecord() as record:
        record.bill(4210, [stage(2, "2nd reading", "Commons", yesterday)])
        yield record


@pytest.fixture
def settings(database: str, record: FakeRecord) -> dict[str, str]:
    """A tracker that follows a bill, and the settings with which it asks the fake record."""
    with open_engine(database) as engine, writing(engine) as session:
        change = Change(session, COMMAND_LINE, NOW)
        address = "https://bills.parliament.uk/bills/4210"
        bill = make_law(change, kind="bill", title="Empty Homes Bill", citation="Bill 12 (2026-27)", address=address)
        make_link(change, make_ask(change, published=True), bill)
    addresses = {f"TRACKER_{source.upper()}_ADDRESS": address for source, address in record.addresses.items()}
    return addresses | {"TRACKER_EVIDENCE_PAGES": "0"}  # nobody outside is asked


def count(database: str, model: type[Finding] | type[Look]) -> int:
    with open_engine(database) as engine, reading(engine) as session:
        return session.query(model).count()


def test_what_is_new_is_said_once(tracker: Tracker, database: str, settings: dict[str, str], tmp_path: Path) -> None:
    would = tracker("look", "--dry-run", **settings).out
    assert "would find: Empty Homes Bill: second reading, Commons" in would
    assert (count(database, Finding), count(database, Look)) == (0, 0)
    assert "found: Empty Homes Bill: second reading" in tracker("look", **settings).out
    again = tracker("look", **settings).out
    assert again == (
        "Parliament’s bills: well (0 new)\nlegislation.gov.uk: well (0 new)\n"
        "Parliament’s statutory instruments: well (0 new)\nthe UK Sanctions List: well (0 new)\n"
    )
    assert (count(database, Finding), count(database, Look)) == (1, 8)
    saved = tmp_path / "var/looks"
    assert "Parliament’s bills: well (0 new)" in tracker("look", "--from", saved, "--only", "bills").out


def test_a_source_that_is_down_is_told_and_the_others_are_read(
    tracker: Tracker, database: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.official.fetching.WAITS", (0, 0, 0))
    settings["TRACKER_BILLS_ADDRESS"] = "http://127.0.0.1:1"
    failed = tracker("look", code=1, **settings)
    assert "Parliament’s bills: 127.0.0.1:1 gave no answer" in failed.out
    assert "legislation.gov.uk: well" in failed.out
    assert "Sources that could not be used: 1. Nothing of theirs was changed." in failed.err
    assert "warning  looks: Parliament’s bills could not be used" in tracker("doctor", code=None).out


def test_what_cannot_be_looked_at_is_refused(tracker: Tracker, settings: dict[str, str], tmp_path: Path) -> None:
    for pages, *arguments in (("10", "--from", "."), ("0",)):
        given = settings | {"TRACKER_EVIDENCE_PAGES": pages}
        refused = tracker("look", "--only", "evidence", *arguments, code=1, **given).err
        assert "Evidence is not read from a folder, and not with TRACKER_EVIDENCE_PAGES=0." in refused
    for address in ("http://bills.example", "ftp://127.0.0.1", "https://", "https://a@b.example"):
        assert "TRACKER_LAW_ADDRESS: give an address" in tracker("look", code=2, TRACKER_LAW_ADDRESS=address).err
    with only_one(tmp_path / "var/looks", NOW):
        assert "Another look is running" in tracker("look", code=1, **settings).err


def test_evidence_on_this_machine_is_not_asked_for(tracker: Tracker, database: str, record: FakeRecord) -> None:
    with open_engine(database) as engine, writing(engine) as session:
        change = Change(session, COMMAND_LINE, NOW)
        ask = make_ask(change)
        evidence = evidence_draft(url=record.address)
        make_update(change, ask, status=Status.ANNOUNCED, evidence=(evidence,))
        asks.publish_ask(change, ask, None)
    said = tracker("look", "--only", "evidence").out
    assert said == "published evidence: well (0 new)\n"
    assert record.asked == []


def test_the_digest_names_what_was_found_and_what_was_dismissed_stays_so_after_a_restore(
    tracker: Tracker, database: str, settings: dict[str, str], tmp_path: Path
) -> None:
    tracker("user", "add", "cleo@example.org", "--name", "Cleo", "--role", "contributor", "--link")
    tracker("look", **settings)
    mail = tracker("digest", "--dry-run").out
    assert "From the official record" in mail
    assert "Empty Homes Bill: second reading, Commons" in mail
    assert "/staff/findings/1/tell" in mail
    with open_engine(database) as engine, writing(engine) as session:
        finding = session.get_one(Finding, 1)
        findings.dismiss(Change(session, COMMAND_LINE, now()), finding, "It is another bill.", finding.version)
    tracker("backup", tmp_path / "backup")
    tracker("restore", tmp_path / "backup", "--force")
    assert "Parliament’s bills: well (0 new)" in tracker("look", **settings).out
    assert "From the official record" not in tracker("digest", "--dry-run").out
    tracker("verify", "--replay")
