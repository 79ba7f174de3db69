"""tracker init: five asks of a manifesto become a public site, by what the README prints."""

import csv
import io
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image

from tests.chromium import tracker_process
from tests.cli.commands import CHECKOUT, Tracker, tracker_on
from tracker.exports.columns import Type
from tracker.exports.folder import WHOLE
from tracker.imports.folder import COLUMNS, NEEDED, TAKEN, read_folder
from tracker.imports.plan import Plan
from tracker.paths import resource_dir

SKELETON = resource_dir("seeds") / "skeleton"
ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
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
    text = (resource_dir("seeds") / "README.md").read_text(encoding="utf-8")
    needed = {
        name: set(re.findall(r"`(\w+)`", columns))
        for name, columns in re.findall(r"^ +\| `(\w+)\.csv` \| (.+?) \|", text, re.MULTILINE)
    }
    here = {path.stem for path in SKELETON.glob("*.csv")}
    # Staff paste targets and compare them with the list; bodies are made of the names in asks.csv.
    assert {*NEEDED} < here == {*needed} - {"targets", "designations", "bodies"}
    for name in here:
        columns = needed[name]
        header, means, example = read(SKELETON / f"{name}.csv")
        assert columns <= {*header} <= TAKEN[name] | {*WHOLE[name].key}
        assert {column for column, said in zip(header, means, strict=True) if "Needed" in said} <= columns | {"text"}
        for column, said, shown in zip(header, means, example, strict=True):
            of = COLUMNS[name][column]
            if of.type is Type.CHOICE and column != "type":
                assert shown in ("", *of.choices)
                assert [word for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", said) if word not in of.choices] == []
