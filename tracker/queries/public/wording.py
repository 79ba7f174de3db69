"""The wording of an ask over time, as far as the public ever saw it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

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
    return PublicHistory(slug, ask.title, list_steps(session, [ask.id])[ask.id][::-1])


def list_steps(session: Session, ask_ids: Collection[int]) -> dict[int, tuple[Rewording, ...]]:
    """Return the public steps in the wording of asks, the oldest first, by the asks' ids."""
    # Nothing that names anybody, and no words of a draft, leaves this function.
    columns = (Event.at, Event.action, Event.subject, Event.subject_id, Event.before, Event.after, Event.reason)
    of_asks = sa.select(Event.ask_id, *columns).where(Event.ask_id.in_(ask_ids), Event.subject.in_(("ask", "test")))
    found: dict[int, tuple[Rewording, ...]] = dict.fromkeys(ask_ids, ())
    rows = session.execute(of_asks.order_by(Event.ask_id, Event.id))
    for ask_id, of_ask in groupby(rows, key=itemgetter(0)):
        entries = (Happening(*row[1:]) for row in of_ask)
        found[ask_id] = history_of(replace(it, before=it.before or {}, after=it.after or {}) for it in entries)
    return found
