"""A publication that is stopped, killed or overtaken by a change, and one that goes on watching."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from tests.cli.commands import Answer, tracker_on
from tests.engines import Databases, open_engine
from tests.factories import make_ask, make_staff
from tests.processes import kill
from tracker.clock import now
from tracker.db.engine import writing
from tracker.publish.folder import MANIFEST, NOTE, WORK, SiteFolder
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

OWN = "https://asks.example.org"

pytestmark = pytest.mark.slow


@contextmanager
def short_site(databases: Databases) -> Iterator[str]:
    """A site of four asks, which has just enough files for a note of those that are made."""
    with databases.temporary("sqlite") as url:
        with open_engine(url) as engine, writing(engine) as session:
            make_staff(session)
        for number in range(4):
            add_ask(url, f"ask-{number}")
        yield url


def add_ask(url: str, slug: str) -> None:
    with open_engine(url) as engine, writing(engine) as session:
        make_ask(Change(session, COMMAND_LINE, now()), published=True, slug=slug)


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    with short_site(databases) as url:
        yield url


def publish(url: str, folder: Path, *options: str, code: int = 0) -> Answer:
    return tracker_on(url)("publish", folder, *options, code=code, TRACKER_SITE_URL=OWN)


def held_by(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def at_the_first_note(then: Callable[[], object]) -> Iterator[None]:
    """When a publication notes which files are made, something happens; once."""
    usual, waiting = SiteFolder.note, [then]

    def note(publication: SiteFolder, state: str, **known: object) -> None:
        usual(publication, state, **known)
        if waiting:
            waiting.pop()()

    with patch.object(SiteFolder, "note", note):
        yield


def be_killed(url: str, folder: Path) -> str:
    with at_the_first_note(lambda: os.kill(os.getpid(), signal.SIGKILL)):
        publish(url, folder)
    return "not killed"


def be_interrupted(url: str, folder: Path) -> None:
    with at_the_first_note(lambda: signal.raise_signal(signal.SIGINT)):
        assert "The next time it goes on from here" in publish(url, folder, code=1).err


def test_what_was_made_before_a_stop_is_not_made_again(url: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    assert re.match(r"Files written: \d{3}, deleted: 0, unchanged: 0", publish(url, whole).out)
    assert publish(url, whole).out.startswith("Files written: 0, deleted: 0, unchanged: ")
    for name, stop in (("killed", partial(kill, be_killed)), ("interrupted", be_interrupted)):
        folder = tmp_path / name
        stop(url, folder)
        assert not (folder / MANIFEST).exists()
        parts = {part.stat().st_ino for part in (folder / WORK).glob("*.part") if part.name != NOTE}
        made = len(json.loads((folder / WORK / NOTE).read_text())["files"])
        assert made > 50
        publish(url, folder)
        assert held_by(folder) == held_by(whole)
        assert len([path for path in folder.rglob("*") if path.stat().st_ino in parts]) >= made


def test_after_a_change_all_is_made_again_until_nothing_changes_meanwhile(url: str, tmp_path: Path) -> None:
    be_interrupted(url, tmp_path)
    add_ask(url, "after-the-stop")
    with at_the_first_note(lambda: add_ask(url, "while-it-is-read")):
        assert publish(url, tmp_path).err == ""
    about = json.loads((tmp_path / MANIFEST).read_text())
    assert about["checkpoint"] == (tmp_path / "checkpoint.txt").read_text().strip()
    for page in ("index.html", "status/announced/index.html"):
        text = (tmp_path / page).read_text()
        assert "after-the-stop" in text
        assert "while-it-is-read" in text


def test_a_change_is_written_until_the_watch_ends(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 1:
            signal.raise_signal(signal.SIGINT)
        add_ask(url, "empty-homes")

    monkeypatch.setattr(import_module("tracker.cli.export"), "time", SimpleNamespace(sleep=sleep))
    said = publish(url, tmp_path, "--watch")
    assert re.fullmatch(r"Files written: \d{3}, deleted: 0, .*\nFiles written: \d+, deleted: \d+, .*\n", said.out)
    assert max(waits) < 60
    assert (tmp_path / "asks/empty-homes/index.html").exists()
    assert not (tmp_path / WORK).exists()
