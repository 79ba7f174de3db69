"""What the desk shows: what waits for whom. Each list is bounded; `count_…` says how long it is in all."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tracker.models import Update
from tracker.rules.asks import Publication

WAITING = (Update.publication == Publication.DRAFT, Update.submitted_at.is_not(None))


def list_waiting(session: Session, limit: int) -> Sequence[Update]:
    """What waits for approval, the longest first."""
    statement = sa.select(Update).where(*WAITING).options(joinedload(Update.ask), joinedload(Update.author))
    return session.scalars(statement.order_by(Update.submitted_at, Update.id).limit(limit)).all()
