"""The wording of an ask over time, as far as the public ever saw it."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Event
from tracker.rules.asks import PUBLIC
from tracker.rules.wording import Happening, Rewording, history_of


@dataclass(frozen=True)
class PublicHistory:
    """An ask with the steps of its wording, the newest first."""

    slug: str
    title: str
    steps: tuple[Rewording, ...]


def find_history(session: Session, slug: str) -> PublicHistory | None:
    """The history of an ask that is or was public."""
    ask = session.execute(sa.select(Ask.id, Ask.title).where(Ask.slug == slug, Ask.publication.in_(PUBLIC))).first()
    if ask is None:
        return None
    # Nothing that names anybody, and no words of a draft, leaves this function.
    columns = (Event.at, Event.action, Event.subject, Event.subject_id, Event.before, Event.after, Event.reason)
    statement = sa.select(*columns).where(Event.ask_id == ask.id, Event.subject.in_(("ask", "test"))).order_by(Event.id)
    entries = (Happening(*row) for row in session.execute(statement))
    steps = history_of(replace(entry, before=entry.before or {}, after=entry.after or {}) for entry in entries)
    return PublicHistory(slug, ask.title, steps[::-1])
