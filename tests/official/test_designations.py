"""What a list leaves in the tracker: thin rows, candidates beside targets, and findings that name nobody.

At the end the list as `tracker look` meets it: what goes well is kept, what is wrong is told and changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, list_target, make_ask, make_targets
from tests.official.desk import Desk
from tests.official.lists import EXAMPLE_BANK, PROSPECT, TESTOV, THREE, Entry, SavedLists, as_csv, as_xml
from tracker.models import Ask, Designation, Finding, SanctionsList, Target
from tracker.official.designations import take_list
from tracker.official.sanctions import CSV, XML, read_list
from tracker.rules.dates import PartialDate
from tracker.rules.official import LookOutcome, TargetKind
from tracker.services.change import Change

NAMESAKE = Entry("GHR9004", ("Boris TESTOV",), regime="The Global Human Rights Sanctions Regulations 2020")
LATER = "21/11/2026"


@pytest.fixture
def ask(ed: Change) -> Ask:
    return make_ask(ed, published=True)


def take(
    session: Session, lists: SavedLists, entries: Sequence[Entry] = THREE, day: str = "20/11/2026"
) -> list[Finding]:
    """Store this list, and return what is new."""
    found = read_list(lists.put(xml=as_xml(entries, day)), PartialDate("2026-11-22"), {})
    assert found
    news = take_list(session, found, NOW)
    session.flush()
    session.expire_all()
    return news


def rows(session: Session) -> dict[str, Designation]:
    return {row.unique_id: row for row in session.scalars(sa.select(Designation).order_by(Designation.unique_id))}


def days_of(row: Designation) -> list[str | None]:
    """When an entry was first seen, last seen, and taken off."""
    return [day.text if day else None for day in (row.first_seen, row.last_seen, row.removed_on)]


def offered(target: Target) -> list[str]:
    return [it["unique_id"] for it in target.candidates if "name" in it]


def test_a_first_list_is_stored_without_a_name_and_is_no_news_and_an_entry_goes_and_comes_back(
    session: Session, lists: SavedLists
) -> None:
    assert take(session, lists) == []
    found = rows(session)
    assert [(row.kind, row.listed_on, row.regime[:6]) for row in found.values()] == [
        (TargetKind.BODY, PartialDate("2020-07-06"), "Global"),
        (TargetKind.PERSON, PartialDate("2022-11-15"), "Russia"),
        (TargetKind.SHIP, None, "Russia"),
    ]
    assert {(row.name, row.measures, row.first_seen.text, row.removed_on) for row in found.values()} == {
        ("", "", "2026-11-20", None)
    }

    take(session, lists, [TESTOV, NAMESAKE], LATER)
    found = rows(session)
    assert found["GHR9004"].first_seen.text == "2026-11-21"
    assert days_of(found["RUS9003"]) == ["2026-11-20", "2026-11-20", "2026-11-21"]
    take(session, lists, THREE, "22/11/2026")
    assert days_of(rows(session)["RUS9003"]) == ["2026-11-20", None, None]
    read = session.scalars(sa.select(SanctionsList.day).order_by(SanctionsList.day))
    assert [day.text for day in read] == ["2026-11-20", "2026-11-21", "2026-11-22"]


def test_candidates_agree_in_two_words_and_say_why(session: Session, lists: SavedLists, ed: Change, ask: Ask) -> None:
    expected = {
        "Boris Testov": ["GHR9004", "RUS9001"],
        "TESTOV, Boris Ivanovich": ["RUS9001", "GHR9004"],
        "Bóris Testoff": ["RUS9001"],
        "Борис Иванович Тестов": ["RUS9001"],
        "Example Prospect": ["RUS9003"],
        "Sample Bank": ["GHR9002"],
        "Prospect": [],
        "Boris Inventov": [],
    }
    targets = make_targets(ed, ask, *expected)
    assert take(session, lists, [*THREE, NAMESAKE]) == []
    assert [offered(target) for target in targets] == list(expected.values())
    assert targets[2].candidates == [
        {
            "unique_id": "RUS9001",
            "name": "Boris Ivanovich TESTOV",
            "regime": "Russia (Sanctions) (EU Exit) Regulations 2019",
            "kind": "person",
            "listed_on": "2022-11-15",
            "measures": "Asset freeze; Travel Ban",
            "why": "boris, testoff in “Boris TESTOFF”",
        }
    ]

    # The same list again writes nothing.
    written: list[str] = []
    sa.event.listen(session.connection(), "before_cursor_execute", lambda *args: written.append(args[2]))
    assert take(session, lists, [*THREE, NAMESAKE]) == []
    assert [statement for statement in written if not statement.startswith("SELECT")] == []


@pytest.fixture
def followed(session: Session, lists: SavedLists, ed: Change, ask: Ask) -> Target:
    """A target that a person has found on the list as RUS9001."""
    (target,) = make_targets(ed, ask, "Boris Testov")
    take(session, lists)
    list_target(ed, target)
    session.flush()
    return target


VARIED = "was varied on the UK Sanctions List: "
# What the list says now, and what is found about RUS9001.
CHANGES: list[tuple[list[Entry], str]] = [
    ([TESTOV], ""),
    ([], "is no longer on the UK Sanctions List"),
    ([replace(TESTOV, names=("Boris Ivanovich TESTOFF",))], "has another primary name"),
    (
        [replace(TESTOV, names=("Somebody ELSE",), other_script="")],
        "now names somebody else, or is renamed: compare it",
    ),
    ([replace(TESTOV, imposed="Asset freeze")], f"{VARIED}measures is now Asset freeze"),
    ([replace(TESTOV, designated="")], f"{VARIED}listed on is now not known"),
    (
        [replace(TESTOV, kind="Entity", designated="06/07/2020", regime=NAMESAKE.regime)],
        f"{VARIED}kind is now body; regime is now Global Human Rights Sanctions Regulations 2020; "
        "listed on is now 6 July 2020",
    ),
]


@pytest.mark.parametrize(("now", "says"), CHANGES)
def test_an_entry_is_followed_by_its_id(
    session: Session, lists: SavedLists, followed: Target, now: list[Entry], says: str
) -> None:
    news = take(session, lists, [EXAMPLE_BANK, PROSPECT, *now], LATER)
    assert [found.says for found in news] == ([f"Target 1: RUS9001 {says}"] if says else [])
    assert {row.unique_id for row in rows(session).values() if row.name or row.measures} == {"RUS9001"}
    assert {(found.subject_kind, found.subject_id) for found in news} <= {("ask", followed.ask_id)}
    assert take(session, lists, [EXAMPLE_BANK, PROSPECT, *now], LATER) == []


def test_a_name_that_was_not_listed_is_found_once_when_an_entry_comes(
    session: Session, lists: SavedLists, ed: Change, ask: Ask
) -> None:
    (target,) = make_targets(ed, ask, "Boris Testov")
    take(session, lists)
    list_target(ed, target, "")
    assert target.candidates == [{"unique_id": "RUS9001"}]
    assert take(session, lists, THREE, LATER) == []
    (news,) = take(session, lists, [*THREE, NAMESAKE], "22/11/2026")
    assert news.says == "Target 1: GHR9004 is on the list now and may be it: compare them"
    assert offered(target) == ["GHR9004"]
    assert take(session, lists, [*THREE, NAMESAKE], "22/11/2026") == []


# --- as it is looked at ---

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


def test_the_list_is_read_again_while_a_name_waits_though_it_is_the_same_and_what_is_gone_is_told(desk: Desk) -> None:
    say(desk, list(THREE))
    for _ in range(2):
        assert (desk.look("sanctions").outcome, desk.says()) == (LookOutcome.OK, [])
    with desk.change() as ed:
        list_target(ed, ed.session.get_one(Target, 1))
    seen = desk.look("sanctions")
    assert (statuses(desk), seen.outcome, seen.records) == ([200, 200, 304], LookOutcome.OK, 3)
    say(desk, MANY, "23/11/2026")
    desk.look("sanctions", 1, dry_run=True)  # it keeps nothing and hides nothing from the next look
    assert (desk.says(), len(desk.all(Designation.unique_id)), len(desk.all(SanctionsList.day))) == ([], 3, 1)
    for day in (1, 2):
        desk.look("sanctions", day)
        assert desk.says() == ["Target 1: RUS9001 is no longer on the UK Sanctions List"]
    with desk.change() as ed:
        make_targets(ed, ed.session.get_one(Ask, 1), "Boris Testoff")
    desk.look("sanctions", 2)
    assert statuses(desk) == [200, 200, 304, 200, 200, 304, 200]
    assert desk.all(Target.candidates)[-1]


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
