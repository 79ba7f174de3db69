"""The hash chain of the event log."""

import hashlib
import json

from tracker.rules.chain import GENESIS, entry_hash

ENTRY = {"id": 7, "actor_name": "Škoda", "before": None, "after": {"b": [1, "2"], "a": "\n"}, "previous_hash": GENESIS}


def test_anybody_can_compute_the_hash_from_its_description_and_it_never_changes() -> None:
    """Frozen: another answer would make every log that exists look forged."""
    text = (
        "tracker event 1\n"
        '{"actor_name":"\\u0160koda","after":{"a":"\\n","b":[1,"2"]},"before":null,"id":7,'
        f'"previous_hash":"{"0" * 64}"}}'
    )
    assert entry_hash(ENTRY) == hashlib.sha256(text.encode("ascii")).hexdigest()
    assert entry_hash(ENTRY) == "4e6bacfe7569500a8180fdfff8bbfa34452659f31b7e2471fc6ba6dd15c503ea"
    # An entry hashes the same however its fields are ordered or stored.
    assert entry_hash(dict(reversed(ENTRY.items()))) == entry_hash(ENTRY)
    assert entry_hash(json.loads(json.dumps(ENTRY))) == entry_hash(ENTRY)


def test_the_smallest_change_shows() -> None:
    changes: list[dict[str, object]] = [
        {"id": 8}, {"id": "7"}, {"id": True}, {"actor_name": "Skoda"}, {"before": {}}, {"before": ""}, {"more": None},
        {"after": {"b": [1, 2], "a": "\n"}}, {"after": {"b": ["1", "2"], "a": "\n"}},
        {"previous_hash": "1" + GENESIS[1:]},
    ]  # fmt: skip
    assert [change for change in changes if entry_hash({**ENTRY, **change}) == entry_hash(ENTRY)] == []
