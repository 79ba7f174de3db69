"""Files that appear whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMPANIONS = ("-journal", "-wal", "-shm")  # what SQLite puts beside a database
OURS, PUBLIC = 0o600, 0o644  # who may read a file


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """An empty file in the target's folder, for its owner's eyes only, and gone after the block.

    A process that is killed leaves it under a name that begins with a dot, and the next one writes over it.
    Raises BlockingIOError when another process is using it.
    """
    path = target.with_name(f".{target.name}.part")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, OURS)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(descriptor)):  # another's, and done with
            raise BlockingIOError(path)
        os.fchmod(descriptor, OURS)
        os.ftruncate(descriptor, 0)
        _remove_companions(path)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
            _remove_companions(path)
    finally:
        os.close(descriptor)


@contextmanager
def part_of(target: Path, replace: bool, mode: int = OURS) -> Iterator[Path]:
    """A scratch file that becomes the target at the end of the block, unless the block raises.

    Raises FileExistsError for a target that is there, unless it may be replaced.
    """
    if not replace and target.exists():
        raise FileExistsError(target)
    with scratch_beside(target) as part:
        yield part
        part.chmod(mode)
        sync(part)
        if replace:
            part.replace(target)
        else:
            target.hardlink_to(part)
        sync(target.parent)  # else the new name may be lost with the power


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_companions(path: Path) -> None:
    for ending in COMPANIONS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
