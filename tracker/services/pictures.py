"""Keeps the picture of each public ask in step with it. It is drawn when an ask changes, never when a page is read."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.exports import picture
from tracker.models import Ask, AskPicture
from tracker.rules.asks import Publication


def refresh(session: Session, ask: Ask) -> None:
    """Draw the picture of a public ask, if it has none or shows something else by now; a hundredth of a second."""
    if not ask.publication.is_public:
        return
    wanted = picture.of_ask(ask.title, ask.status, ask.status_on, ask.reviewed_on)
    kept = session.scalar(sa.select(AskPicture.drawn_from).where(AskPicture.ask_id == ask.id))
    if kept != wanted.drawn_from:
        session.merge(AskPicture(ask_id=ask.id, drawn_from=wanted.drawn_from, png=picture.draw(wanted)))


def draw_missing(session: Session, most: int) -> None:
    """Draw the pictures of published asks that have none, the last changed first and no more than so many."""
    statement = (
        sa.select(Ask)
        .where(Ask.publication == Publication.PUBLISHED, ~sa.exists().where(AskPicture.ask_id == Ask.id))
        .order_by(Ask.status_on.desc(), Ask.id)
        .limit(most)
    )
    for ask in session.scalars(statement).all():
        refresh(session, ask)
