"""Who else asked for the same, and when: the asks that name an ask as the same, and those that it names."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Source
from tracker.queries.public.as_of import ASK, is_one_of, is_published
from tracker.rules.asks import PUBLIC
from tracker.rules.dates import PartialDate

_SOURCE = Source.__table__.c


@dataclass(frozen=True)
class SameAsk:
    """A published ask for the same, and the source in which it was made."""

    slug: str
    title: str
    source_key: str
    source_title: str
    author: str
    published_on: PartialDate | None


def list_same(session: Session, ask_id: int, on: date | None = None) -> tuple[SameAsk, ...]:
    """Return the published asks for the same as one, the first asked first; those made by a day if one is given.

    What a draft names says nothing in public.
    """
    own = sa.select(ASK.id, ASK.same_as_id).where(ASK.id == ask_id).cte("same", recursive=True)
    same = own.union(
        sa.select(ASK.id, ASK.same_as_id)
        .join(own, sa.or_(ASK.id == own.c.same_as_id, ASK.same_as_id == own.c.id))
        .where(is_one_of(ASK.publication, PUBLIC))
    )
    found = (
        sa.select(ASK.slug, ASK.title, _SOURCE.key, _SOURCE.title, _SOURCE.author, _SOURCE.published_on)
        .select_from(Ask.__table__.join(Source.__table__, ASK.source_id == _SOURCE.id))
        .where(ASK.id.in_(sa.select(same.c.id)), ASK.id != ask_id, is_published(ASK.publication))
        .order_by(_SOURCE.published_on, ASK.id)
    )
    asks = (SameAsk(*row) for row in session.execute(found))
    return tuple(ask for ask in asks if not on or (ask.published_on and ask.published_on.first_day <= on))
