"""Who may do what."""

from itertools import product

import pytest

from tracker.rules.errors import NotAllowed
from tracker.rules.permissions import COMMAND_LINE, SEEDS, Action, Actor, Role

# Every role against every action, written out: a change of rights is a change of this table.
TABLE = {
    (Role.CONTRIBUTOR, Action.READ): True,
    (Role.CONTRIBUTOR, Action.DRAFT): True,
    (Role.CONTRIBUTOR, Action.EDIT): False,
    (Role.CONTRIBUTOR, Action.PUBLISH): False,
    (Role.CONTRIBUTOR, Action.MANAGE_PEOPLE): False,
    (Role.CONTRIBUTOR, Action.EXPORT_LOG): False,
    (Role.CONTRIBUTOR, Action.TAKE_DOWN): False,
    (Role.EDITOR, Action.READ): True,
    (Role.EDITOR, Action.DRAFT): True,
    (Role.EDITOR, Action.EDIT): True,
    (Role.EDITOR, Action.PUBLISH): True,
    (Role.EDITOR, Action.MANAGE_PEOPLE): False,
    (Role.EDITOR, Action.EXPORT_LOG): False,
    (Role.EDITOR, Action.TAKE_DOWN): False,
    (Role.ADMIN, Action.READ): True,
    (Role.ADMIN, Action.DRAFT): True,
    (Role.ADMIN, Action.EDIT): True,
    (Role.ADMIN, Action.PUBLISH): True,
    (Role.ADMIN, Action.MANAGE_PEOPLE): True,
    (Role.ADMIN, Action.EXPORT_LOG): True,
    (Role.ADMIN, Action.TAKE_DOWN): True,
}
NAMES = {Role.CONTRIBUTOR: "Cleo", Role.EDITOR: "Ed", Role.ADMIN: "Ada"}


def test_the_table_names_every_role_and_every_action() -> None:
    assert list(TABLE) == list(product(Role, Action))


@pytest.mark.parametrize(("role", "action"), TABLE)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action) -> None:
    assert Actor(NAMES[role], role, 1).may(action) is TABLE[role, action]


@pytest.mark.parametrize(("role", "action"), [pair for pair, allowed in TABLE.items() if not allowed])
def test_a_refusal_names_the_role_and_what_it_may_not_do(role: Role, action: Action) -> None:
    with pytest.raises(NotAllowed, match=f"Your role, {role.value}, may not {action.value}"):
        Actor(NAMES[role], role, 1).require(action)


@pytest.mark.parametrize("actor", [COMMAND_LINE, SEEDS, Actor("Ada", Role.ADMIN, 1)], ids=lambda actor: actor.name)
def test_an_admin_the_command_line_and_the_seeds_are_refused_nothing(actor: Actor) -> None:
    for action in Action:
        actor.require(action)
    assert all(actor.may(action) for action in Action)


def test_the_command_line_and_the_seeds_are_no_persons() -> None:
    assert (COMMAND_LINE.id, SEEDS.id) == (None, None)
    assert COMMAND_LINE.name != SEEDS.name
