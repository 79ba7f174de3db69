"""The disk fills up under a command: it says so, says what is safe, ends with 1 and harms nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tests.cli.seed_folder import write_seeds
from tests.copies import everything
from tests.engines import ENGINES, open_engine
from tests.full_disk import full_disk
from tests.site import SeededDatabases
from tracker.db import migrate

UNDONE = "The disk is full or fails"
COMMANDS = [
    (("import", "asks.csv", "--yes"), UNDONE),
    (("user", "add", "dot@example.org", "--name", "Dot", "--role", "admin", "--link"), UNDONE),
    (("verify", "--mend"), UNDONE),
    (("backup", "new"), "new could not be written, and nothing of it remains"),
    (("backup", "old", "--force"), "old could not be written, and nothing of it remains"),
    (("restore", "old", "--force"), "Nothing was restored, and the database is as it was"),
    (("export", "files"), UNDONE),
]
ON_BOTH = {"backup", "restore", "export"}
LITTLE = 8192


@pytest.fixture(scope="module", params=ENGINES)
def url(request: pytest.FixtureRequest, seeded_databases: SeededDatabases) -> Iterator[str]:
    """One database with the seeds for all commands: none of them changes it."""
    with seeded_databases.temporary(request.param) as url:
        yield url


@pytest.fixture(scope="module")
def made(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export and a backup."""
    folder = tmp_path_factory.mktemp("made")
    tracker_on(url)("export", folder / "files")
    tracker_on(url)("backup", folder / "old")
    return folder


@pytest.fixture
def tracker(url: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tracker_on(url)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("words", "said"), COMMANDS, ids=[" ".join(words[:3]) for words, _ in COMMANDS])
def test_a_command_on_a_full_disk_says_so_and_harms_nothing(
    tracker: Tracker, url: str, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    if url.startswith("postgresql") and words[0] not in ON_BOTH:
        pytest.skip("writes nothing here when the database is elsewhere")
    sheet = f"ask_slug,next_step\r\nno-constructive-engagement,{'A vote. ' * 40}\r\n"
    (tmp_path / "asks.csv").write_text(sheet, encoding="utf-8", newline="")
    with open_engine(url) as engine:
        kept, rows = files(tmp_path), everything(engine)
        with full_disk(LITTLE):
            answer = tracker(*words, code=1)
        assert said in answer.err
        assert files(tmp_path) == kept
        assert everything(engine) == rows
    assert "The event log is whole" in tracker("verify").out


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_first_steps_on_a_full_disk_leave_nothing_and_work_when_there_is_room(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tracker = tracker_on(empty_database)
    with full_disk(LITTLE):
        assert UNDONE in tracker("db", "upgrade", code=1).err
    with open_engine(empty_database) as engine:
        assert migrate.current(engine) is None
        assert sa.inspect(engine).get_table_names() == []
    tracker("db", "upgrade")
    write_seeds(tmp_path)
    with full_disk(LITTLE):
        assert UNDONE in tracker("seed", ".", code=1).err
    assert tracker("seed", ".").out.endswith("Brought in.\n")


def vacuum(path: Path) -> None:
    """No free pages, and small ones: the journal leaves out a page or two, but adds some bytes for each that it holds.

    So it needs more room than the file, however they come to lie.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # a write-ahead log would keep the size of pages
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM")


def test_a_restore_that_finds_no_room_for_its_journal_leaves_the_database_as_it_was(
    seeded_databases: SeededDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is whole and checked; then the disk fills up while it is put in place."""
    monkeypatch.chdir(tmp_path)
    with seeded_databases.temporary("sqlite") as url, open_engine(url) as engine:
        tracker, path = tracker_on(url), Path(url.removeprefix("sqlite:///"))
        vacuum(path)
        tracker("backup", "old")
        tracker("user", "add", "dot@example.org", "--name", "Dot", "--role", "admin", "--link")
        vacuum(path)
        rows = everything(engine)
        engine.dispose()
        with full_disk(path.stat().st_size):
            answer = tracker("restore", "old", "--force", code=1)
        assert "Nothing was restored, and the database is as it was" in answer.err
        assert everything(engine) == rows
        assert "The event log is whole" in tracker("verify").out
        for safety in tmp_path.glob("before-restore-*"):
            safety.unlink()
        engine.dispose()
        tracker("restore", "old", "--force")
