"""The hash chain of the event log: each entry's hash covers its content and the hash before it.

An entry is encoded as JSON with sorted keys, no spaces and ASCII only, behind a line that names the
format, and hashed with SHA-256. Changing, removing or inserting an entry breaks every hash after it.

Since format 2 an entry does not hold the names and e-mail addresses of staff. In their place stand commitments,
HMAC-SHA-256 of the value under a random salt. Value and salt are kept beside the log and can be erased: without them
a commitment tells nobody anything, with them it proves that the value is the one that was written then.

Where words were taken down, an entry keeps the hash of what it was, and a later entry, "took words down", holds the
hash of what it is now. So every text is still fixed by an entry of the chain.

A checkpoint, "12:" and the hash of entry 12, fixes all entries up to that one. Kept elsewhere, it shows
later whether the end was cut off or the whole log was made anew, which the chain alone cannot show.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

FORMAT = 2
GENESIS = "0" * 64
CHECKPOINT = re.compile(r"(?:(0|[1-9][0-9]{0,17}):)?([0-9a-f]{64})", re.ASCII)
SALT_BYTES = 32
PERSONAL = ("name", "email")
ERASED = "erased"
TAKEN_DOWN = "took words down"
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class Checkpoint(NamedTuple):
    """How many entries the log had, and the hash of the last; `number` is None where only the hash was kept."""

    number: int | None
    hash: str

    def __str__(self) -> str:
        return self.hash if self.number is None else f"{self.number}:{self.hash}"


def canonical(entry: Mapping[str, object]) -> str:
    """Return an entry in the one way in which it is written for hashing."""
    return ENCODER.encode(entry)


def entry_hash(entry: Mapping[str, object]) -> str:
    """Return the SHA-256 (64 hexadecimal digits) of an entry that carries its `previous_hash`.

    The first format had no number.
    """
    line = f"tracker event {entry.get('format', 1)}\n{canonical(entry)}"
    return hashlib.sha256(line.encode("ascii")).hexdigest()


def commitment(salt: str, value: str) -> str:
    """Return what stands in an entry for a value: HMAC-SHA-256 under the salt, which is 64 hexadecimal digits."""
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def with_personal(entry: Mapping[str, Any], replace: Callable[[int, str], str]) -> dict[str, Any]:
    """Return the entry with each value replaced that tells of a member of staff, given by number.

    Those are who did it and, where the entry is about a person, their name and e-mail address.
    """
    changed = dict(entry)
    if entry["actor_id"] is not None:
        changed["actor_name"] = replace(entry["actor_id"], entry["actor_name"])
    if entry["subject"] == "person":
        number = entry["subject_id"]
        changed["subject_name"] = replace(number, entry["subject_name"])
        for side in ("before", "after"):
            values = entry[side] or {}
            changed[side] = entry[side] and values | {
                name: replace(number, values[name]) for name in PERSONAL if name in values
            }
    return changed


def commitments_of(entry: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return the commitments in an entry, each with the person whom it is about; the first format had none."""
    found: list[tuple[int, str]] = []

    def note(person_id: int, made: str) -> str:
        found.append((person_id, made))
        return made

    if entry.get("format", 1) != 1:
        with_personal(entry, note)
    return found


def read_checkpoint(text: str) -> Checkpoint:
    """Return a checkpoint as it was printed, or a hash alone; raises ValueError for anything else."""
    found = CHECKPOINT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"“{text.strip()[:80]}” is no checkpoint. It looks like 12:{'0' * 8}… with 64 digits.")
    return Checkpoint(int(found[1]) if found[1] else None, found[2])
