"""With four eyes a second person is somebody else: not an account that the author made, reset, or keeps for this."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, actor_of, make_ask, make_person, make_update
from tracker.models import Ask, Person, Update
from tracker.queries.people import OWN, TIED, TOO_NEW, find_refusals, list_account_changes
from tracker.queries.waiting import waits_for
from tracker.rules.errors import RuleBroken
from tracker.rules.people import COMMAND_LINE, Actor, Role
from tracker.rules.status import Status
from tracker.services import people, personal_data, second_factor, updates
from tracker.services.change import Change
from tracker.services.people import PersonDraft

LATER = NOW + timedelta(days=10)  # Ada, Ed and Cleo are no longer new


@pytest.fixture
def ada(session: Session, staff: Staff) -> Change:
    return Change(session, staff.ada, LATER, four_eyes=True)


@pytest.fixture
def ask(session: Session, staff: Staff) -> Ask:
    return make_ask(Change(session, staff.ed, NOW), published=True)


def by(change: Change, actor: Actor | Person, **later: int) -> Change:
    actor = actor_of(actor) if isinstance(actor, Person) else actor
    return replace(change, actor=actor, at=change.at + timedelta(**later))


def proposed(change: Change, ask: Ask) -> Update:
    update = make_update(change, ask, published=False, status=Status.REJECTED)
    updates.submit(change, ask, update)
    return update


def refusal(change: Change, update: Update) -> str:
    return find_refusals(change.session, change.actor.id, [update], change.at).get(update.id, "")


def test_nobody_proposes_and_approves_with_accounts_that_they_made(ada: Change, ask: Ask, staff: Staff) -> None:
    puppet = make_person(ada, name="Puppet")
    update = proposed(by(ada, puppet), ask)
    assert refusal(by(ada, ada.actor, minutes=1), update) == TIED
    with pytest.raises(RuleBroken, match="within the last 72"):
        updates.approve(ada, ask, update, update.version)
    second = make_person(ada, name="Second", role=Role.ADMIN)
    assert refusal(by(ada, second), update) == TIED
    third = make_person(by(ada, second), name="Third")
    update = proposed(by(ada, third), ask)
    assert {refusal(by(ada, who), update) for who in (ada.actor, puppet, second)} == {TIED}
    update = proposed(ada, ask)
    assert [refusal(by(ada, puppet, hours=hours), update) for hours in (0, 71, 73)] == [TIED, TIED, ""]
    assert refusal(by(ada, staff.ed), update) == ""
    assert refusal(ada, update) == OWN
    assert refusal(ada, make_update(ada, ask, published=False)) == ""  # no change of status


def let_in_again(change: Change, person: Person) -> None:
    for is_active in (False, True):
        people.set_active(change, person, is_active, None)


TAKING_OVER: dict[str, Callable[[Change, Person], object]] = {
    "a link": people.make_link,
    "a password": lambda change, person: people.set_password(change, person, "hash"),
    "the second step": lambda change, person: second_factor.reset(change, person, None),
    "the address": lambda change, person: people.edit_person(
        change, person, PersonDraft("mine@example.org", person.name, person.role), None
    ),
    "the role": lambda change, person: people.edit_person(
        change, person, PersonDraft(person.email, person.name, Role.ADMIN), None
    ),
    "letting in again": let_in_again,
}


@pytest.mark.parametrize("way", TAKING_OVER)
def test_nor_with_an_old_account_that_they_took_over(ada: Change, ask: Ask, staff: Staff, way: str) -> None:
    ed = ada.session.get_one(Person, staff.ed.id)
    ed.totp_nonce = "a number"
    assert refusal(by(ada, ed), update := proposed(ada, ask)) == ""
    TAKING_OVER[way](ada, ed)
    assert refusal(by(ada, ed), update) == TIED
    assert refusal(by(ada, ed, hours=73), update) == ""


def test_a_new_account_approves_only_where_nobody_else_can(ada: Change, ask: Ask, staff: Staff) -> None:
    new, update = make_person(replace(ada, actor=COMMAND_LINE), name="New"), proposed(by(ada, staff.cleo), ask)
    assert refusal(by(ada, new), update) == TOO_NEW
    for name in ("Ada", "Ed"):
        person = ada.session.scalars(sa.select(Person).where(Person.name == name)).one()
        person.is_active = False
    assert refusal(by(ada, new), update) == ""


def test_editors_are_told_on_the_desk_and_by_mail_and_nobody_vanishes_soon(ada: Change, ask: Ask, staff: Staff) -> None:
    puppet = make_person(ada, name="Puppet", role=Role.CONTRIBUTOR)
    people.make_link(ada, puppet)
    proposed(by(ada, puppet), ask)
    people.set_active(ada, puppet, False, None)
    with pytest.raises(RuleBroken, match="30 days"):
        personal_data.erase(by(ada, ada.actor, days=29), puppet, None, "Asked for it.")
    ada.session.flush()

    def told(days: int) -> list[str]:
        return [it.action for it in list_account_changes(ada.session, LATER + timedelta(days=days), 20)]

    assert told(6) == ["deactivated", "reset link made", "created"]
    assert told(8) == []
    mails = {}
    for actor in (staff.ada, staff.ed, staff.cleo):
        parts = waits_for(ada.session, ada.session.get_one(Person, actor.id), LATER, four_eyes=True)
        mails[actor.name] = [f"{line.name} {line.detail}" for part in parts for line in part.lines]
    assert "Puppet created, by Ada" in mails["Ed"]
    assert "Puppet" not in str(mails["Ada"] + mails["Cleo"])
    personal_data.erase(by(ada, ada.actor, days=31), puppet, None, "Asked for it.")
    assert told(32) == ["erased"]
