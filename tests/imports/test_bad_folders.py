"""A folder with faults is refused whole; each fault is named with its file, row and column."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.seed_folder import FILES, PAST, replace_in, write_seeds
from tests.transactions import shared_engine_with
from tracker.imports.plan import Plan
from tracker.imports.whole import bring_in
from tracker.queries.choosing import list_publishers
from tracker.rules.errors import NotAllowed
from tracker.rules.people import Role
from tracker.rules.publishers import PublisherDraft
from tracker.rules.updates import EvidenceType
from tracker.rules.wording import shown
from tracker.services.bodies import keep_publisher
from tracker.services.change import Change

shared_engine = shared_engine_with(lambda change: None)
# File, what stands there, what shall stand there, and where and how the fault is told. What a cell may say is tried in
# test_bad_files.py, for both are read alike.
FAULTS = [
    # the files themselves
    ("legislation", "Empty Homes Bill,,", "Empty Homes Bill,", "row 2, column enacted_on: found “ukpga/2018/13”"),
    ("legislation", "law_key,kind", "law_kay,kind", "row 1, column law_kay"),
    ("updates", ",2018-03-19,status,", ",2018-06,status,", "row 3, column update_key: found “empty-homes 2018-06”"),
    # what must be there
    ("updates", "2019,milestone,2019,", "2019,milestone,,", "row 4, column happened_on: found nothing"),
    ("updates", "A minister promised it to the House.", "", "row 2, column reason: found nothing"),
    ("updates", ",announced,", ",,", "row 2, column status: found nothing"),
    # values
    ("updates", "2018-06,status,2018-06,", "2018-06,status,2018-02-31,", "There is no such date as 2018-02-31"),
    ("updates", "2018-06,status,2018-06,", "2018-06,status,2099,", "row 3, column happened_on: found “2099”"),
    ("asks", ",policy,", ",wish,", "row 2, column kind: found “wish”. Expected: One of: policy, sanctions"),
    ("asks", ",90\n", ",often\n", "row 2, column review_interval_days: found “often”. Expected: A whole number."),
    ("asks", ",90\n", ",900\n", "row 2, column review_interval_days: found “900”. Expected: Choose between 1 and 730"),
    ("asks", "Tax empty homes", "Tax\a", "a character that cannot be stored (U+0007)"),
    ("asks", "Tax empty homes", "#NAME?", "where a formula failed"),
    ("asks", "empty-homes,Tax", "Empty Homes,Tax", "row 2, column ask_slug: found “Empty Homes”"),
    ("links", ",England,", ",Narnia,", "row 2, column extent: found “Narnia”. Expected: Unknown extent: Narnia"),
    ("evidence", "https://hansard.example/1", "javascript:alert(1)", "row 2, column url"),
    ("evidence", "2018-03-19,1,", "2018-03-19,13,", "row 2, column position: found “13”"),
    ("evidence", "2018-03-19,1,", "2018-03-19,first,", "row 2, column position: found “first”"),
    (
        "evidence",
        ",https://hansard",
        ",Ã©//hansard",
        "row 2, column url: found “Ã©//hansard.example/1”. Expected: A text",
    ),
    ("legislation", "ukpga/2018/13,ukpga", "the act,ukpga", "row 3, column law_key: found “the act”"),
    ("legislation", "2018,13,2018 c. 13", "2018,14,2018 c. 13", "row 3, column number: found “14”"),
    ("designations", "RUS9001,", "RUS1,", "row 2, column unique_id: found “RUS1”. Expected: Three letters"),
    ("designations", ",2026-11-20,", ",,", "row 2, column first_seen: found nothing"),
    ("targets", "empty-homes,1,", "empty-homes,one,", "row 2, column target_number: found “one”"),
    ("targets", ",not_listed,,", ",unsure,RUS9001,", "row 3, column unique_id: found “RUS9001”. Expected: Nothing"),
    ("targets", "Carla Inventova", "…", "row 3, column name"),
    ("bodies", "home-office,", "Home Office,", "row 3, column slug: found “Home Office”"),
    ("bodies", "Home Office,", "the COUNCIL,", "row 3, column name: found “the COUNCIL”. Expected: What no row above"),
    ("wordings", ",title,", ",label_of,", "row 2, column field: found “label_of”. Expected: One of: title, quote"),
    ("wordings", "First published,,", f"First published,{'x' * 1000},", "row 2, column reason: found “xxx"),
    ("disputes", ",2020-01-07,", ",2020-01,", "row 2, column since: found “2020-01”. Expected: Give the day"),
    ("disputes", "Whether the tax was promised.", "", "row 2, column about: found nothing. Expected: What was"),
    ("disputes", ",2020-02-07T", ",2220-02-07T", "row 2, column ended_at: found “2220-02-07T12:00:00+00:00”"),
    ("disputes", "It was: the", "x" * 1000, "row 2, column outcome: found “xxx"),
    ("takedowns", "+00:00,", ",", "row 2, column taken_down_at: found “2020-03-01T09:30:00.000001”. Expected: A"),
    ("takedowns", "A court forbids it.", "", "row 2, column reason: found nothing"),
    ("publishers", "news.example,", "news example,", "row 2, column host: found “news example”"),
    ("publishers", ",The News,", ",,", "row 2, column publisher: found nothing"),
    # what is named
    ("targets", ",RUS9001,", ",RUS9002,", "row 2, column unique_id: found “RUS9002”. Expected: What a row of"),
    ("asks", ",the-article,", ",an-article,", "row 2, column source_key: found “an-article”. Expected: What a row of"),
    ("asks", ",the-article,", ",,", "row 2, column source_key: found nothing"),
    ("results", "tax-in-law,met", "tax-in-force,met", "row 2, column test_key: found “tax-in-force”"),
    ("legislation", ",ukpga/2018/13\n", ",ukpga/2018/99\n", "row 2, column becomes: found “ukpga/2018/99”"),
    ("legislation", ",ukpga/2018/13\n", ",bill/2017-19/9\n", "row 2, column becomes: found “bill/2017-19/9”"),
    ("updates", ",,,draft,", ",,2020-02-28,draft,", "row 4, column corrects: found “2020-02-28”. Expected: An entry"),
    ("updates", "2020-02-28,review,", "2020-02-28,correction,", "row 5, column corrects: found nothing"),
]


def told(ed: Change, folder: Path) -> list[str]:
    """What is said of the faults of a folder."""
    plan = Plan()
    bring_in(ed, folder, plan)
    return [f"{fault.place}: found {shown(fault.found)}. Expected: {fault.expected}" for fault in plan.faults]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault[0]}: {fault[2][:30]}" for fault in FAULTS])
def test_a_fault_is_named_with_its_place(ed: Change, tmp_path: Path, fault: tuple[str, str, str, str]) -> None:
    name, old, new, words = fault
    folder = write_seeds(tmp_path / "seeds", FILES | PAST)
    replace_in(folder / f"{name}.csv", old, new)
    said = told(ed, folder)
    assert [line for line in said if line.startswith(f"{name}.csv, ") and words in line], said
    cells = [line.partition(": ")[0] for line in said]
    assert len(cells) == len(set(cells)), said


def test_an_ask_without_a_status_is_not_public_and_a_folder_has_the_files_that_are_needed(
    ed: Change, tmp_path: Path
) -> None:
    folder = write_seeds(tmp_path / "seeds")
    # A file that is not UTF-8 and one that is missing are named.
    with (folder / "asks.csv").open("ab") as file:
        file.write(b"caf\xe9\n")
    assert told(ed, folder)[0].startswith("asks.csv: found “Line 3 holds the byte E9")
    names = ("asks", "sources", "updates")
    for name in names:
        (folder / f"{name}.csv").unlink()
    missing = {line.partition(": ")[0] for line in told(ed, folder) if "There is no such file." in line}
    assert missing == {f"{name}.csv" for name in names}
    write_seeds(folder)
    for name in ("updates", "evidence", "results"):
        (folder / f"{name}.csv").write_text((folder / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0] + "\n")
    assert [line.partition(": ")[0] for line in told(ed, folder)] == ["asks.csv, row 2, column ask_slug"]
    replace_in(folder / "asks.csv", "review_interval_days", "publication")
    replace_in(folder / "asks.csv", ",90\n", ",draft\n")
    assert told(ed, folder) == []


def test_publishers_come_to_those_that_are_there_and_only_an_admin_brings_them(ada: Change, tmp_path: Path) -> None:
    folder = write_seeds(tmp_path / "seeds", FILES | PAST)
    for host in ("news.example", "own.example"):
        keep_publisher(ada, PublisherDraft(host, "Ours", EvidenceType.OWN_WORK), None)
    ed = replace(ada, actor=replace(ada.actor, role=Role.EDITOR))
    with ada.session.begin_nested() as tried:
        with pytest.raises(NotAllowed, match="table of publishers"):
            told(ed, folder)
        tried.rollback()
    assert told(ada, folder) == []
    assert list_publishers(ada.session) == {
        "news.example": ("The News", EvidenceType.INDEPENDENT), "own.example": ("Ours", EvidenceType.OWN_WORK),
    }  # fmt: skip
