"""What may be done to many asks at once."""

from dataclasses import dataclass
from typing import Any

from tracker.rules.errors import Problem
from tracker.rules.people import Role
from tracker.rules.text import Choice, name_key
from tracker.rules.updates import UpdateDraft

MOST_AT_ONCE = 50
# For editors; what an admin does is not counted.
MOST_AN_HOUR = 100


class What(Choice):
    """Which change."""

    REVIEW = "review", "Record a review: checked, nothing changed"
    TOPIC = "topic", "Change the topic"
    ADD_BODIES = "add_bodies", "Add bodies to those who answer for it"
    REMOVE_BODIES = "remove_bodies", "Take bodies out of those who answer for it"
    BODIES = "responsible_bodies", "Replace all who answer for it"
    INTERVAL = "review_interval_days", "Change after how many days to check again"
    PUBLISH = "publish", "Publish the drafts"


BODIES = (What.ADD_BODIES, What.REMOVE_BODIES, What.BODIES)


@dataclass(frozen=True)
class ManyDraft:
    """One change to several asks, as typed: a value and why, for the log, or a review that each story gets."""

    what: What
    value: Any = None
    review: UpdateDraft | None = None
    reason: str = ""

    @property
    def field(self) -> str:
        """Return the field of an ask that changes."""
        return What.BODIES.value if self.what in BODIES else self.what.value

    def value_after(self, now: Any) -> Any:
        """Return what the field of an ask that is `now` this would be; bodies are the same however they are written."""
        if self.what not in BODIES or self.what is What.BODIES:
            return self.value
        given, there = set(map(name_key, self.value)), set(map(name_key, now))
        if self.what is What.ADD_BODIES:
            return (*now, *(name for name in self.value if name_key(name) not in there))
        return tuple(name for name in now if name_key(name) not in given)


@dataclass(frozen=True)
class Seen:
    """An ask as the person saw it: its version, and how many entries its story had."""

    ask_id: int
    version: int
    entries: int


def check_number(number: int) -> list[Problem]:
    """Refuse no asks, and more than anybody looks at."""
    if 1 <= number <= MOST_AT_ONCE:
        return []
    return [Problem(f"Choose between 1 and {MOST_AT_ONCE} asks; you chose {number}.")]


def check_hour(role: Role, changed: int, number: int) -> list[Problem]:
    """Refuse so many asks to somebody who changed too many together in the last hour."""
    if role is Role.ADMIN or changed + number <= MOST_AN_HOUR:
        return []
    return [
        Problem(
            f"An editor changes at most {MOST_AN_HOUR} asks an hour together with others. You changed {changed}, and "
            f"these are {number} more. Take fewer, wait, or ask an admin to do it."
        )
    ]


def check_reason(draft: ManyDraft) -> list[Problem]:
    """Refuse what nobody explains; a review and a publication explain themselves in public."""
    is_public = draft.what in {What.REVIEW, What.PUBLISH}
    return [] if is_public or draft.reason else [Problem("Say why; it stands in the log of each ask.", "reason")]
