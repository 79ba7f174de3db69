"""The circumstances of a change, which every service needs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.clock import day_of
from tracker.db.base import Versioned
from tracker.rules.errors import Conflict
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

    def require(self, action: Action, row: Versioned | None = None, seen_version: int | None = None) -> None:
        """Raise NotAllowed unless the actor's role permits it, and Conflict when the row was saved meanwhile."""
        self.actor.require(action)
        if row is not None:
            check_version(row, seen_version)


def check_version(row: Versioned, seen_version: int | None) -> None:
    """Raise Conflict when the row was saved since the person saw it (None: no page was seen)."""
    if seen_version is not None and row.version != seen_version:
        raise Conflict
