"""A published folder: only what we wrote is replaced or deleted, and a kill at any moment is mended by the next run."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.full_disk import full_disk
from tests.processes import processes
from tracker.publish.folder import MANIFEST, PLAN, WORK, FileCounts, PublishRefused, publication_in

OLD = {"index.html": "old", "same": "same", "gone/deep/page.html": "gone", "_headers": "h"}
NEW = {"index.html": "new", "same": "same", "new/page.html": "new", "new/other.html": "new", "_headers": "h"}
THIRD = {"index.html": "third", "new/page.html": "third"}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill loses nothing that was written, so tests need not wait until it is on the disk."""
    monkeypatch.setattr(os, "sync", lambda: None)


def publish(root: Path, files: dict[str, str]) -> FileCounts:
    with publication_in(root) as publication:
        for name, text in files.items():
            publication.add(name, [text.encode()])
        return publication.finish({"checkpoint": "1:0"})


def held_by(root: Path) -> dict[str, str]:
    """What the folder holds, without our own notes."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    names = {path.relative_to(root).as_posix(): path.read_text() for path in paths}
    return {name: text for name, text in names.items() if name != MANIFEST and not name.startswith(f"{WORK}/")}


@contextmanager
def refused(root: Path, words: str) -> Iterator[None]:
    """What is done in the block is refused in these words, and changes nothing."""
    before = {path: path.lstat() for path in root.rglob("*")}
    with pytest.raises(PublishRefused, match=words) as error:
        yield
    assert "\n" not in str(error.value)
    after = {path: path.lstat() for path in root.rglob("*")}
    assert {path: (stat.st_ino, stat.st_size) for path, stat in after.items()} == {
        path: (stat.st_ino, stat.st_size) for path, stat in before.items()
    }


def test_only_what_changed_is_written_what_is_gone_goes_and_files_of_others_stay(tmp_path: Path) -> None:
    root = tmp_path / "site"
    assert publish(root, OLD) == FileCounts(4, 0, 0)
    kept = {name: (root / name).stat().st_ino for name in ("same", "_headers")}
    assert publish(root, NEW) == FileCounts(3, 1, 2)
    assert held_by(root) == NEW
    assert {name: (root / name).stat().st_ino for name in kept} == kept
    assert not (root / "gone").exists()
    manifest = (root / MANIFEST).stat()
    assert publish(root, NEW) == FileCounts(0, 0, 5)
    assert (root / MANIFEST).stat().st_mtime_ns == manifest.st_mtime_ns
    assert not (root / WORK).exists()
    publish(root, OLD)
    (root / "index.html").unlink()
    (root / "CNAME").write_text("asks.example.org")
    (root / "gone/notes").write_text("mine")
    assert publish(root, NEW) == FileCounts(3, 1, 2)
    assert held_by(root) == NEW | {"CNAME": "asks.example.org", "gone/notes": "mine"}


def test_a_file_that_somebody_edited_or_put_there_is_neither_replaced_nor_deleted(tmp_path: Path) -> None:
    publish(tmp_path, OLD)
    for name in ("index.html", "gone/deep/page.html", "same"):
        (tmp_path / name).write_text("mine")
        with refused(tmp_path, f"Somebody changed .*{name}"):
            publish(tmp_path, NEW)
        (tmp_path / name).write_text(OLD[name])
    with publication_in(tmp_path) as publication:
        publication.add("index.html", [b"new"])
        (tmp_path / "index.html").write_text("mine")  # while pages are made
        with pytest.raises(PublishRefused, match="Somebody changed"):
            publication.finish({})
    assert held_by(tmp_path) == OLD | {"index.html": "mine"}
    (tmp_path / "index.html").write_text(OLD["index.html"])
    (tmp_path / "new").mkdir()
    (tmp_path / "new/page.html").write_text("mine")
    with refused(tmp_path, "is not ours"):
        publish(tmp_path, NEW)


def make_link(path: Path) -> None:
    """Put the file outside, and a link in its place."""
    path.rename(path.parent.parent / path.name)
    path.symlink_to(path.parent.parent / path.name)


PREPARED: dict[str, Callable[[Path], object]] = {
    "a file for a folder": lambda root: (root / "new").write_text("mine"),
    "a folder for a file": lambda root: (root / "new/page.html").mkdir(parents=True),
    "a linked folder": lambda root: (root / "new").symlink_to(root.parent),
    "a linked file": lambda root: make_link(root / "index.html"),
    "a dangling link": lambda root: (root / "new.html").symlink_to(root.parent / "nowhere"),
    "a linked manifest": lambda root: make_link(root / MANIFEST),
    "a linked folder of work": lambda root: (root / WORK).symlink_to(root.parent),
}


@pytest.mark.parametrize("prepared", PREPARED)
def test_links_are_not_followed(tmp_path: Path, prepared: str) -> None:
    root = tmp_path / "site"
    publish(root, OLD)
    (tmp_path / "1.part").write_text("mine")
    PREPARED[prepared](root)
    outside = {path: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    with refused(tmp_path, "link or a folder"):
        publish(root, NEW | {"new.html": "new"})
    assert outside == {path: path.read_text() for path in tmp_path.iterdir() if path.is_file()}


def test_a_folder_that_is_a_link_or_a_file_or_holds_something_else_is_refused(tmp_path: Path) -> None:
    for name in ("real", "filled", "theirs"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    (tmp_path / "filled/thesis.txt").touch()
    for name, words in (("link", "but a link or a file"), ("file", "but a link or a file"), ("filled", "not empty")):
        with refused(tmp_path / name, words):
            publish(tmp_path / name, NEW)
    for manifest, words in (
        ("[]", "cannot be read"),
        ('{"name": "an app"}', "not ours"),
        ("{", "cannot be read"),
        ('{"made_by": "tracker publish"}', "not ours"),
        ('{"made_by": "tracker publish", "files": []}', "not ours"),
        ('{"made_by": "tracker publish", "files": {"../mine": "0"}}', "outside"),
        ('{"made_by": "tracker publish", "files": {"/etc/passwd": "0"}}', "outside"),
    ):
        (tmp_path / "theirs" / MANIFEST).write_text(manifest)
        with refused(tmp_path / "theirs", words):
            publish(tmp_path / "theirs", NEW)


def test_one_publication_at_a_time(tmp_path: Path) -> None:
    with publication_in(tmp_path) as first:
        first.add("index.html", [b"first"])
        with refused(tmp_path, "is running"):
            publish(tmp_path, NEW)
        first.finish({})
    assert held_by(tmp_path) == {"index.html": "first"}
    publish(tmp_path, NEW)


def test_on_a_full_disk_the_last_publication_stays(tmp_path: Path) -> None:
    publish(tmp_path, OLD)
    with full_disk(8192), pytest.raises(OSError, match="too large"):
        publish(tmp_path, NEW | {"asks.csv": "x" * 9000})
    assert held_by(tmp_path) == OLD
    assert not (tmp_path / WORK).exists()
    publish(tmp_path, NEW)
    assert held_by(tmp_path) == NEW


def killed_at(root: Path, files: dict[str, str], number: int) -> str:
    """Publish, and be killed before the system is asked for the n-th time to do something in the folder."""
    left = [number]

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(("open", "os.")) and arguments and str(arguments[0]).startswith(str(root)):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    os.sync = lambda: None
    publish(root, files)
    return "not killed"


def is_killed(root: Path, files: dict[str, str], number: int) -> bool:
    with processes(killed_at, [(root, files, number)]) as [(process, pipe)]:
        pipe.send("go")
        process.join()
        if process.exitcode == -signal.SIGKILL:
            return True
        assert pipe.recv() == "not killed"
        return False


@pytest.mark.slow
@pytest.mark.parametrize("before", [OLD, {}], ids=["again", "first"])
def test_a_kill_at_any_moment_leaves_whole_files_and_is_mended(tmp_path: Path, before: dict[str, str]) -> None:
    kills = 0
    while True:
        root = tmp_path / str(kills)
        if before:
            publish(root, before)
        if not is_killed(root, NEW, kills + 1):
            break
        kills += 1
        found = held_by(root) if root.exists() else {}
        assert all(text in {before.get(name), NEW.get(name)} for name, text in found.items())
        assert (root / WORK / PLAN).exists() or found in (before, NEW)
        another = tmp_path / f"{kills} again"
        if root.exists():
            shutil.copytree(root, another)
        for folder, then in ((root, NEW), (another, THIRD)):
            publish(folder, then)
            assert held_by(folder) == then
            assert not (folder / WORK).exists()
    assert kills >= 20
