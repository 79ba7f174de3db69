"""Links for a password: they work once, for a while, for one person, and only a hash of them is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, actor_of, make_person, make_staff
from tracker.db.engine import writing
from tracker.models import AccessLink, Event, Person
from tracker.rules.errors import RuleBroken
from tracker.rules.people import Role
from tracker.services import people, sessions
from tracker.services.change import Change
from tracker.services.people import PersonDraft

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def invited(ada: Change) -> Person:
    return make_person(ada, "", name="Somebody")


def as_person(change: Change, person: Person, after: timedelta = SECOND) -> Change:
    return Change(change.session, actor_of(person), NOW + after)


def test_an_invitation_works_for_three_days_and_a_reset_for_one(ada: Change, invited: Person) -> None:
    token = people.make_link(ada, invited)
    assert people.find_person(ada.session, token, NOW + 72 * HOUR - SECOND) is invited
    assert people.find_person(ada.session, token, NOW + 72 * HOUR) is None
    invited.password_hash = "a hash"
    token = people.make_link(ada, invited)
    assert people.find_person(ada.session, token, NOW + 24 * HOUR - SECOND) is invited
    assert people.find_person(ada.session, token, NOW + 24 * HOUR) is None


def test_a_link_is_used_once_and_ends_every_session(ada: Change, invited: Person) -> None:
    browser, token = sessions.start(ada, invited), people.make_link(ada, invited)
    people.choose_password(as_person(ada, invited), token, "a hash")
    assert invited.password_hash == "a hash"
    ada.session.expire_all()
    assert sessions.find(ada.session, browser, NOW) is None
    with pytest.raises(RuleBroken, match="used already"):
        people.choose_password(as_person(ada, invited), token, "another hash")
    assert invited.password_hash == "a hash"


def test_whoever_it_was_not_made_for_cannot_use_a_link_of_which_only_a_hash_is_kept(
    session: Session, ada: Change, invited: Person, staff: Staff
) -> None:
    token = people.make_link(ada, invited)
    with pytest.raises(RuleBroken):
        people.choose_password(Change(session, staff.ed, NOW), token, "a hash")
    for wrong in ("", token[:-1], token.swapcase(), sessions.digest(token), "\ud800", "é"):
        assert people.find_person(session, wrong, NOW) is None
    session.flush()
    row = session.scalars(sa.select(AccessLink)).one()
    assert row.token_hash == sessions.digest(token)
    logged = session.scalars(sa.select(Event).where(Event.action == "invited")).one()
    assert token not in str(vars(logged))
    assert row.token_hash not in str(vars(logged))
    assert len(token) >= 43  # 32 bytes


def test_a_link_is_worth_nothing_after_a_newer_one_a_new_password_another_address_or_deactivation(
    ada: Change, invited: Person
) -> None:
    for ends in (
        people.make_link,
        lambda c, p: people.set_password(c, p, "a hash"),
        lambda c, p: people.edit_person(c, p, PersonDraft("new@example.org", p.name, Role.EDITOR), None),
        lambda c, p: people.set_active(c, p, False, None),
    ):
        token = people.make_link(ada, invited)
        assert people.find_person(ada.session, token, NOW) is invited
        ends(ada, invited)
        ada.session.expire_all()
        assert people.find_person(ada.session, token, NOW) is None
    with pytest.raises(RuleBroken, match="deactivated"):
        people.make_link(ada, invited)


def test_of_two_who_use_a_link_at_once_one_wins(engine: sa.Engine) -> None:
    with writing(engine) as session:
        ada = Change(session, make_staff(session).ada, NOW)
        person = make_person(ada, "", name="Somebody")
        actor, token = actor_of(person), people.make_link(ada, person)
    start = Barrier(2)

    def use(password_hash: str) -> bool:
        start.wait(10)
        try:
            with writing(engine) as session:
                people.choose_password(Change(session, actor, NOW), token, password_hash)
        except RuleBroken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(use, ("one", "other")))
    assert sorted(won) == [False, True]
    with writing(engine) as session:
        stored = session.scalars(sa.select(Person.password_hash).where(Person.name == "Somebody")).one()
        changes = session.scalar(sa.select(sa.func.count()).where(Event.action == "password changed"))
    assert (stored, changes) == ("one" if won[0] else "other", 1)
