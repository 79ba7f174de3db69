"""What the pages of docs/ print is there and runs as printed: commands, files, settings, programs, answers to ASVS."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import pytest

from tests.chromium import Serve
from tests.site import LONDON_PROPERTY, Site
from tracker.cli import main
from tracker.exports.tables import TABLES
from tracker.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs/guide").glob("*.md")), CHECKOUT / "docs/releasing.md"]
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
BLOCK = re.compile(r"^```\w+$.*?^```$|^    [^\n]+$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"`((?:tests|tracker|bench|docs|templates|seeds)/[\w/.]+\.\w+)`")


def read(path: str) -> str:
    return (CHECKOUT / path).read_text(encoding="utf-8")


def code(page: Path) -> str:
    """Return what is printed as code: blocks, indented lines, and words in the text."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([*BLOCK.findall(text), *re.findall(r"`([^`]+)`", BLOCK.sub("", text))])


def command(words: list[str]) -> click.Command | None:
    """The command that the words begin with."""
    found: click.Command | None = main
    for word in words:
        if not isinstance(found, click.Group):
            break
        found = found.commands.get(word)
    return found


@PAGE
def test_commands_that_are_printed_exist_with_their_options(page: Path) -> None:
    for line in re.findall(r"(?:^ *|bin/|site-1 )tracker ([a-z].*)", code(page), re.MULTILINE):
        words = re.split(r" [|;>#]|;", line)[0].split()
        found = command(words)
        assert found is not None, line
        options = {name for option in found.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


@PAGE
def test_files_that_are_named_are_there(page: Path) -> None:
    for name in re.findall(r"`((?:docs|deploy|seeds|tests|tracker|templates)/[\w./-]*)`", page.read_text()):
        assert (CHECKOUT / name).exists(), name


def test_the_readme_has_every_setting_and_no_other() -> None:
    printed = set(re.findall(r"`([A-Z_]{4,})`", read("README.md").partition("## Put it on")[0]))
    settings = Settings.from_env({"DATABASE_URL": "sqlite:////x", "SECRET_KEY": "3f9d0c1b7a6e5d4c8b2a1f0e9d8c7b6a"})
    assert printed - {"HOST:PORT"} == set(settings.variables)


def test_make_has_the_targets_that_are_printed() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"(?:^ +|`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)) <= targets


def test_what_the_pages_about_security_name_is_there() -> None:
    named = {path for page in ("docs/security.md", "docs/asvs.md", "SECURITY.md") for path in NAME.findall(read(page))}
    assert len(named) > 30
    assert [path for path in named if not (CHECKOUT / path).is_file()] == []


# --- the guide for people who re-use the data ---

GUIDE = read("docs/guide/re-users.md")
BLOCKS: list[str] = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
PRINTED = {
    "Counter": "'Met': ",
    "evidence = read": f"{LONDON_PROPERTY} 2022-08-01",
    "laws": " laws\n",
    "asked_elsewhere": " entries [",
    "sqlite3": " | ",
    "pandas": "2022",
}


def kind_of(block: str) -> str:
    return next(words for words in reversed(PRINTED) if words in block)


@pytest.mark.slow
def test_each_printed_block_is_known_and_runs_as_printed(sqlite_site: Site, live_server: Serve, tmp_path: Path) -> None:
    assert sorted(map(kind_of, BLOCKS)) == sorted(PRINTED)
    address = live_server(sqlite_site.app)
    sqlite_site.app.config["SITE_URL"] = address  # where the API says that its next page is
    for block in BLOCKS:
        done = subprocess.run(
            [sys.executable, "-c", block.replace("https://tracker.example", address)],
            cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), kind_of(block)
        assert PRINTED[kind_of(block)] in done.stdout


def test_the_addresses_that_the_guide_names_are_there(shared_site: Site) -> None:
    named = set(re.findall(r"`(/[^`\s]+)`|https://tracker\.example(/[\w./-]*\w)", GUIDE))
    paths = {(one or other).replace("SLUG", LONDON_PROPERTY) for one, other in named}
    assert len(paths) > 10
    for path in paths:
        assert shared_site.browser().send("GET", path).status_code == 200, path


def test_the_columns_that_the_guide_names_are_there() -> None:
    known = {column.name for table in TABLES.values() for column in table.columns}
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", GUIDE))
    assert len(named) > 4
    assert named <= known


# --- the answers to ASVS 5.0.0, levels 1 and 2 ---

APPLIES = """
1.1.1-2 1.2.1-5 1.2.9-10 1.3.1-3 1.3.5-7 1.3.10-11 1.4.2-3 1.5.1-2
2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-4 3.7.1-2
4.1.1-3 4.2.1
5.1.1 5.2.1-3 5.3.1-2 5.4.1-2
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5
7.1.1-2 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2
8.1.1-2 8.2.1-3 8.3.1
11.1.1-2 11.2.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-2 12.2.1-2 12.3.1-4
13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7
16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def lines() -> list[str]:
    """Each number that applies: "6.2.1-12" stands for twelve."""
    found = []
    for part in APPLIES.split():
        first, _, last = part.partition("-")
        section, _, number = first.rpartition(".")
        found += [f"{section}.{n}" for n in range(int(number), int(last or number) + 1)]
    return found


def test_each_line_that_applies_is_answered_once_and_says_whether_it_holds_and_where_or_why_not() -> None:
    rows = ROW.findall(read("docs/asvs.md"))
    assert Counter(number for number, *_ in rows) == Counter(lines())
    assert len(rows) == 181
    for number, asked, holds, where in rows:
        assert re.fullmatch(r"yes(, untested)?|partly|no|operator", holds), number
        assert asked.strip(), number
        assert where.strip(), number
