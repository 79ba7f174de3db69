"""Passwords, sessions and codes of the second step: what is kept, how long each works, and who guesses too often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, make_person, make_staff
from tests.site import QUICK_HASHER
from tests.transactions import refused
from tracker.db.engine import reading, writing
from tracker.models import Event, Person, RecoveryCode, SignInFailure, StaffSession
from tracker.rules.errors import Conflict, RuleBroken
from tracker.services import people, second_factor, sessions
from tracker.services.change import Change

# --- sessions ---

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


def is_live(session: Session, token: str, after: timedelta = timedelta(0)) -> bool:
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


def test_everybody_waits_after_a_thousand_failures_which_are_hashes_and_forgotten_after_a_day(session: Session) -> None:
    rows = [{"account": f"{n:064}", "address": f"{n:064}", "failed_at": NOW} for n in range(999)]
    session.execute(sa.insert(SignInFailure), rows)
    assert not is_throttled(session, "ed@example.org", "198.51.100.1")
    fail(session, 1, account="ed@example.org")
    assert is_throttled(session, "ada@example.org", "198.51.100.1")
    failures = session.scalars(sa.select(SignInFailure)).all()
    assert not [row for row in failures if "ed@example.org" in str(vars(row)) or "192.0.2" in str(vars(row))]
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


# --- the second step ---

KEY = "the key of the site"
STEP = timedelta(seconds=30)


@pytest.fixture
def ed_himself(session: Session, staff: Staff) -> Person:
    return session.get_one(Person, staff.ed.id)


@pytest.fixture
def codes(ed: Change, ed_himself: Person) -> list[str]:
    """The recovery codes of Ed, whose second step was set up at NOW."""
    return set_up(ed, ed_himself)


def set_up(change: Change, person: Person, token_hash: str = "here") -> list[str]:
    nonce = second_factor.proposed_nonce(token_hash, person)
    proof = pyotp.TOTP(second_factor.secret_of(KEY, person.id, nonce)).at(change.at)
    return second_factor.set_up(change, person, token_hash, proof, KEY)


def code_of(person: Person, steps: int) -> str:
    """What the app shows so many steps after NOW."""
    return pyotp.TOTP(second_factor.secret_of(KEY, person.id, person.totp_nonce)).at(NOW + steps * STEP)


def takes(change: Change, person: Person, code: str, steps: int) -> bool:
    return second_factor.take(Change(change.session, change.actor, NOW + steps * STEP), person, code, KEY)


@pytest.mark.parametrize(("typed_after", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_works_in_its_step_and_in_its_neighbours_and_what_is_no_code_does_not(
    ed: Change, ed_himself: Person, codes: list[str], typed_after: int, is_taken: bool
) -> None:
    for typed in ("", "12345", "1234567", "abcdef", "é", "\ud800", "\x00", "۱۲۳۴۵۶", "9" * 5000):
        assert not takes(ed, ed_himself, typed, 10)
    assert takes(ed, ed_himself, code_of(ed_himself, 10), 10 + typed_after) is is_taken


def test_a_code_works_once_and_no_older_one_after_it(ed: Change, ed_himself: Person, codes: list[str]) -> None:
    assert not takes(ed, ed_himself, code_of(ed_himself, 0), 0), "it was the proof of the set-up"
    code = code_of(ed_himself, 5)
    assert takes(ed, ed_himself, f" {code[:3]} {code[3:]} ", 5)
    for again in (code, code_of(ed_himself, 4)):
        assert not takes(ed, ed_himself, again, 5)
    assert takes(ed, ed_himself, code_of(ed_himself, 6), 5)


def test_each_of_ten_recovery_codes_works_once_however_it_is_typed_until_there_are_new_ones(
    ed: Change, ed_himself: Person, codes: list[str]
) -> None:
    assert len(set(codes)) == 10
    for typed in (codes[0], codes[1].lower(), codes[2].replace("-", ""), codes[3].replace("-", " ")):
        assert takes(ed, ed_himself, typed, 5)
        assert not takes(ed, ed_himself, typed, 5)
    assert takes(ed, ed_himself, code_of(ed_himself, 5), 5), "the app works on"
    new = second_factor.make_codes(ed, ed_himself)
    assert not takes(ed, ed_himself, codes[4], 6)
    assert takes(ed, ed_himself, new[0], 6)


def test_a_wrong_proof_sets_nothing_up_and_the_codes_of_one_person_are_worth_nothing_to_another(
    ed: Change, ada: Change, ed_himself: Person, codes: list[str], staff: Staff
) -> None:
    ada_herself = ada.session.get_one(Person, staff.ada.id)
    with pytest.raises(RuleBroken, match="not the code"):
        second_factor.set_up(ada, ada_herself, "here", "000000 ", KEY)
    assert not ada_herself.has_second_step
    set_up(ada, ada_herself)
    assert not takes(ada, ada_herself, codes[0], 5)
    assert not takes(ada, ada_herself, code_of(ed_himself, 5), 5)


def test_setting_up_and_resetting_end_sessions(ed: Change, ada: Change, ed_himself: Person) -> None:
    here, elsewhere = sessions.start(ed, ed_himself), sessions.start(ed, ed_himself)
    codes = set_up(ed, ed_himself, sessions.digest(here))
    assert is_live(ed.session, here)
    assert not is_live(ed.session, elsewhere)
    version = ed_himself.version
    with pytest.raises(Conflict):
        second_factor.reset(ada, ed_himself, version - 1)
    second_factor.reset(ada, ed_himself, version)
    assert not is_live(ed.session, here)
    assert not ed_himself.has_second_step
    assert not takes(ed, ed_himself, codes[0], 5)


def test_the_database_and_the_log_have_no_secret(
    session: Session, ed: Change, ed_himself: Person, codes: list[str]
) -> None:
    takes(ed, ed_himself, codes[0], 5)
    session.flush()
    secret = second_factor.secret_of(KEY, ed_himself.id, ed_himself.totp_nonce)
    kept = [*session.scalars(sa.select(Person)), *session.scalars(sa.select(RecoveryCode))]
    kept += [*session.scalars(sa.select(Event)), *session.scalars(sa.select(StaffSession))]
    told = " ".join(str(vars(row)) for row in kept)
    for hidden in (secret, secret.lower(), *codes, codes[0].replace("-", "")):
        assert hidden not in told
    log = " ".join(str(vars(event)) for event in session.scalars(sa.select(Event)))
    assert ed_himself.totp_nonce not in log
    assert secret != second_factor.secret_of(KEY + "x", ed_himself.id, ed_himself.totp_nonce)


@pytest.mark.parametrize("which", ["app", "recovery", "link"])
def test_of_two_who_use_a_code_or_a_link_at_once_one_gets_in(engine: sa.Engine, which: str) -> None:
    with writing(engine) as session:
        staff = make_staff(session)
        person, actor = session.get_one(Person, staff.ed.id), staff.ed
        recovery = set_up(Change(session, actor, NOW), person)
        link = people.make_link(Change(session, staff.ada, NOW), person)
        code = recovery[0] if which == "recovery" else code_of(person, 5)
    start = Barrier(2)

    def use(password_hash: str) -> bool:
        start.wait(10)
        with suppress(RuleBroken), writing(engine) as session:
            change = Change(session, actor, NOW + 5 * STEP)
            if which != "link":
                return second_factor.take(change, session.get_one(Person, actor.id), code, KEY)
            people.choose_password(change, link, password_hash)
            return True
        return False

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(use, ("one", "other")))
    assert sorted(won) == [False, True]
    if which == "link":
        with reading(engine) as session:
            stored = session.get_one(Person, actor.id).password_hash
            changes = session.scalar(sa.select(sa.func.count()).where(Event.action == "password changed"))
        assert (stored, changes) == ("one" if won[0] else "other", 1)
