"""The guide for people who re-use the data: what it prints in Python runs as printed, and prints what it promises."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site import LONDON_PROPERTY, Site
from tracker.exports.tables import TABLES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GUIDE = (Path(__file__).resolve().parent.parent / "docs/guide/re-users.md").read_text(encoding="utf-8")
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
@pytest.mark.parametrize("block", BLOCKS, ids=kind_of)
def test_a_printed_block_runs_as_printed(
    block: str, sqlite_site: Site, live_server: "Callable[[WSGIApplication], str]", tmp_path: Path
) -> None:
    address = live_server(sqlite_site.app)
    sqlite_site.app.config["SITE_URL"] = address  # where the API says that its next page is
    done = subprocess.run(
        [sys.executable, "-c", block.replace("https://tracker.example", address)],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert PRINTED[kind_of(block)] in done.stdout


def test_each_block_is_known() -> None:
    assert sorted(map(kind_of, BLOCKS)) == sorted(PRINTED)


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
