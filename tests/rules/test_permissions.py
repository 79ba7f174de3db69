"""Who may do what."""

from itertools import product

import pytest

from tracker.rules.errors import NotAllowed
from tracker.rules.people import COMMAND_LINE, SEEDS, Action, Actor, Role

# The actions of a role, written out: a change of rights is a change of this table. Each has those of the role above.
DRAFTS = {Action.READ, Action.DRAFT}
EDITS = DRAFTS | {Action.EDIT, Action.PUBLISH}
TABLE = {Role.CONTRIBUTOR: DRAFTS, Role.EDITOR: EDITS, Role.ADMIN: set(Action)}


def test_a_role_may_do_what_the_table_says_and_a_refusal_names_both() -> None:
    for role, action in product(Role, Action):
        actor = Actor("Somebody", role, 1)
        assert actor.may(action) is (action in TABLE[role])
        if actor.may(action):
            actor.require(action)
        else:
            with pytest.raises(NotAllowed, match=f"Your role, {role.value}, may not {action.value}"):
                actor.require(action)


def test_the_command_line_and_the_seeds_are_admins_and_no_persons() -> None:
    assert COMMAND_LINE.role is SEEDS.role is Role.ADMIN
    assert (COMMAND_LINE.id, SEEDS.id) == (None, None)
    assert COMMAND_LINE.name != SEEDS.name
