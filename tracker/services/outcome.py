"""What came of each of several things that were to be done at once; of one alone it is the same."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tracker.rules.errors import Problem, refuse

T = TypeVar("T")


@dataclass
class Outcome(Generic[T]):
    """By its place, what was done, or what the rules refuse. Where something was refused, undo all of it."""

    done: dict[int, T] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=dict)

    @property
    def only(self) -> T:
        """What was done where there was one thing to do; raises RuleBroken when that was refused."""
        refuse(self.refused.get(0, []))
        return self.done[0]
