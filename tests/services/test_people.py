"""Members of staff: their addresses, roles and passwords, and the sessions that end with them."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NO_PASSWORD, Staff, make_person
from tests.transactions import problems_of
from tracker.models import Event, Person
from tracker.queries.people import with_names
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.people import Role
from tracker.services import people, sessions
from tracker.services.change import Change
from tracker.services.people import PersonDraft


def person_draft(**changes: Any) -> PersonDraft:
    values: dict[str, Any] = {"email": "somebody@example.org", "name": "Somebody", "role": Role.EDITOR}
    return PersonDraft(**values | changes)


@pytest.fixture
def somebody(ada: Change) -> Person:
    return make_person(ada, name="Somebody")


def is_signed_in(change: Change, token: str) -> bool:
    change.session.flush()
    change.session.expire_all()
    return sessions.find(change.session, token, change.at) is not None


REFUSED = {
    "email": [
        "somebody@example.org", "Other@example.org", "other", "other@localhost", "@example.org", "o ther@example.org",
        "x" * 250 + "@example.org", "\u0430da@example.org", "ada@ex\u00e4mple.org", "other\u200b@example.org",
    ],
    "name": [
        "Somebody", "S\u00f3mebody", "SOME body.", "\uff33omebody", "S\u043emebody", "Some\u200bbody Else",
        "\u202eeslE", "Else\u3164", "Else\ufe0f", "Two\nlines", "...", "Command line", "seeds", "Erased person 3", "",
        "x" * 121,
    ],
}  # fmt: skip


def test_addresses_and_names_that_are_taken_or_deceive_are_refused_beside_the_field(ada: Change) -> None:
    make_person(ada, name="Somebody")
    make_person(ada, name="Taken", email="other@example.org")
    other = make_person(ada, name="Another")
    for field, values in REFUSED.items():
        for value in values:
            draft = person_draft(**{"email": "free@example.org", "name": "Free"} | {field: value})
            with pytest.raises(RuleBroken) as added:
                people.add_person(ada, draft, NO_PASSWORD)
            with pytest.raises(RuleBroken) as edited:
                people.edit_person(ada, other, draft, None)
            assert problems_of(added) == problems_of(edited) == {field}, ascii(value)
    for name in ("Zo\u00eb O'Brien-\u0160koda, MP", "\u0410\u0434\u0430", "\u9648 Chen", "Ada 2", "\u05d0\u05d1"):
        email = f"{ord(name[0])}@example.org"
        assert people.add_person(ada, person_draft(email=email, name=name), NO_PASSWORD).name == name


def test_a_name_of_before_the_rule_does_not_keep_anybody_in_a_role(ada: Change, somebody: Person) -> None:
    somebody.name = "Ada"
    people.edit_person(ada, somebody, PersonDraft(somebody.email, "Ada", Role.CONTRIBUTOR), None)
    assert somebody.role is Role.CONTRIBUTOR


def test_a_deactivated_person_is_out_at_once_and_stays_out_until_let_in_again(ada: Change, somebody: Person) -> None:
    people.set_active(ada, somebody, True, None)
    assert somebody.version == 1  # it was so already
    token = sessions.start(ada, somebody)
    assert sessions.find_person(ada.session, "SomeBody@Example.org") is somebody
    assert sessions.find_person(ada.session, "nobody@example.org") is None
    people.set_active(ada, somebody, False, 1)
    assert not is_signed_in(ada, token)
    assert sessions.find_person(ada.session, "somebody@example.org") is None
    people.set_active(ada, somebody, True, 2)
    assert not is_signed_in(ada, token)  # it takes a new sign-in
    assert is_signed_in(ada, sessions.start(ada, somebody))


@pytest.mark.parametrize(
    ("changes", "ends"),
    [({"role": Role.ADMIN}, True), ({"email": "other@example.org"}, True), ({"name": "Some Body"}, False), ({}, False)],
)
def test_a_new_role_or_address_ends_the_sessions(
    ada: Change, somebody: Person, changes: dict[str, Any], ends: bool
) -> None:
    token = sessions.start(ada, somebody)
    assert people.edit_person(ada, somebody, person_draft(**changes), 1) is bool(changes)
    assert is_signed_in(ada, token) is not ends


def test_a_new_password_ends_every_session_of_that_person_and_its_hash_is_not_logged(
    ada: Change, somebody: Person, session: Session, staff: Staff
) -> None:
    tokens = [sessions.start(ada, somebody) for _ in range(2)]
    own = sessions.start(ada, session.get_one(Person, staff.ada.id))
    people.set_password(ada, somebody, "a new secret hash")
    assert [is_signed_in(ada, token) for token in [*tokens, own]] == [False, False, True]
    assert somebody.password_hash == "a new secret hash"
    people.edit_person(ada, somebody, person_draft(name="Some Body"), None)
    session.flush()
    told = with_names(session, session.scalars(sa.select(Event)))
    logged = str([(e.before, e.after, e.reason, e.subject_name) for e in told])
    assert "Some Body" in logged
    assert "secret hash" not in logged
    assert NO_PASSWORD not in logged


@pytest.mark.parametrize("move", ["another role", "deactivated"])
def test_the_last_active_admin_stays(ada: Change, somebody: Person, staff: Staff, move: str) -> None:
    me = ada.session.get_one(Person, staff.ada.id)

    def leave() -> None:
        if move == "deactivated":
            people.set_active(ada, me, False, None)
        else:
            people.edit_person(ada, me, person_draft(email=me.email, name="Ada"), None)

    with pytest.raises(RuleBroken):
        leave()
    people.edit_person(ada, somebody, person_draft(role=Role.ADMIN), None)
    people.set_active(ada, somebody, False, None)
    with pytest.raises(RuleBroken):  # an admin who cannot sign in does not count
        leave()
    people.set_active(ada, somebody, True, None)
    leave()
    assert not me.is_active or me.role is Role.EDITOR


def test_a_stale_change_of_a_person_is_a_conflict(ada: Change, somebody: Person) -> None:
    people.edit_person(ada, somebody, person_draft(name="Some Body"), 1)
    with pytest.raises(Conflict):
        people.edit_person(ada, somebody, person_draft(name="Other"), 1)
    with pytest.raises(Conflict):
        people.set_active(ada, somebody, False, 1)
    assert (somebody.name, somebody.is_active) == ("Some Body", True)
