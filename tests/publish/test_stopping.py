"""A publication that is stopped, killed, out of room or overtaken by a change, as a program of its own."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from tests.cli.commands import CHECKOUT, SECRET, tracker_on
from tests.engines import open_engine
from tests.factories import make_ask
from tests.site import SeededDatabases
from tracker.clock import now
from tracker.db.engine import writing
from tracker.models import Ask
from tracker.publish.folder import MANIFEST, NOTE, WORK
from tracker.rules.asks import Publication
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

OWN = "https://asks.example.org"
PATIENCE_SECONDS = 120  # only for a program that hangs

pytestmark = pytest.mark.slow


@contextmanager
def short_site(seeded_databases: SeededDatabases) -> Iterator[str]:
    """A site of three asks, so that it is published quickly."""
    with seeded_databases.temporary("sqlite") as url:
        with open_engine(url) as engine, writing(engine) as session:
            session.execute(sa.update(Ask).where(Ask.id > 3).values(publication=Publication.PUT_ASIDE))
        yield url


@pytest.fixture
def url(seeded_databases: SeededDatabases) -> Iterator[str]:
    with short_site(seeded_databases) as url:
        yield url


def published(url: str, folder: Path) -> dict[str, bytes]:
    """Publish the site, and return what the folder holds."""
    tracker_on(url)("publish", folder, TRACKER_SITE_URL=OWN)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(seeded_databases: SeededDatabases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is published of the site that each test has a copy of, when nothing stops it."""
    with short_site(seeded_databases) as url:
        return published(url, tmp_path_factory.mktemp("whole"))


@contextmanager
def publishing(url: str, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`tracker publish` in a process of its own, which is dead after the block."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "DATABASE_URL": url, "SECRET_KEY": SECRET}
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "publish", folder, *options],
        cwd=folder.parent,
        env=environment | {"TRACKER_SITE_URL": OWN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert monotonic() < end, "it takes too long"
        sleep(0.01)


def noted(folder: Path) -> set[str]:
    """The files that a publication has noted as made."""
    note = folder / WORK / NOTE
    return set(json.loads(note.read_text())["files"]) if note.exists() else set()


def is_free(folder: Path) -> bool:
    """True if no process of a publication is left."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def add_ask(url: str) -> None:
    with open_engine(url) as engine, writing(engine) as session:
        make_ask(Change(session, COMMAND_LINE, now()), published=True)


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (signal.SIGKILL, -signal.SIGKILL, ""),
        (signal.SIGINT, 1, "The next time it goes on from here"),
    ],
)
def test_what_was_made_before_a_stop_is_not_made_again(
    url: str, whole: dict[str, bytes], tmp_path: Path, *, how: signal.Signals, code: int, said: str
) -> None:
    folder = tmp_path / "site"
    with publishing(url, folder) as process:
        wait_until(lambda: len(noted(folder)) > 50)
        process.send_signal(how)
        assert said in process.communicate(timeout=PATIENCE_SECONDS)[1]
    assert process.returncode == code
    assert not (folder / MANIFEST).exists()
    wait_until(lambda: is_free(folder))
    parts = {part.stat().st_ino for part in (folder / WORK).glob("*.part") if part.name != NOTE}
    made = len(noted(folder))
    assert published(url, folder) == whole
    assert len([path for path in folder.rglob("*") if path.stat().st_ino in parts]) >= made


def test_after_a_change_nothing_that_was_made_is_taken_over(url: str, whole: dict[str, bytes], tmp_path: Path) -> None:
    with publishing(url, tmp_path / "site") as process:
        wait_until(lambda: bool(noted(tmp_path / "site")))
        process.kill()
    wait_until(lambda: is_free(tmp_path / "site"))
    add_ask(url)
    now = published(url, tmp_path / "site")
    assert now.keys() > whole.keys()
    assert b"empty-homes" in now["index.html"]
    assert json.loads(now[MANIFEST])["checkpoint"] == now["checkpoint.txt"].decode().strip()


def test_a_site_that_changes_while_it_is_read_is_read_again(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with publishing(url, folder) as process:
        wait_until(lambda: bool(noted(folder)))
        add_ask(url)
        assert process.communicate(timeout=PATIENCE_SECONDS)[1] == ""
    about = json.loads((folder / MANIFEST).read_text())
    assert about["checkpoint"] == (folder / "checkpoint.txt").read_text().strip()
    assert "empty-homes" in (folder / "status/announced/index.html").read_text()


def test_a_change_is_written_within_a_minute_until_the_watch_ends(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with publishing(url, folder, "--watch") as process:
        assert process.stdout
        assert re.match(r"Files written: \d{3}, deleted: 0", process.stdout.readline())
        begun = monotonic()
        add_ask(url)
        assert re.match(r"Files written: \d+, deleted: \d+", process.stdout.readline())
        assert monotonic() - begun < 60
        assert (folder / "asks/empty-homes/index.html").exists()
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=PATIENCE_SECONDS) == ("", "")
    assert process.returncode == -signal.SIGTERM
    assert not (folder / WORK).exists()
