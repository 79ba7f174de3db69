"""What a list leaves in the tracker: thin rows, candidates beside targets, and findings that name nobody."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, list_target, make_ask, make_targets
from tests.official.lists import EXAMPLE_BANK, PROSPECT, TESTOV, THREE, Entry, SavedLists, as_xml
from tracker.models import Ask, Designation, Finding, SanctionsList, Target
from tracker.official.designations import take_list
from tracker.official.sanctions import read_list
from tracker.rules.dates import PartialDate
from tracker.rules.official import TargetKind
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


def test_a_first_list_is_stored_without_a_name_and_is_no_news(session: Session, lists: SavedLists) -> None:
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


def test_an_entry_that_goes_and_one_that_comes_back(session: Session, lists: SavedLists) -> None:
    take(session, lists)
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
    assert {(found.subject_kind, found.subject_id) for found in news} <= {("ask", followed.ask_id)}
    assert take(session, lists, [EXAMPLE_BANK, PROSPECT, *now], LATER) == []


def test_names_are_kept_of_entries_that_are_followed_only(
    session: Session, lists: SavedLists, followed: Target
) -> None:
    take(session, lists, [*THREE, NAMESAKE], LATER)
    assert {row.name for row in rows(session).values()} == {"", "Boris Ivanovich TESTOV"}
    assert rows(session)["RUS9001"].measures == "Asset freeze; Travel Ban"


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
