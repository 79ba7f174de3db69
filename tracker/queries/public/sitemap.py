"""What search engines should know: every published page and when it last changed, in blocks of ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    newest = sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == Ask.id).scalar_subquery()
    statement = sa.select(Ask.publication, Ask.slug, newest).where(*_within(Ask.id, block)).order_by(Ask.id)
    rows = session.execute(statement)
    return [PublicPage(slug, changed_at) for publication, slug, changed_at in rows if publication is PUBLISHED]


def list_laws_in(session: Session, block: int) -> Sequence[PublicPage]:
    """The published laws of a block; when a law's page changed is not kept."""
    statement = sa.select(Legislation.publication, Legislation.key).where(*_within(Legislation.id, block))
    rows = session.execute(statement.order_by(Legislation.id))
    return [PublicPage(key) for publication, key in rows if publication is PUBLISHED]


def _within(number: Any, block: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The database picks a block by its numbers alone, lest it go through all that is published."""
    return number > (block - 1) * BLOCK, number <= block * BLOCK
