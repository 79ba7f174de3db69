"""A folder of published files, of which only those are ever replaced or deleted that we wrote and nobody changed.

Files are written under other names first. A plan that lists what may be ours goes before the first change and the
manifest comes after the last, so that whatever a kill leaves behind, the next publication knows its own files.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from tracker.services.files import PUBLIC

MANIFEST, WORK, PLAN = "manifest.json", ".publishing", "plan.json"
MAKER = "tracker publish"


class PublishRefused(Exception):
    """Nothing was published; the message says why, and the last publication stays as it was."""


class FileCounts(NamedTuple):
    """How many files a publication wrote, deleted and left as they were."""

    written: int
    deleted: int
    unchanged: int


@contextmanager
def publication_in(root: Path) -> Iterator["SiteFolder"]:
    """Return a publication into the folder, for one process at a time; raises PublishRefused."""
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        raise PublishRefused(f"{root} is no folder of its own, but a link or a file. Nothing was written.")
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishRefused(f"Another publication into {root} is running.") from None
        publication = SiteFolder(root)
        try:
            yield publication
        finally:
            publication.clear()
    finally:
        os.close(descriptor)


class SiteFolder:
    """What is to be in the folder, beside what is there."""

    def __init__(self, root: Path) -> None:
        self.root, self.work = root, root / WORK
        self.files: dict[str, str] = {}
        self.staged: dict[str, Path] = {}
        self.ours = self._read_ours()
        self.there = self._look()
        self.work.mkdir(exist_ok=True)
        self.clear()
        self.work.mkdir(exist_ok=True)

    def add(self, name: str, body: bytes) -> None:
        """Have a file with this content in the folder."""
        self.files[name] = sha256(body).hexdigest()
        if self.there.get(name) != self.files[name]:
            self.staged[name] = self._write(f"{len(self.files)}.part", body)

    def forget(self) -> None:
        """Begin anew."""
        self.files.clear()
        self.staged.clear()

    def finish(self, about: dict[str, str]) -> FileCounts:
        """Put what is new in its place, delete what is gone, and write the manifest with what is said about it."""
        self.there = self._look()  # somebody may have edited a file meanwhile
        for name in self.staged.keys() - self.ours.keys():
            self._refuse_links(name)
            if os.path.lexists(self.root / name):
                raise PublishRefused(f"{self.root / name} is not ours. Nothing was published.")
        gone = sorted(self.there.keys() - self.files.keys())
        manifest = _as_json({"made_by": MAKER, **about, "files": dict(sorted(self.files.items()))})
        path = self.root / MANIFEST
        if self.staged or gone or not path.exists() or path.read_bytes() != manifest:
            self._replace(gone, manifest)
        (self.work / PLAN).unlink(missing_ok=True)
        return FileCounts(len(self.staged), len(gone), len(self.files) - len(self.staged))

    def clear(self) -> None:
        """Delete what was written under other names; the plan of changes that were begun stays."""
        for part in self.work.glob("*.part"):
            part.unlink()
        with suppress(OSError):  # it holds a plan
            self.work.rmdir()

    def _replace(self, gone: list[str], manifest: bytes) -> None:
        plan = {name: sorted({*self.ours.get(name, ()), digest}) for name, digest in self.files.items()}
        parts = self._write("plan.part", _as_json(self._listed() | plan)), self._write("manifest.part", manifest)
        os.sync()
        parts[0].replace(self.work / PLAN)
        os.sync()
        for name, part in self.staged.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            part.replace(self.root / name)
        for name in gone:
            (self.root / name).unlink()
            with suppress(OSError):  # something else is in it
                for folder in PurePosixPath(name).parents[:-1]:
                    (self.root / folder).rmdir()
        os.sync()
        parts[1].replace(self.root / MANIFEST)
        os.sync()

    def _write(self, name: str, body: bytes) -> Path:
        path = self.work / name
        path.write_bytes(body)
        path.chmod(PUBLIC)
        return path

    def _listed(self) -> dict[str, list[str]]:
        return {name: sorted(digests) for name, digests in self.ours.items()}

    def _read_ours(self) -> dict[str, set[str]]:
        """Each file that we wrote with the digests that it may have: of the manifest and of a plan cut short."""
        self._refuse_links(MANIFEST)
        self._refuse_links(f"{WORK}/{PLAN}")
        manifest, plan = _read(self.root / MANIFEST), _read(self.work / PLAN)
        listed = {} if manifest is None else manifest.get("files")
        if not isinstance(listed, dict) or (manifest is not None and manifest.get("made_by") != MAKER):
            raise PublishRefused(f"{self.root / MANIFEST} is not ours. Nothing was written.")
        if manifest is None and plan is None and any(path.name != WORK for path in self.root.iterdir()):
            raise PublishRefused(f"{self.root} is not empty and holds no publication of ours. Nothing was written.")
        ours: dict[str, set[str]] = {name: set(digests) for name, digests in (plan or {}).items()}
        for name, digest in listed.items():
            ours.setdefault(name, set()).add(digest)
        for name in ours:
            if name.startswith("/") or ".." in name.split("/"):
                raise PublishRefused(f"{self.root / MANIFEST} names a file outside of the folder. Nothing was written.")
        return ours

    def _look(self) -> dict[str, str]:
        """The digest of each of our files that is there; raises PublishRefused for one that somebody changed."""
        there = {}
        for name, digests in self.ours.items():
            self._refuse_links(name)
            path = self.root / name
            if not path.exists():
                continue
            with path.open("rb") as file:
                there[name] = file_digest(file, "sha256").hexdigest()
            if there[name] not in digests:
                raise PublishRefused(f"Somebody changed {path}. Move it away, then publish again; nothing was written.")
        return there

    def _refuse_links(self, name: str) -> None:
        """Raise PublishRefused if anything on the way to the file is a link, or no folder."""
        path = self.root / name
        folders = [folder for folder in path.parents if folder.is_relative_to(self.root) and folder != self.root]
        if (
            path.is_symlink()
            or path.is_dir()
            or any(f.is_symlink() or (f.exists() and not f.is_dir()) for f in folders)
        ):
            raise PublishRefused(f"{path} is, or lies behind, a link or a folder not ours. Nothing was written.")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PublishRefused(f"{path} cannot be read. Nothing was written.")
    return found


def _as_json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
