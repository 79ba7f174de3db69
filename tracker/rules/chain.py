"""The hash chain of the event log: each entry's hash covers its content and the hash before it.

An entry is encoded as JSON with sorted keys, no spaces and ASCII only, behind a line that names the
format, and hashed with SHA-256. Changing, removing or inserting an entry breaks every hash after it.
"""

import hashlib
import json
from collections.abc import Mapping

FORMAT = b"tracker event 1\n"
GENESIS = "0" * 64


def entry_hash(entry: Mapping[str, object]) -> str:
    """Answer the SHA-256 (64 hexadecimal digits) of an entry that carries its `previous_hash`."""
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(FORMAT + canonical.encode("ascii")).hexdigest()
