"""The laws and bills that asks hang on, and how their records write days."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Ask, Legislation, Link
from tracker.rules.asks import AWAY, Publication
from tracker.rules.dates import FIRST_YEAR, PartialDate


def list_followed(session: Session) -> Sequence[Legislation]:
    """Return the laws that are linked to a published ask, each with its links to such asks."""
    hangs = sa.and_(
        Link.publication.not_in(AWAY),
        Link.ask_id.in_(sa.select(Ask.id).where(Ask.publication == Publication.PUBLISHED)),
    )
    laws = sa.select(Legislation).where(Legislation.publication.not_in(AWAY), Legislation.links.any(hangs))
    loaded = selectinload(Legislation.links.and_(hangs))
    return session.scalars(laws.options(loaded).order_by(Legislation.id)).all()


def read_day(text: str | None) -> PartialDate | None:
    """Return the day at the beginning of a moment such as "2026-11-12T00:00:00"; raises ValueError."""
    if not text:
        return None
    day = date.fromisoformat(text[:10])
    if day.year < FIRST_YEAR:
        raise ValueError(f"{day} is no day")
    return PartialDate(day.isoformat())
