"""Who may do what: one table, used by routes, templates and services alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.errors import NotAllowed
from tracker.rules.text import Choice


class Role(Choice):
    """What a member of staff is trusted with."""

    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """A thing that staff do."""

    READ = "read the staff area"
    DRAFT = "write drafts of updates"
    EDIT = "edit asks, tests, sources, legislation and links"
    PUBLISH = "publish"
    MANAGE_PEOPLE = "manage people"
    EXPORT_LOG = "export the event log"
    TAKE_DOWN = "take words out of public texts"
    SET_PUBLISHERS = "change the table of publishers"


CONTRIBUTOR_ACTIONS = frozenset({Action.READ, Action.DRAFT})
EDITOR_ACTIONS = CONTRIBUTOR_ACTIONS | {Action.EDIT, Action.PUBLISH}
ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.CONTRIBUTOR: CONTRIBUTOR_ACTIONS,
    Role.EDITOR: EDITOR_ACTIONS,
    Role.ADMIN: EDITOR_ACTIONS | {Action.MANAGE_PEOPLE, Action.EXPORT_LOG, Action.TAKE_DOWN, Action.SET_PUBLISHERS},
}


@dataclass(frozen=True)
class Actor:
    """Who makes a change: a person, or (id None) the command line or the seeds."""

    name: str
    role: Role
    id: int | None = None
    request_id: str = ""

    def may(self, action: Action) -> bool:
        """True if the role permits the action."""
        return action in ALLOWED[self.role]

    def require(self, action: Action) -> None:
        """Raise NotAllowed unless the role permits the action."""
        if not self.may(action):
            raise NotAllowed(f"Your role, {self.role.label.lower()}, may not {action.value}.")


SEEDS = Actor("Seeds", Role.ADMIN)
COMMAND_LINE = Actor("Command line", Role.ADMIN)
UNKNOWN = Actor("Somebody not signed in", Role.CONTRIBUTOR)
