"""What search engines should know: every published page and when it last changed, in blocks of ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Update
from tracker.rules.asks import Publication

BLOCK = 2000
PUBLISHED = Publication.PUBLISHED


@dataclass(frozen=True)
class PublicPage:
    """The page of an ask, by its slug, or of a law, by its key."""

    name: str
    changed_at: datetime | None = None


def count_blocks(session: Session) -> int:
    """How many blocks there are; the first one always is."""
    last = max(session.scalar(sa.select(sa.func.max(model.id))) or 0 for model in (Ask, Legislation))
    return max(1, -(-last // BLOCK))


def list_asks_in(session: Session, block: int) -> Sequence[PublicPage]:
    """The published asks of a block, each with the moment of its newest published entry."""
    newest = (
        sa.select(sa.func.max(Update.published_at))
        .where(Update.ask_id == Ask.id, Update.publication == PUBLISHED)
        .scalar_subquery()
    )
    statement = sa.select(Ask.slug, newest).where(Ask.publication == PUBLISHED, *_within(Ask.id, block))
    return [PublicPage(slug, changed_at) for slug, changed_at in session.execute(statement.order_by(Ask.id))]


def list_laws_in(session: Session, block: int) -> Sequence[PublicPage]:
    """The published laws of a block; when a law's page changed is not kept."""
    statement = sa.select(Legislation.key).where(Legislation.publication == PUBLISHED, *_within(Legislation.id, block))
    return [PublicPage(key) for key in session.scalars(statement.order_by(Legislation.id))]


def _within(number: sa.orm.InstrumentedAttribute[int], block: int) -> tuple[sa.ColumnElement[bool], ...]:
    return number > (block - 1) * BLOCK, number <= block * BLOCK
