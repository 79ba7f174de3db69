"""tracker init, seed and import: a list of asks comes in, all or nothing, after it was shown."""

import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from PIL import Image

from tests.chromium import tracker_process
from tests.cli.commands import CHECKOUT, Tracker, tracker_on
from tests.cli.seed_folder import FILES, replace_in, write_seeds
from tests.engines import open_engine
from tests.seeds.test_decided import HISTORIES
from tests.site import CLEO, ED, WEALTH_ORDERS, Site, email_of
from tracker.cli import imports
from tracker.db.engine import reading, writing
from tracker.exports.columns import Type
from tracker.exports.folder import WHOLE
from tracker.imports.folder import COLUMNS, NEEDED, TAKEN, read_folder
from tracker.imports.plan import Plan
from tracker.models import Ask, Legislation, Link, SuccessTest
from tracker.paths import resource_dir
from tracker.queries.stories import find_story
from tracker.rules.asks import AskDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.story import state_of
from tracker.services import asks
from tracker.services.records import draft_of

# --- tracker seed ---

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
    assert "list: The list that the tracker comes with is not in this one." in tracker("doctor", code=None).out
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


def columns_by_readme() -> Iterator[dict[str, list[str]]]:
    """The columns of each file that a list needs, and those that it may have."""
    text = (resource_dir("seeds") / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^ +\| `(\w+)\.csv` \| (.+) \| (.*) \|$", text, re.MULTILINE)
    yield from ({name: re.findall(r"`(\w+)`", row[at]) for name, *row in rows} for at in (0, 1))


@ON_SQLITE
def test_the_readme_names_the_columns_that_a_list_needs(tracker: Tracker, folder: Path) -> None:
    needed, optional = columns_by_readme()
    assert set(needed) == set(FILES)
    for name, columns in needed.items():
        known = {column.name for column in WHOLE[name].columns}
        assert {*columns, *optional[name]} <= known, name
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            of_file = [row for row in csv.DictReader(file) if row.get("publication") != "draft"]
        # As a German spreadsheet writes it, with the columns that a status needs besides.
        kept = columns + (["status", "reason"] if name == "updates" else [])
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            lines = [kept, *([row[column] for column in kept] for row in of_file)]
            csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(lines)
    said = tracker("seed", folder).out
    assert said.endswith("Brought in.\n")
    assert "updates: 3" in said


def test_the_shipped_list_fits_the_rules_of_today(tracker: Tracker) -> None:
    said = tracker("seed").out
    assert "Today's rules" not in said
    assert said.endswith("Brought in.\n")


def test_the_story_says_on_each_day_what_was_decided(shared_site: Site) -> None:
    with reading(shared_site.engine) as session:
        for slug, decided in HISTORIES.items():
            ask = session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()
            entries = find_story(session, ask.id).entries
            history = [tuple(change.split()) for change in decided]
            states = [state_of(entries, PartialDate(day)) for day, _ in history]
            replayed = [(str(it.status_entry and it.status_entry.happened_on), it.status) for it in states]
            assert replayed == history, slug
            assert (str(ask.status_on), ask.status) == history[-1]
            assert str(ask.reviewed_on) == "2026-11-29"
        bills = session.scalars(sa.select(Legislation).where(Legislation.becomes_id.is_not(None)))
        assert {bill.kind for bill in bills} == {"bill"}
        statement = sa.select(Link).join(Link.ask).where(Ask.slug == WEALTH_ORDERS, Link.in_force_on.is_not(None))
        began = {(extent, str(link.in_force_on)) for link in session.scalars(statement) for extent in link.extent}
        assert began >= {
            ("England and Wales", "2018-01-31"), ("Scotland", "2018-01-31"), ("Northern Ireland", "2021-06-28"),
        }  # fmt: skip
        # What is not verified is a draft with the reason why.
        laws = session.scalars(sa.select(Legislation).where(Legislation.publication == Publication.DRAFT)).all()
        assert laws
        assert all(law.internal_note for law in laws)


# --- tracker import ---

LAW = "law_key,kind,year,number,title\r\nukpga/2020/1,ukpga,2020,1,An Act\r\n"


@pytest.fixture
def law(tmp_path: Path) -> Path:
    path = tmp_path / "legislation.csv"
    path.write_text(LAW, encoding="utf-8")
    return path


def of_site(site: Site) -> Tracker:
    return tracker_on(site.engine.url.render_as_string(hide_password=False))


def test_it_shows_what_would_change_asks_first_and_no_means_no(tracker: Tracker, law: Path) -> None:
    said = tracker("import", law, "--dry-run").out
    assert "legislation ukpga/2020/1: added" in said
    assert "title: “An Act”" in said
    assert "legislation: 1 would be added" in said
    tracker("import", law, typed="n\n", code=1)
    assert "0 entries" in tracker("verify").out
    assert tracker("import", law, typed="y\n").out.endswith("Done.\n")
    assert "2 entries" in tracker("verify").out
    assert "1 left as they are" in tracker("import", law).out  # nothing is asked where nothing changes
    law.write_text(LAW.splitlines()[0], encoding="utf-8")
    assert tracker("import", law).out == "The files hold no rows yet, or only notes.\n"


def test_faults_of_all_files_are_told_and_one_keeps_out_all_rows(
    tracker: Tracker, law: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law.write_text(LAW + "ukpga/2020/2,ukpga,2020,2,\r\n", encoding="utf-8")
    (law.parent / "list.csv").write_text("a", encoding="utf-8")
    said = tracker("import", law.parent / "list.csv", law, "--yes", code=1).err
    assert "list.csv: found “The file is called list.csv.”" in said
    assert "legislation.csv, row 3, column title: found nothing. Expected: Title; a new row needs it." in said
    assert "Nothing was brought in. Faults: 2" in said
    assert "0 entries" in tracker("verify").out
    law.write_text(LAW, encoding="utf-8")
    monkeypatch.setattr(imports, "LONG", 1)
    assert "1 rows: others who save something have to wait" in tracker("import", law, "--yes").err


def test_a_faulty_file_is_refused_while_somebody_else_writes(sqlite_site: Site, law: Path) -> None:
    law.write_text(LAW.replace("An Act", ""), encoding="utf-8")
    with writing(sqlite_site.engine) as session:
        session.execute(sa.select(Ask.id))
        assert "Faults: 1." in of_site(sqlite_site)("import", law, "--yes", code=1).err


def test_it_is_done_in_the_name_of_a_person_with_what_they_may(sqlite_site: Site, law: Path) -> None:
    tracker = of_site(sqlite_site)
    tracker("import", law, "--yes", "--as", email_of(ED))
    assert "may not publish" in tracker("import", law, "--yes", "--as", email_of(CLEO), code=1).err
    assert "Nobody who may sign in" in tracker("import", law, "--yes", "--as", "nobody@example.org", code=1).err


# --- tracker init ---

SKELETON = resource_dir("seeds") / "skeleton"
TITLES = ("End no-fault evictions", "Cap rents", "Build social homes", "License landlords", "Abolish fees")
ASKS = {title.lower().replace(" ", "-"): title for title in TITLES}


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def printed_commands() -> list[list[str]]:
    """What the README prints under "Use it for your own list", in words."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Use it for your own list")[1].split("\n## ")[0]
    return [shlex.split(line) for line in re.findall("^    (.+)$", section, re.MULTILINE)]


def fill_in(path: Path, *rows: list[str]) -> None:
    """Add rows below the notes and save as a spreadsheet program does in German: semicolons, a mark, and CRLF."""
    with path.open("r+", encoding="utf-8-sig", newline="") as file:
        lines = [*csv.reader(file), *rows]
        file.seek(0)
        file.truncate()
        csv.writer(file, delimiter=";").writerows(lines)


def by_column(path: Path, **cells: str) -> list[str]:
    return [cells.pop(column, "") for column in read(path)[0]] + list(cells)


def fill_in_five_asks(folder: Path) -> None:
    def fill(name: str, rows: Iterable[dict[str, str]]) -> None:
        path = folder / f"{name}.csv"
        fill_in(path, *(by_column(path, **row) for row in rows))

    source, entry = {"source_key": "fair-deal-2024"}, {"update_key": "2024-09-11"}
    fill("sources", [source | {"title": "A fair deal", "author": "Housing Charity"}])
    fill("asks", [{
        "ask_slug": slug, "title": title, "kind": "policy", "topic": "Renting", "summary": f"{title}, by law.",
        "quote": f"The next government should {title.lower()}; now.",
    } | source for slug, title in ASKS.items()])  # fmt: skip
    fill("updates", [{
        "ask_slug": slug, "kind": "status", "happened_on": "2024-09-11", "status": "rejected",
        "text": "The minister said no.", "reason": "The minister refused it.",
    } | entry for slug in ASKS])  # fmt: skip
    fill("evidence", [{
        "ask_slug": slug, "position": "1", "url": "https://news.example/no", "title": "Minister says no",
        "type": "government_claim",
    } | entry for slug in ASKS])  # fmt: skip


@pytest.mark.slow
def test_the_printed_lines_make_a_public_site_of_five_asks_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, *commands = printed_commands()
    assert make[0] == "make"
    assert f"\n{make[1]}:" in (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    assert {program for program, *_ in commands} == {".venv/bin/tracker"}
    first, *then, last = (arguments for _, *arguments in commands)
    assert (first, last) == (["init", "my-list"], ["serve"])
    url = f"sqlite:///{tmp_path}/rents.sqlite3"
    tracker_on(url)(*first)
    fill_in_five_asks(tmp_path / "my-list")
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o077 == 0  # passwords and keys come to stand in it
    env.write_text(env.read_text(encoding="utf-8").replace("#TRACKER_", "TRACKER_"), encoding="utf-8")
    Image.new("RGBA", (300, 100), "#005f3c").save(tmp_path / "logo.png")
    for arguments in then:
        assert "Today's rules" not in tracker_on(url)(*arguments).out
    with tracker_process({"DATABASE_URL": url}, working_folder=tmp_path) as served, urlopen(served.url) as answer:
        page = answer.read().decode()
    assert re.findall("<title>(.*)</title>", page) == ["Five things were asked. None is done yet – Fair Rents Watch"]
    assert [title for title in TITLES if title not in page] == []
    assert "#005f3c" in page
    assert "unexplained wealth" not in page.lower()


@ON_SQLITE
def test_the_skeleton_holds_no_rows_and_its_example_is_a_list_that_the_rules_accept(
    tracker: Tracker, tmp_path: Path
) -> None:
    """Whoever takes the marks away has what the notes promise."""
    plan = Plan()
    assert {name: rows for name, rows in read_folder(SKELETON, plan).items() if rows} == {}
    assert plan.faults == []
    assert "hold no rows yet" in tracker("seed", SKELETON, code=1).err
    folder = tmp_path / "list"
    folder.mkdir()
    for path in SKELETON.glob("*.csv"):
        header, _, (key, *cells) = read(path)
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, [key.removeprefix("# "), *cells]])
    said = tracker("seed", "list")
    assert said.err == ""
    assert "Today's rules" not in said.out
    assert "asks: 1\n" in said.out


@ON_SQLITE
def test_a_folder_with_something_in_it_and_settings_that_are_there_are_left_alone(
    tracker: Tracker, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert "There is something in" in tracker("init", folder, code=1).err
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    env, new = tmp_path / ".env", tmp_path / "new"
    assert not env.exists()
    env.write_text("TRACKER_NAME=Mine\n", encoding="utf-8")
    assert "left .env as it is" in tracker("init", new).out
    assert env.read_text(encoding="utf-8") == "TRACKER_NAME=Mine\n"
    assert {path.name for path in new.iterdir()} == {path.name for path in SKELETON.glob("*.csv")}
    # A key that a spreadsheet broke is no note.
    fill_in(new / "sources.csv", by_column(new / "sources.csv", source_key="#REF!", title="A fair deal"))
    assert "sources.csv, row 4, column source_key" in tracker("seed", "new", code=1).err


def test_the_skeleton_has_the_columns_that_a_list_needs_and_names_what_they_may_hold() -> None:
    needed, _ = columns_by_readme()
    here = {path.stem for path in SKELETON.glob("*.csv")}
    # Staff paste targets and compare them with the list; bodies are made of the names in asks.csv.
    assert {*NEEDED} < here == {*needed} - {"targets", "designations", "bodies"}
    for name in here:
        columns = {*needed[name]}
        header, means, example = read(SKELETON / f"{name}.csv")
        assert columns <= {*header} <= TAKEN[name] | {*WHOLE[name].key}
        assert {column for column, said in zip(header, means, strict=True) if "Needed" in said} <= columns | {"text"}
        for column, said, shown in zip(header, means, example, strict=True):
            of = COLUMNS[name][column]
            if of.type is Type.CHOICE and column != "type":
                assert shown in ("", *of.choices)
                assert [word for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", said) if word not in of.choices] == []
