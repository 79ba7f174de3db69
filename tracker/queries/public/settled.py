"""What Corrections tells from the log: disputes that ended, and words that were taken down."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Event
from tracker.rules.asks import Publication
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.dates import PartialDate
from tracker.rules.replies import SETTLED

MOST = 100


class EndedDispute(NamedTuple):
    """What was disputed about an ask, since when until when, and what came of it; not by whom."""

    slug: str
    title: str
    since: PartialDate
    about: str
    ended_at: datetime
    outcome: str


class TakingDown(NamedTuple):
    """When words were taken out of how many texts, and why; not which."""

    at: datetime
    reason: str
    places: int


def list_ended_disputes(session: Session, ask_id: int | None = None) -> Sequence[EndedDispute]:
    """Return the disputes about one ask, or about all that are published, that ended; the newest first."""
    ended = (
        sa.select(Ask.slug, Ask.title, Event.before, Event.at, Event.reason)
        .join(Ask, Ask.id == Event.subject_id)
        .where(Event.action == SETTLED, Event.subject == "ask")
        .where(Ask.id == ask_id if ask_id else Ask.publication == Publication.PUBLISHED)
    )
    return [
        EndedDispute(slug, title, PartialDate(was["disputed_on"]), was["disputed_about"], at, outcome)
        for slug, title, was, at, outcome in session.execute(ended.order_by(Event.id.desc()).limit(MOST))
    ]


def list_takings_down(session: Session) -> Sequence[TakingDown]:
    """Return when words were taken down and why, the newest first."""
    taken = sa.select(Event.at, Event.reason, Event.after).where(Event.action == TAKEN_DOWN).order_by(Event.id.desc())
    return [TakingDown(at, reason, after["places"]) for at, reason, after in session.execute(taken.limit(MOST))]
