"""Codes of the second step: each works once and for about a minute, recovery codes once and for good."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, make_staff
from tracker.db.engine import reading, writing
from tracker.models import Event, Person, RecoveryCode, StaffSession
from tracker.rules.errors import Conflict, RuleBroken
from tracker.services import people, second_factor, sessions
from tracker.services.change import Change

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
    assert live(ed.session, here, elsewhere) == [True, False]
    version = ed_himself.version
    with pytest.raises(Conflict):
        second_factor.reset(ada, ed_himself, version - 1)
    second_factor.reset(ada, ed_himself, version)
    assert live(ed.session, here) == [False]
    assert not ed_himself.has_second_step
    assert not takes(ed, ed_himself, codes[0], 5)


def live(session: Session, *tokens: str) -> list[bool]:
    session.flush()
    session.expire_all()
    return [sessions.find(session, token, NOW) is not None for token in tokens]


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
