"""Passwords: what is stored, what is accepted, and what is refused before it costs anything."""

import threading

import pytest
from argon2 import PasswordHasher, extract_parameters

from tests.site import QUICK_HASHER
from tests.transactions import problems_of
from tracker.rules.errors import RuleBroken
from tracker.services import sessions

EMAIL = "ed@example.org"
LONGEST = "Härzlich willkommen im Wald! " * 4 + "und Pilze 🍄"
assert len(LONGEST) <= 128


@pytest.fixture(scope="module")
def stored() -> str:
    return sessions.hash_password("four unrelated words", EMAIL)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cost of a hash does not matter, little is spent on it."""
    monkeypatch.setattr(sessions, "HASHER", QUICK_HASHER)


@pytest.mark.usefixtures("quick")
def test_the_right_password_fits_and_no_other_does_nor_any_without_a_hash() -> None:
    for password in ("four unrelated words", "four unrelated words \ud800", LONGEST.ljust(128, "x")):
        stored = sessions.hash_password(password, EMAIL)
        assert sessions.is_right(password, stored, is_known=False)
        for wrong in ("", password[:-1], password[:-1] + "y", f"{password} ", password.upper(), stored, "\ud800"):
            assert not sessions.is_right(wrong, stored, is_known=False)
    for nothing in (None, "", "no hash at all", "$argon2id$v=19$broken"):
        assert not sessions.is_right("four unrelated words", nothing, is_known=False)
        assert not sessions.is_right("nobody's password, never accepted", nothing, is_known=False)


def test_what_is_longer_or_easy_to_guess_is_refused_before_it_is_hashed(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "HASHER", None)  # whatever touched it would fail
    assert not sessions.is_right("x" * 129, stored, is_known=False)
    assert not sessions.is_right("x" * 1_000_000, None, is_known=False)
    for refused in ("four unrelated words" * 7, f"{EMAIL}1234"):
        with pytest.raises(RuleBroken) as broken:
            sessions.hash_password(refused, EMAIL)
        assert problems_of(broken) == {"password"}


def test_the_hash_is_salted_argon2id_above_the_minimum(stored: str) -> None:
    again = sessions.hash_password("four unrelated words", EMAIL)
    found = extract_parameters(stored)
    assert again != stored
    assert found.type.name == "ID"
    assert (found.memory_cost >= 19 * 1024, found.time_cost >= 2) == (True, True)


def test_a_weaker_hash_is_due_for_renewal(stored: str) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("four unrelated words")
    assert sessions.is_right("four unrelated words", weak, is_known=False)
    renewed = sessions.rehash("four unrelated words", weak)
    assert renewed is not None
    assert sessions.is_right("four unrelated words", renewed, is_known=False)
    assert sessions.rehash("four unrelated words", renewed) is None
    assert sessions.rehash("four unrelated words", stored) is None


def test_when_too_many_wait_for_their_turn_the_next_is_told_so(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "IN_LINE", threading.BoundedSemaphore(1))
    with sessions.IN_LINE:
        with pytest.raises(sessions.Busy):
            sessions.is_right("four unrelated words", stored, is_known=False)
        assert sessions.is_right("four unrelated words", stored, is_known=True)  # who has places of their own
    assert sessions.is_right("four unrelated words", stored, is_known=False)  # and the place is free again
