"""The hash chain of the event log."""

import hashlib
import json
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.rules.chain import GENESIS, entry_hash

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=3,
)
ENTRIES = st.dictionaries(st.text(max_size=3), VALUES, max_size=3)
ENTRY = {"id": 7, "actor_name": "Škoda", "before": None, "after": {"b": [1, "2"], "a": "\n"}, "previous_hash": GENESIS}


def test_the_hash_of_an_entry_never_changes() -> None:
    """Frozen: another answer would make every log that exists look forged."""
    assert entry_hash(ENTRY) == "4e6bacfe7569500a8180fdfff8bbfa34452659f31b7e2471fc6ba6dd15c503ea"


def test_anybody_can_compute_the_hash_from_its_description() -> None:
    text = (
        "tracker event 1\n"
        '{"actor_name":"\\u0160koda","after":{"a":"\\n","b":[1,"2"]},"before":null,"id":7,'
        f'"previous_hash":"{"0" * 64}"}}'
    )
    assert entry_hash(ENTRY) == hashlib.sha256(text.encode("ascii")).hexdigest()


@given(ENTRIES)
def test_an_entry_hashes_the_same_however_its_fields_are_ordered_or_stored(entry: dict[str, object]) -> None:
    found = entry_hash(entry)
    assert set(found) <= set(string.hexdigits.lower())
    assert len(found) == 64
    assert entry_hash(dict(reversed(entry.items()))) == found
    assert entry_hash(json.loads(json.dumps(entry))) == found


@given(ENTRIES, ENTRIES)
def test_entries_that_differ_hash_differently(one: dict[str, object], other: dict[str, object]) -> None:
    # To Python 1 is True; to a reader of the log it is not.
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    assert entry_hash(one) != entry_hash(other)


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8}, {"id": "7"}, {"actor_name": "Skoda"}, {"before": {}}, {"before": ""},
        {"after": {"b": [1, 2], "a": "\n"}},
        {"previous_hash": "1" + GENESIS[1:]}, {"more": None},
    ],
)  # fmt: skip
def test_the_smallest_change_shows(change: dict[str, object]) -> None:
    assert entry_hash({**ENTRY, **change}) != entry_hash(ENTRY)
