"""The circumstances of a change, which every service needs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.clock import day_of
from tracker.rules.people import Action, Actor


@dataclass(frozen=True)
class Change:
    """In which transaction, by whom and when something is changed.

    With `four_eyes` a change of status must be published by somebody else than its author.
    """

    session: Session
    actor: Actor
    at: datetime
    four_eyes: bool = False

    @property
    def today(self) -> date:
        """The day of the change."""
        return day_of(self.at)

    def require(self, action: Action) -> None:
        """Raise NotAllowed unless the actor's role permits the action."""
        self.actor.require(action)
