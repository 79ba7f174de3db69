"""The list as `tracker look` meets it: what goes well is kept, what is wrong is told and changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import NOW, find_staff, list_target, make_ask, make_targets
from tests.official.fake import FakeRecord
from tests.official.lists import TESTOV, THREE, Entry, as_csv, as_xml
from tests.transactions import filled_engine
from tracker.db.engine import reading, writing
from tracker.models import Ask, Designation, Finding, Look, SanctionsList, Target
from tracker.official.fetching import Fetcher
from tracker.official.looking import Looking, look
from tracker.official.readers import READERS
from tracker.official.sanctions import CSV, XML
from tracker.rules.findings import LookOutcome
from tracker.services.change import Change

MANY = [replace(TESTOV, unique_id=f"RUS{number:04}") for number in range(20)]


@dataclass
class Machine:
    """A tracker in which somebody asks for sanctions on Boris Testov, and a fake site that has the list."""

    engine: sa.Engine
    record: FakeRecord
    folder: Path
    days: int = 0

    def say(self, entries: list[Entry], day: str = "20/11/2026") -> None:
        self.record.say("sanctions", XML, as_xml(entries, day))

    def look(self, **more: Any) -> Look:
        """Look a day after the last time."""
        self.days += 1
        at = NOW + timedelta(days=self.days)
        answers = Fetcher(self.record.addresses, self.folder, "tests (tests@example.org)", at, wait_seconds=0)
        return look(Looking(self.engine, answers, at, "sanctions", lambda _: None, **more), READERS["sanctions"])

    def count(self, model: Any) -> int:
        with reading(self.engine) as session:
            return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

    def statuses(self) -> list[int]:
        """What the site answered, from the first look on."""
        return [status for path, status in self.record.asked if path.endswith(XML)]

    def says(self) -> list[str]:
        with reading(self.engine) as session:
            return list(session.scalars(sa.select(Finding.says).order_by(Finding.id)))


@pytest.fixture
def machine(databases: Any, tmp_path: Path) -> Iterator[Machine]:
    def ask_for_boris(change: Change) -> None:
        make_targets(change, make_ask(change, published=True), "Boris Testov")

    with FakeRecord() as record, filled_engine(databases, "sqlite", ask_for_boris) as engine:
        yield Machine(engine, record, tmp_path)


def confirm(machine: Machine, unique_id: str = "RUS9001") -> None:
    with writing(machine.engine) as session:
        target = session.scalars(sa.select(Target)).one()
        list_target(Change(session, find_staff(session).ed, NOW), target, unique_id)


def test_a_name_is_proposed_confirmed_and_taken_off(machine: Machine) -> None:
    machine.say(list(THREE))
    assert (machine.look().outcome, machine.says()) == (LookOutcome.OK, [])
    confirm(machine)
    seen = machine.look()
    assert (machine.statuses(), seen.outcome, seen.records) == ([200, 304], LookOutcome.OK, 3)
    machine.say([*MANY], "23/11/2026")
    machine.look()
    assert machine.says() == ["Target 1: RUS9001 is no longer on the UK Sanctions List"]
    machine.look()
    assert len(machine.says()) == 1


def test_while_a_name_waits_the_list_is_read_again_though_it_is_the_same(machine: Machine) -> None:
    machine.say(MANY)
    machine.look()
    machine.look()
    confirm(machine, "")
    machine.look()
    with writing(machine.engine) as session:
        make_targets(Change(session, find_staff(session).ed, NOW), session.get_one(Ask, 1), "Boris Testoff")
    machine.look()
    assert machine.statuses() == [200, 200, 304, 200]
    with reading(machine.engine) as session:
        assert session.scalars(sa.select(Target).where(Target.position == 2)).one().candidates


@pytest.mark.parametrize("body", [as_xml(), as_xml()[:-50], f"<!DOCTYPE a>{as_xml()}"], ids=["whole", "cut", "wrong"])
def test_nothing_of_the_list_is_kept_as_it_was_fetched(machine: Machine, body: str) -> None:
    machine.record.say("sanctions", XML, body)
    machine.record.say("sanctions", CSV, as_csv().replace("Unique ID", "ID"))
    machine.look()
    assert [file.name for file in machine.folder.rglob("*") if file.is_file()] == []


def test_one_bad_entry_is_told_and_the_rest_is_kept(machine: Machine) -> None:
    machine.say([*THREE, replace(TESTOV, unique_id="?")])
    seen = machine.look()
    assert (seen.outcome, seen.records, machine.count(Designation)) == (LookOutcome.OK, 3, 3)
    assert "An entry (ID “?”) cannot be read and is left out." in seen.sentence


def test_the_csv_serves_where_the_xml_is_cut_off(machine: Machine) -> None:
    machine.record.say("sanctions", XML, as_xml()[:-50])
    machine.record.say("sanctions", CSV, as_csv())
    assert (machine.look().outcome, machine.count(Designation)) == (LookOutcome.OK, 3)


BOMB = ('<?xml version="1.0"?><Designations>' + " " * 80_000_000).encode()
WRONG: dict[str, tuple[Callable[[Machine], None], str]] = {
    "shrunk": (lambda m: m.say(MANY[:17], "21/11/2026"), "It has only 17 records"),
    "older": (lambda m: m.say(MANY, "19/11/2026"), "older than that of 20 November 2026"),
    "of tomorrow": (lambda m: m.say(MANY, "21/12/2026"), "The list is of 21 December 2026; today is"),
    "a web page": (lambda m: m.record.say("sanctions", XML, "<html>Busy</html>"), "a web page in place of the list"),
    "cut off": (lambda m: m.record.say("sanctions", XML, as_xml(MANY)[:-30]), "no whole XML"),
    "down": (lambda m: m.record.say("sanctions", XML, "", status=404), "404"),
    "another list": (lambda m: m.record.say("sanctions", XML, "<ArrayOfFinancialSanctionsTarget/>"), "closed on 28"),
    "a bomb": (lambda m: m.record.pack("sanctions", XML, BOMB), "more than 64 MB"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_what_is_wrong_is_told_and_changes_nothing(machine: Machine, name: str) -> None:
    machine.say(MANY)
    machine.look()
    make_it_wrong, says = WRONG[name]
    make_it_wrong(machine)
    seen = machine.look()
    assert seen.outcome is LookOutcome.FAILED
    assert says in seen.sentence
    assert (machine.count(Designation), machine.count(SanctionsList), machine.says()) == (20, 1, [])
    with reading(machine.engine) as session:
        assert session.scalars(sa.select(Designation.removed_on).distinct()).all() == [None]


def test_a_dry_run_keeps_nothing_and_hides_nothing_from_the_next_look(machine: Machine) -> None:
    confirm(machine, "")
    machine.look(dry_run=True)
    assert (machine.count(Designation), machine.count(SanctionsList)) == (0, 0)
    machine.look()
    assert (machine.count(Designation), machine.count(SanctionsList)) == (len(THREE), 1)
