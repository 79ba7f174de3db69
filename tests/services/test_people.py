"""Members of staff: their addresses, roles and passwords, the sessions that end with them, and links for a password."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NO_PASSWORD, NOW, Staff, actor_of, make_person
from tests.transactions import refused
from tracker.models import AccessLink, Event, Person
from tracker.queries.people import with_names
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.people import Role
from tracker.services import people, sessions
from tracker.services.change import Change
from tracker.services.people import PersonDraft

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def person_draft(**changes: Any) -> PersonDraft:
    values: dict[str, Any] = {"email": "somebody@example.org", "name": "Somebody", "role": Role.EDITOR}
    return PersonDraft(**values | changes)


@pytest.fixture
def somebody(ada: Change) -> Person:
    return make_person(ada, name="Somebody")


@pytest.fixture
def invited(ada: Change) -> Person:
    return make_person(ada, "", name="Somebody")


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
            with refused(field):
                people.add_person(ada, draft, NO_PASSWORD)
            with refused(field):
                people.edit_person(ada, other, draft, None)
    for name in ("Zo\u00eb O'Brien-\u0160koda, MP", "\u0410\u0434\u0430", "\u9648 Chen", "Ada 2", "\u05d0\u05d1"):
        email = f"{ord(name[0])}@example.org"
        assert people.add_person(ada, person_draft(email=email, name=name), NO_PASSWORD).name == name
    other.name = "Ada"  # of before the rule: it does not keep anybody in a role
    people.edit_person(ada, other, PersonDraft(other.email, "Ada", Role.CONTRIBUTOR), None)
    assert other.role is Role.CONTRIBUTOR


def edit(**changes: Any) -> Callable[[Change, Person, str], object]:
    return lambda change, person, _: people.edit_person(change, person, person_draft(**changes), None)


# What is done to somebody, and whether it ends their sessions, and their links.
ENDS: dict[str, tuple[Callable[[Change, Person, str], object], bool, bool]] = {
    "nothing new": (edit(), False, False),
    "a new name": (edit(name="Some Body"), False, False),
    "a new role": (edit(role=Role.ADMIN), True, True),
    "a new address": (edit(email="other@example.org"), True, True),
    "a new password": (lambda change, person, _: people.set_password(change, person, "a hash"), True, True),
    "deactivation": (lambda change, person, _: people.set_active(change, person, False, 1), True, True),
    "a newer link": (lambda change, person, _: people.make_link(change, person), False, True),
    "a link that is used": (lambda change, person, link: people.choose_password(
        Change(change.session, actor_of(person), NOW + SECOND), link, "a hash"), True, True),
}  # fmt: skip


@pytest.mark.parametrize("what", ENDS)
def test_what_ends_sessions_and_links(ada: Change, session: Session, somebody: Person, staff: Staff, what: str) -> None:
    do, ends_sessions, ends_links = ENDS[what]
    tokens, link = [sessions.start(ada, somebody) for _ in range(2)], people.make_link(ada, somebody)
    own = sessions.start(ada, session.get_one(Person, staff.ada.id))
    assert people.find_person(session, link, NOW) is somebody
    do(ada, somebody, link)
    assert [is_signed_in(ada, token) for token in [*tokens, own]] == [not ends_sessions] * 2 + [True]
    assert (people.find_person(session, link, NOW) is None) is ends_links
    if ends_links:
        with pytest.raises(RuleBroken, match="used already"):
            people.choose_password(Change(session, actor_of(somebody), NOW + SECOND), link, "another hash")
    assert somebody.password_hash != "another hash"


def test_a_deactivated_person_is_out_at_once_and_stays_out_until_let_in_again(ada: Change, somebody: Person) -> None:
    people.set_active(ada, somebody, True, None)
    assert somebody.version == 1  # it was so already
    token, link = sessions.start(ada, somebody), people.make_link(ada, somebody)
    assert sessions.find_person(ada.session, "SomeBody@Example.org") is somebody
    assert sessions.find_person(ada.session, "nobody@example.org") is None
    people.set_active(ada, somebody, False, 1)
    assert sessions.find_person(ada.session, "somebody@example.org") is None
    with pytest.raises(RuleBroken, match="deactivated"):
        people.make_link(ada, somebody)
    people.set_active(ada, somebody, True, 2)
    assert not is_signed_in(ada, token)  # it takes a new sign-in
    assert people.find_person(ada.session, link, NOW) is None
    assert is_signed_in(ada, sessions.start(ada, somebody))


def test_no_hash_is_logged_and_a_stale_change_is_a_conflict(ada: Change, somebody: Person, session: Session) -> None:
    people.set_password(ada, somebody, "a new secret hash")
    assert somebody.password_hash == "a new secret hash"
    assert people.edit_person(ada, somebody, person_draft(name="Some Body"), 2)
    assert not people.edit_person(ada, somebody, person_draft(name="Some Body"), 3)
    with pytest.raises(Conflict):
        people.edit_person(ada, somebody, person_draft(name="Other"), 2)
    with pytest.raises(Conflict):
        people.set_active(ada, somebody, False, 2)
    assert (somebody.name, somebody.is_active) == ("Some Body", True)
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


# --- links for a password ---


def test_an_invitation_works_for_three_days_and_a_reset_for_one(ada: Change, invited: Person) -> None:
    token = people.make_link(ada, invited)
    assert people.find_person(ada.session, token, NOW + 72 * HOUR - SECOND) is invited
    assert people.find_person(ada.session, token, NOW + 72 * HOUR) is None
    invited.password_hash = "a hash"
    token = people.make_link(ada, invited)
    assert people.find_person(ada.session, token, NOW + 24 * HOUR - SECOND) is invited
    assert people.find_person(ada.session, token, NOW + 24 * HOUR) is None


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
