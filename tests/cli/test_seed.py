"""tracker seed brings a list into an empty tracker, and tells what it says otherwise than one that is not."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tests.cli.seed_folder import FILES, replace_in, write_seeds
from tests.engines import open_engine
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.db.engine import reading
from tracker.exports.folder import WHOLE
from tracker.models import Ask, SuccessTest
from tracker.paths import resource_dir
from tracker.rules.asks import AskDraft
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import asks
from tracker.services.records import draft_of

ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_seeds(tmp_path / "seeds")


def find_asks(url: str) -> list[Ask]:
    with open_engine(url) as engine, reading(engine) as session:
        return list(session.scalars(sa.select(Ask)))


def test_a_list_comes_into_an_empty_tracker_whole_and_the_log_adds_up_to_it(
    tracker: Tracker, folder: Path, database: str
) -> None:
    assert tracker("seed", folder, "--dry-run").out.endswith("Nothing was brought in: this was a dry run.\n")
    assert find_asks(database) == []
    assert tracker("verify").out.startswith("The event log is whole: 0 entries")
    said = tracker("seed", folder).out
    assert said.splitlines() == [
        "asks: 1", "updates: 4", "evidence: 3", "tests: 2", "results: 2", "legislation: 2", "links: 1", "sources: 1",
        "targets: 2", "bodies: 2", "designations: 1", "Brought in.",
    ]  # fmt: skip
    with open_engine(database) as engine, reading(engine) as session:
        (ask,) = session.scalars(sa.select(Ask))
        results = session.execute(sa.select(SuccessTest.key, SuccessTest.result, SuccessTest.result_on)).all()
    on = PartialDate("2018-06")
    assert (ask.status, ask.status_on, ask.reviewed_on) == (Status.PARTLY_MET, on, PartialDate("2020-02-28"))
    assert [tuple(row) for row in results] == [("tax-in-law", "met", on), ("tax-is-paid", "not_met", on)]
    assert "is what the log adds up to" in tracker("verify", "--replay").out
    assert tracker("seed", folder, "--compare").out == "Differences: 0.\n"
    assert "list: The tracker has a list of its own." in tracker("doctor", code=None).out
    whole = tracker("verify").out
    for command in ("seed", "import"):
        assert "has content already" in tracker(command, folder, code=1).err
    assert tracker("seed", folder, "--if-empty").out == ""
    assert tracker("verify").out == whole


@ON_SQLITE
def test_faults_in_several_files_are_told_at_once_and_what_only_todays_rules_refuse_comes_in(
    tracker: Tracker, folder: Path, database: str
) -> None:
    kept = {path: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    replace_in(folder / "asks.csv", ",policy,", ",wish,")
    replace_in(folder / "evidence.csv", "A minister's answer,Hansard,", "A minister's answer,Hansard,un")
    replace_in(folder / "tests.csv", ",tax-in-law,", ",in-law,")
    (folder / "ask.csv").write_text("ask_slug\n", encoding="utf-8")
    refused = tracker("seed", folder, code=1)
    for place in ("ask.csv", "asks.csv, row 2, column kind", "evidence.csv, row 2, column type", "results.csv, row 2"):
        assert f"{place}: " in refused.err or f"{place}, " in refused.err, refused.err
    assert "Nothing was brought in. Faults: " in refused.err
    assert refused.out == ""
    assert tracker("verify").out.startswith("The event log is whole: 0 entries")
    assert "does not exist" in tracker("seed", "nowhere", code=2).err
    (folder / "ask.csv").unlink()
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")
    replace_in(folder / "updates.csv", ",partly_met,", ",met,")
    said = tracker("seed", folder).out
    assert "Today's rules would not accept these 1; they are brought in as they are:" in said
    assert "updates.csv, row 3, column status: Only 1 of 2 tests are met on that date" in said
    assert [ask.status for ask in find_asks(database)] == [Status.MET]
    warning = "warning  statuses: 1 no longer fit the tests, the first of “Tax empty homes”."
    assert warning in tracker("doctor").out


@ON_SQLITE
def test_a_comparison_names_each_record_and_field_and_changes_nothing(tracker: Tracker, folder: Path) -> None:
    tracker("seed", folder)
    whole = tracker("verify").out
    replace_in(folder / "asks.csv", "Tax empty homes", "Tax every empty home")
    replace_in(folder / "updates.csv", ",The tax began.,", ",The tax never began.,")
    replace_in(folder / "tests.csv", "empty-homes,tax-is-paid,", "empty-homes,tax-is-due,")
    replace_in(folder / "results.csv", "empty-homes,2018-06,tax-is-paid,", "empty-homes,2018-06,tax-is-due,")
    assert tracker("seed", folder, "--compare").out.splitlines() == [
        "asks empty-homes, title: the list says “Tax every empty home”, we “Tax empty homes”",
        "updates empty-homes 2018-06, text: the list says “The tax never began.”, we “The tax began.”",
        "tests empty-homes tax-is-due: only in the list",
        "results empty-homes 2018-06 tax-is-due: only in the list",
        "Differences: 4.",
    ]
    assert tracker("verify").out == whole


def test_what_the_tracker_comes_with_is_what_the_site_of_the_tests_has(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ask that moved to another address is still known."""
    with site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        moved = replace(draft_of(AskDraft, ask), slug="wealth-orders", topic="Money", reading="")
        asks.edit_ask(change, ask, moved, seen_version=None, reason="Shorter.")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tracker.paths.HOME", tmp_path)
    tracker = tracker_on(site.engine.url.render_as_string(hide_password=False))
    said = tracker("seed", "--compare").out.splitlines()
    assert [line.partition(": the list")[0] for line in said] == [
        "asks wealth-orders, reading", "asks wealth-orders, topic", "Differences: 2.",
    ]  # fmt: skip
    assert tracker("seed", resource_dir("seeds"), "--compare").out.splitlines() == said
    assert "list: The list that the tracker comes with says otherwise in 1 record" in tracker("doctor", code=None).out


@ON_SQLITE
def test_the_readme_names_the_columns_that_a_list_needs(tracker: Tracker, folder: Path) -> None:
    text = (resource_dir("seeds") / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^ +\| `(\w+)\.csv` \| (.+) \| (.*) \|$", text, re.MULTILINE)
    needed, optional = ({name: re.findall(r"`(\w+)`", row[at]) for name, *row in rows} for at in (0, 1))
    assert set(needed) == set(FILES)
    for name, columns in needed.items():
        known = {column.name for column in WHOLE[name].columns}
        assert {*columns, *optional[name]} <= known, name
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            of_file = [row for row in csv.DictReader(file) if row.get("publication") != "draft"]
        # As a German spreadsheet writes it, with the columns that a status needs besides.
        kept = columns + (["status", "reason"] if name == "updates" else [])
        lines = [kept] + [[row[column] for column in kept] for row in of_file]
        written = "".join(";".join(map(quoted, line)) + "\r\n" for line in lines)
        path.write_text(written, encoding="utf-8-sig")
    said = tracker("seed", folder).out
    assert said.endswith("Brought in.\n")
    assert "updates: 3" in said


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def test_the_shipped_list_fits_the_rules_of_today(tracker: Tracker) -> None:
    said = tracker("seed").out
    assert "Today's rules" not in said
    assert said.endswith("Brought in.\n")
