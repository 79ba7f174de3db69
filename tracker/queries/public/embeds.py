"""What other people's pages show of an ask: where it stands, and its picture."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, AskPicture
from tracker.queries.public.lines import ask_line
from tracker.queries.public.records import AskLine
from tracker.rules.asks import PUBLIC, Publication


@dataclass(frozen=True)
class EmbeddedAsk:
    """An ask in somebody else's page."""

    line: AskLine
    is_archived: bool


@dataclass(frozen=True)
class PublicPicture:
    """A picture as a PNG file; None for an ask that has not changed since there are pictures."""

    png: bytes | None


def find_embedded(session: Session, slug: str) -> EmbeddedAsk | None:
    """An ask that is or was public."""
    ask = session.scalar(sa.select(Ask).where(Ask.slug == slug, Ask.publication.in_(PUBLIC)))
    return EmbeddedAsk(ask_line(ask), ask.publication is Publication.ARCHIVED) if ask else None


def find_picture(session: Session, slug: str) -> PublicPicture | None:
    """The picture of an ask that is or was public."""
    statement = sa.select(AskPicture.png).join_from(Ask, AskPicture, AskPicture.ask_id == Ask.id, isouter=True)
    row = session.execute(statement.where(Ask.slug == slug, Ask.publication.in_(PUBLIC))).first()
    return PublicPicture(row.png) if row else None
