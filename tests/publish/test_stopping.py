"""A publication that is stopped or overtaken by a change, and one that goes on watching."""

import json
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from tests.cli.commands import Answer, tracker_on
from tests.engines import Databases, open_engine
from tests.factories import make_ask, make_staff
from tracker.clock import now
from tracker.db.engine import writing
from tracker.publish.folder import MANIFEST, WORK, SiteFolder
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

OWN = "https://asks.example.org"

pytestmark = pytest.mark.slow


@contextmanager
def short_site(databases: Databases) -> Iterator[str]:
    """A site of four asks."""
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


@contextmanager
def at_the_file(name: str, then: Callable[[], object]) -> Iterator[None]:
    """When this file is made, something happens; once."""
    usual, waiting = SiteFolder.add, [then]

    def add(publication: SiteFolder, made: str, pieces: Iterable[bytes]) -> None:
        usual(publication, made, pieces)
        if made == name and waiting:
            waiting.pop()()

    with patch.object(SiteFolder, "add", add):
        yield


def test_after_a_stop_the_next_publication_is_whole(url: str, tmp_path: Path) -> None:
    with at_the_file("data/index.html", lambda: signal.raise_signal(signal.SIGINT)):
        assert "The next time it begins again" in publish(url, tmp_path, code=1).err
    assert list(tmp_path.iterdir()) == []
    assert re.match(r"Files written: \d{3}, deleted: 0, unchanged: 0", publish(url, tmp_path).out)
    assert publish(url, tmp_path).out.startswith("Files written: 0, deleted: 0, unchanged: ")


def test_what_changes_while_it_is_read_is_read_again(url: str, tmp_path: Path) -> None:
    with at_the_file("data/index.html", lambda: add_ask(url, "while-it-is-read")):
        assert publish(url, tmp_path).err == ""
    about = json.loads((tmp_path / MANIFEST).read_text())
    assert about["checkpoint"] == (tmp_path / "checkpoint.txt").read_text().strip()
    for page in ("index.html", "status/announced/index.html"):
        assert "while-it-is-read" in (tmp_path / page).read_text()


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
