"""What lets anybody hold us to our history: the checkpoint of the event log."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, Revision
from tracker.rules.chain import Checkpoint


@dataclass(frozen=True)
class PublishedCheckpoint:
    """How far the log had come with the last public change: its number of entries, the last hash, and when."""

    number: int
    hash: str
    at: datetime | None

    @property
    def line(self) -> str:
        """As it is kept: "12:…"."""
        return str(Checkpoint(self.number, self.hash))


def find_checkpoint(session: Session) -> PublishedCheckpoint:
    """The checkpoint of the present revision; sign-ins and drafts do not move it."""
    at = sa.select(Event.at).where(Event.id == Revision.checkpoint_number).scalar_subquery()
    found = session.execute(sa.select(Revision.checkpoint_number, Revision.checkpoint_hash, at))
    return PublishedCheckpoint(*found.one())
