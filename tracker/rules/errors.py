"""The ways in which a change is refused."""

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One sentence about what is wrong, and the field that it belongs to (None: the whole form)."""

    message: str
    field: str | None = None


class RuleBroken(Exception):
    """The rules refuse a change; nothing was written. `problems` says why, in words for staff."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class Conflict(Exception):
    """Somebody else saved the same record first; nothing was written."""


class NotAllowed(Exception):
    """The person's role does not permit this."""


def refuse(problems: Sequence[Problem]) -> None:
    """Raise RuleBroken when there is at least one problem."""
    if problems:
        raise RuleBroken(problems)
