"""What other people's pages show of an ask: where it stands."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask
from tracker.queries.public.lines import ask_line
from tracker.queries.public.records import AskLine
from tracker.rules.asks import PUBLIC, Publication


@dataclass(frozen=True)
class EmbeddedAsk:
    """An ask in somebody else's page."""

    line: AskLine
    is_archived: bool


def find_embedded(session: Session, slug: str) -> EmbeddedAsk | None:
    """An ask that is or was public."""
    ask = session.scalar(sa.select(Ask).where(Ask.slug == slug, Ask.publication.in_(PUBLIC)))
    return EmbeddedAsk(ask_line(ask), ask.publication is Publication.ARCHIVED) if ask else None
