"""The list as `tracker look` meets it: what goes well is kept, what is wrong is told and changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import list_target, make_ask, make_targets
from tests.official.desk import Desk
from tests.official.lists import TESTOV, THREE, Entry, as_csv, as_xml
from tracker.models import Ask, Designation, SanctionsList, Target
from tracker.official.sanctions import CSV, XML
from tracker.rules.official import LookOutcome

MANY = [replace(TESTOV, unique_id=f"RUS{number:04}") for number in range(20)]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a desk on which somebody asks for sanctions on Boris Testov."""
    with desk.change() as ed:
        make_targets(ed, make_ask(ed, published=True), "Boris Testov")
    return desk


def say(desk: Desk, entries: list[Entry], day: str = "20/11/2026") -> None:
    desk.record.say("sanctions", XML, as_xml(entries, day))


def statuses(desk: Desk) -> list[int]:
    """Return what the site answered, from the first look on."""
    return [status for path, status in desk.record.asked if path.endswith(XML)]


def confirm(desk: Desk, unique_id: str = "RUS9001") -> None:
    with desk.change() as ed:
        list_target(ed, ed.session.scalars(sa.select(Target)).one(), unique_id)


def test_a_name_is_proposed_confirmed_and_taken_off(desk: Desk) -> None:
    say(desk, list(THREE))
    assert (desk.look("sanctions").outcome, desk.says()) == (LookOutcome.OK, [])
    confirm(desk)
    seen = desk.look("sanctions")
    assert (statuses(desk), seen.outcome, seen.records) == ([200, 304], LookOutcome.OK, 3)
    say(desk, MANY, "23/11/2026")
    for day in (1, 2):
        desk.look("sanctions", day)
        assert desk.says() == ["Target 1: RUS9001 is no longer on the UK Sanctions List"]


def test_while_a_name_waits_the_list_is_read_again_though_it_is_the_same(desk: Desk) -> None:
    say(desk, MANY)
    desk.look("sanctions")
    desk.look("sanctions")
    confirm(desk, "")
    desk.look("sanctions")
    with desk.change() as ed:
        make_targets(ed, ed.session.get_one(Ask, 1), "Boris Testoff")
    desk.look("sanctions")
    assert statuses(desk) == [200, 200, 304, 200]
    assert [bool(found) for found in desk.all(Target.candidates)] == [True, True]


def test_the_csv_serves_where_the_xml_is_cut_off_and_nothing_is_kept_as_it_was_fetched(desk: Desk) -> None:
    for body in (as_xml(), f"<!DOCTYPE a>{as_xml()}", as_xml()[:-50]):
        desk.record.say("sanctions", XML, body)
        desk.record.say("sanctions", CSV, as_csv().replace("Unique ID", "ID"))
        desk.look("sanctions")
        assert [file.name for file in desk.folder.rglob("*") if file.is_file()] == []
    desk.record.say("sanctions", CSV, as_csv([*THREE, replace(TESTOV, unique_id="?")]))
    seen = desk.look("sanctions")
    assert (seen.outcome, seen.records, len(desk.all(Designation.unique_id))) == (LookOutcome.OK, 3, 3)
    assert "An entry (ID “?”) cannot be read and is left out." in seen.sentence


def test_what_is_wrong_is_told_and_changes_nothing(desk: Desk) -> None:
    say(desk, MANY)
    desk.look("sanctions")
    wrong: dict[str, Callable[[], Any]] = {
        "It has only 17 records": lambda: say(desk, MANY[:17], "21/11/2026"),
        "older than that of 20 November 2026": lambda: say(desk, MANY, "19/11/2026"),
        "no whole XML": lambda: desk.record.say("sanctions", XML, as_xml(MANY)[:-30]),
        "404": lambda: desk.record.say("sanctions", XML, "", status=404),
    }
    for says, make_it_wrong in wrong.items():
        make_it_wrong()
        seen = desk.look("sanctions", 1)
        assert seen.outcome is LookOutcome.FAILED
        assert says in seen.sentence
        assert (len(desk.all(SanctionsList.day)), desk.says()) == (1, [])
        assert desk.all(Designation.removed_on) == [None] * len(MANY)


def test_a_dry_run_keeps_nothing_and_hides_nothing_from_the_next_look(desk: Desk) -> None:
    confirm(desk, "")
    desk.look("sanctions", dry_run=True)
    assert desk.all(Designation.unique_id) == desk.all(SanctionsList.day) == []
    desk.look("sanctions")
    assert (len(desk.all(Designation.unique_id)), len(desk.all(SanctionsList.day))) == (len(THREE), 1)
