"""A folder of published files, of which only those are ever replaced or deleted that we wrote and nobody changed.

Files are written under other names first. A plan that lists what may be ours goes before the first change
and the manifest comes after the last, so that whatever a kill leaves behind, the next publication knows its own files.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from tracker.services.files import PUBLIC, sync

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
    """Return a publication into the folder, for one process at a time; raises PublishRefused.

    What was made and is not in its place at the end is given up.
    """
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
        self.ours = self._read_ours()
        self.there = self._look()
        self.clear()  # what a publication left that was killed
        self.work.mkdir(exist_ok=True)

    def make(self, name: str, pieces: Iterable[bytes]) -> str:
        """Write a file with this content under another name, unless it is there already; return its digest."""
        part, digest = self._part(name), sha256()
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            os.fchmod(file.fileno(), PUBLIC)
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        if self.there.get(name) == digest.hexdigest():
            part.unlink()
        return digest.hexdigest()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Have a file with this content in the folder."""
        self.files[name] = self.make(name, pieces)

    def finish(self, about: dict[str, str]) -> FileCounts:
        """Put what is new in its place, delete what is gone, and write the manifest with what is said about it."""
        staged = sorted(name for name, digest in self.files.items() if self.there.get(name) != digest)
        self.there = self._look()  # somebody may have edited a file meanwhile
        for name in staged:
            self._refuse_links(name)
            if name not in self.ours and os.path.lexists(self.root / name):
                raise PublishRefused(f"{self.root / name} is not ours. Nothing was published.")
        gone = sorted(self.there.keys() - self.files.keys())
        manifest = _as_json({"made_by": MAKER, **about, "files": dict(sorted(self.files.items()))})
        path = self.root / MANIFEST
        if staged or gone or not path.exists() or path.read_bytes() != manifest:
            self._replace(staged, gone, manifest)
        (self.work / PLAN).unlink(missing_ok=True)
        return FileCounts(len(staged), len(gone), len(self.files) - len(staged))

    def clear(self) -> None:
        """Delete what was made; the plan of changes that were begun stays."""
        for part in self.work.glob("*.part"):
            part.unlink()
        with suppress(OSError):  # it holds a plan
            self.work.rmdir()

    def _replace(self, staged: list[str], gone: list[str], manifest: bytes) -> None:
        plan = {name: sorted({*self.ours.get(name, ()), digest}) for name, digest in self.files.items()}
        listed = {name: sorted(digests) for name, digests in self.ours.items()}
        self.make(PLAN, [_as_json(listed | plan)])
        self.make(MANIFEST, [manifest])
        sync(self._part(PLAN))
        self._part(PLAN).replace(self.work / PLAN)
        os.sync()
        for name in staged:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            self._part(name).replace(self.root / name)
        for name in gone:
            (self.root / name).unlink()
            with suppress(OSError):  # something else is in it
                for folder in PurePosixPath(name).parents[:-1]:
                    (self.root / folder).rmdir()
        os.sync()
        self._part(MANIFEST).replace(self.root / MANIFEST)
        sync(self.root)

    def _part(self, name: str) -> Path:
        """Return the other name under which a file is written first."""
        return self.work / f"{sha256(name.encode()).hexdigest()}.part"

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
        return ours

    def _look(self) -> dict[str, str]:
        """The digest of each of our files that is there; raises PublishRefused for one that somebody changed."""
        there = {}
        for name, digests in self.ours.items():
            self._refuse_links(name)
            digest = _digest(self.root / name)
            if digest is None:
                continue
            if digest not in digests:
                path = self.root / name
                raise PublishRefused(f"Somebody changed {path}. Move it away, then publish again; nothing was written.")
            there[name] = digest
        return there

    def _refuse_links(self, name: str) -> None:
        """Raise PublishRefused if the file is outside, or anything on the way to it is a link, or no folder."""
        if name.startswith("/") or ".." in name.split("/"):
            raise PublishRefused(f"{self.root / MANIFEST} names a file outside of the folder. Nothing was written.")
        path = self.root / name
        folders = [self.root / folder for folder in PurePosixPath(name).parents[:-1]]
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


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a file; None when there is none, or a link."""
    if path.is_symlink() or not path.exists():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _as_json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
