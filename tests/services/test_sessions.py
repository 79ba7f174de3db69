"""Passwords and their hashes; sessions end by idling, by age, by signing out; attempts are throttled."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy.orm import Session

from tests.factories import NOW, make_person
from tests.site import QUICK_HASHER
from tests.transactions import refused
from tracker.models import Event, Person, SignInFailure, StaffSession
from tracker.services import sessions
from tracker.services.change import Change

EMAIL = "ed@example.org"
PASSWORD = "four unrelated words"
LONGEST = "Härzlich willkommen im Wald! " * 4 + "und Pilze 🍄"
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def person(ada: Change) -> Person:
    return make_person(ada, name="Somebody")


@pytest.fixture
def token(ada: Change, person: Person) -> str:
    """The token of a session that began at NOW."""
    return sessions.start(ada, person)


def is_live(session: Session, token: str, after: timedelta) -> bool:
    session.flush()
    session.expire_all()
    return sessions.find(session, token, NOW + after) is not None


def test_a_session_finds_its_person_by_the_whole_token_of_which_only_a_hash_is_stored(
    session: Session, ada: Change, person: Person, token: str
) -> None:
    found = sessions.find(session, token, NOW)
    assert found is not None
    assert found.person is person
    for wrong in ("", token[:-1], token + "x", token.swapcase(), sessions.digest(token), "\ud800"):
        assert sessions.find(session, wrong, NOW) is None
    row = session.scalars(sa.select(StaffSession)).one()
    assert token not in str(vars(row))
    logged = session.scalars(sa.select(Event).where(Event.action == "signed in")).one()
    assert token not in str(vars(logged))
    assert row.token_hash not in str(vars(logged))
    tokens = {token, *(sessions.start(ada, person) for _ in range(5))}
    assert len(tokens) == 6
    assert min(map(len, tokens)) >= 43  # 32 bytes


def test_a_session_ends_when_it_idles_for_half_an_hour_and_in_use_after_eight_hours(
    session: Session, token: str
) -> None:
    for after in (timedelta(0), 30 * MINUTE - SECOND, -2 * DAY):  # the last by a clock that was set back
        assert is_live(session, token, after)
    for after in (30 * MINUTE, 9 * HOUR):
        assert not is_live(session, token, after)
    for quarters in range(1, 32):
        sessions.touch(session, token, NOW + quarters * 15 * MINUTE)
    assert is_live(session, token, 8 * HOUR - SECOND)
    assert not is_live(session, token, 8 * HOUR)


def test_signing_out_ends_the_session_for_good(session: Session, ada: Change, person: Person, token: str) -> None:
    other = sessions.start(ada, person)
    sessions.end(session, token, NOW + MINUTE)
    sessions.touch(session, token, NOW + MINUTE)
    assert not is_live(session, token, MINUTE)
    assert is_live(session, other, MINUTE)
    person.is_active = False  # as if the rows of the sessions had been missed
    assert not is_live(session, other, MINUTE)
    row = session.get_one(StaffSession, sessions.digest(token))
    sessions.end(session, token, NOW + HOUR)  # the first end counts
    session.refresh(row)
    assert (row.ended_at, row.seen_at) == (NOW + MINUTE, NOW)


# --- the throttle ---


def fail(session: Session, times: int, account: str = "a{}@example.org", address: str = "192.0.2.{}") -> None:
    """So many failures at NOW; {} stands for a number that differs each time."""
    for number in range(times):
        sessions.note_failure(session, account.format(number), address.format(number), NOW)


def is_throttled(session: Session, account: str, address: str, after: timedelta = SECOND) -> bool:
    session.flush()
    return sessions.is_throttled(session, account, address, NOW + after)


def test_an_account_waits_for_five_minutes_after_ten_failures_from_anywhere(session: Session) -> None:
    fail(session, 9, account="ed@example.org")
    assert not is_throttled(session, "ed@example.org", "198.51.100.1")
    fail(session, 1, account="ED@example.org")
    assert is_throttled(session, "Ed@Example.org", "198.51.100.1")
    assert not is_throttled(session, "ada@example.org", "198.51.100.1")
    assert is_throttled(session, "ed@example.org", "198.51.100.1", 5 * MINUTE - SECOND)
    for after in (5 * MINUTE, DAY):
        assert not is_throttled(session, "ed@example.org", "198.51.100.1", after)
    fail(session, 10, account="\ud800")  # what is no text is counted like any other
    assert is_throttled(session, "\ud800", "198.51.100.1")


def test_an_address_waits_after_twenty_failures_with_any_account_and_an_ipv6_network_is_one(session: Session) -> None:
    for addresses, waiting, free in (
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8:0:1::{}", "2001:db8:0:1:ffff::1", "2001:db8:0:2::1"),
    ):
        fail(session, 19, address=addresses)
        assert not is_throttled(session, "ed@example.org", waiting)
        fail(session, 1, address=addresses)
        assert is_throttled(session, "ed@example.org", waiting)
        assert not is_throttled(session, "ed@example.org", free)


def test_everybody_waits_after_a_thousand_failures(session: Session) -> None:
    rows = [{"account": f"{n:064}", "address": f"{n:064}", "failed_at": NOW} for n in range(999)]
    session.execute(sa.insert(SignInFailure), rows)
    assert not is_throttled(session, "ed@example.org", "198.51.100.1")
    fail(session, 1)
    assert is_throttled(session, "ed@example.org", "198.51.100.1")


def test_failures_are_forgotten_after_a_day_and_never_kept_in_the_clear(session: Session) -> None:
    fail(session, 3, account="ed@example.org", address="192.0.2.1")
    session.flush()
    assert "ed@example.org" not in str([vars(row) for row in session.scalars(sa.select(SignInFailure))])
    sessions.note_failure(session, "ed@example.org", "192.0.2.1", NOW + DAY + SECOND)
    session.flush()
    assert session.scalar(sa.select(sa.func.count()).select_from(SignInFailure)) == 1


# --- passwords ---


@pytest.fixture(scope="module")
def stored() -> str:
    return sessions.hash_password(PASSWORD, EMAIL)


def test_the_right_password_fits_and_no_other_does_nor_any_without_a_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "HASHER", QUICK_HASHER)  # the cost of a hash does not matter here
    assert len(LONGEST) <= 128
    for password in (PASSWORD, "four unrelated words \ud800", LONGEST.ljust(128, "x")):
        stored = sessions.hash_password(password, EMAIL)
        assert sessions.is_right(password, stored, is_known=False)
        for wrong in ("", password[:-1], password[:-1] + "y", f"{password} ", password.upper(), stored, "\ud800"):
            assert not sessions.is_right(wrong, stored, is_known=False)
    for nothing in (None, "", "no hash at all", "$argon2id$v=19$broken"):
        assert not sessions.is_right(PASSWORD, nothing, is_known=False)
        assert not sessions.is_right("nobody's password, never accepted", nothing, is_known=False)


def test_what_is_longer_or_easy_to_guess_is_refused_before_it_is_hashed(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "HASHER", None)  # whatever touched it would fail
    assert not sessions.is_right("x" * 129, stored, is_known=False)
    assert not sessions.is_right("x" * 1_000_000, None, is_known=False)
    for unfit in (PASSWORD * 7, f"{EMAIL}1234"):
        with refused("password"):
            sessions.hash_password(unfit, EMAIL)


def test_the_hash_is_salted_argon2id_above_the_minimum_and_a_weaker_one_is_due_for_renewal(stored: str) -> None:
    again = sessions.hash_password(PASSWORD, EMAIL)
    found = extract_parameters(stored)
    assert again != stored
    assert found.type.name == "ID"
    assert (found.memory_cost >= 19 * 1024, found.time_cost >= 2) == (True, True)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert sessions.is_right(PASSWORD, weak, is_known=False)
    renewed = sessions.rehash(PASSWORD, weak)
    assert renewed is not None
    assert sessions.is_right(PASSWORD, renewed, is_known=False)
    assert sessions.rehash(PASSWORD, renewed) is None
    assert sessions.rehash(PASSWORD, stored) is None


def test_when_too_many_wait_for_their_turn_the_next_is_told_so(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "IN_LINE", threading.BoundedSemaphore(1))
    with sessions.IN_LINE:
        with pytest.raises(sessions.Busy):
            sessions.is_right(PASSWORD, stored, is_known=False)
        assert sessions.is_right(PASSWORD, stored, is_known=True)  # who has places of their own
    assert sessions.is_right(PASSWORD, stored, is_known=False)  # and the place is free again
