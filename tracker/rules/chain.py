"""The hash chain of the event log: each entry's hash covers its content and the hash before it.

An entry is encoded as JSON with sorted keys, no spaces and ASCII only, behind a line that names the
format, and hashed with SHA-256. Changing, removing or inserting an entry breaks every hash after it.

A checkpoint, "12:" and the hash of entry 12, fixes all entries up to that one. Kept elsewhere, it shows
later whether the end was cut off or the whole log was made anew, which the chain alone cannot show.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

FORMAT = b"tracker event 1\n"
GENESIS = "0" * 64
CHECKPOINT = re.compile(r"(?:(0|[1-9][0-9]{0,17}):)?([0-9a-f]{64})", re.ASCII)


class Checkpoint(NamedTuple):
    """How many entries the log had, and the hash of the last; `number` is None where only the hash was kept."""

    number: int | None
    hash: str

    def __str__(self) -> str:
        return self.hash if self.number is None else f"{self.number}:{self.hash}"


def canonical(entry: Mapping[str, object]) -> str:
    """The one way in which an entry is written for hashing."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def entry_hash(entry: Mapping[str, object]) -> str:
    """Answer the SHA-256 (64 hexadecimal digits) of an entry that carries its `previous_hash`."""
    return hashlib.sha256(FORMAT + canonical(entry).encode("ascii")).hexdigest()


def read_checkpoint(text: str) -> Checkpoint:
    """A checkpoint as it was printed, or a hash alone; raises ValueError for anything else."""
    found = CHECKPOINT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"“{text.strip()[:80]}” is no checkpoint. It looks like 12:{'0' * 8}… with 64 digits.")
    return Checkpoint(int(found[1]) if found[1] else None, found[2])
