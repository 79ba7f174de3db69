"""Asks for the public: the status page and the page of one ask."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import LONDON
from tracker.models import Ask, FormerSlug, Source, Update
from tracker.queries.public.days import grounds, last_movement, turned_back
from tracker.queries.public.lines import ask_line, is_public, link_record, record_of, reply_record, story
from tracker.queries.public.records import PublicAsk, PublicSource, PublicTest
from tracker.queries.public.whole import find_whole
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.movement import review_due

SOURCE = Source.__table__.c
_SOURCES = (
    sa.select(*(SOURCE[field.name] for field in fields(PublicSource)))
    .where(SOURCE.publication == Publication.PUBLISHED)
    .order_by(SOURCE.published_on, SOURCE.title)
)


def list_sources(session: Session, most: int | None = None) -> list[PublicSource]:
    """Where the published asks were made, the oldest first; at most so many."""
    return [record_of(PublicSource, source) for source in session.execute(_SOURCES.limit(most))]


def find_slug_now(session: Session, slug: str) -> str | None:
    """The present slug of an ask that had this one before."""
    statement = sa.select(Ask.slug).join(FormerSlug, FormerSlug.ask_id == Ask.id).where(FormerSlug.slug == slug)
    return session.scalar(statement.where(Ask.publication.in_(PUBLIC)))


def find_ask(
    session: Session,
    slug: str,
    *,
    with_drafts: bool = False,
    foresee: Callable[[Ask], None] | None = None,
    on: date | None = None,
) -> PublicAsk | None:
    """An ask that is or was public, whole, now or as it stood on a day.

    For staff's previews, `with_drafts` finds any ask, and `foresee` makes of it what is not written yet.
    Costs eight queries, however long its story.
    """
    ask = find_whole(session, slug)
    if ask is None or not (ask.publication.is_public or with_drafts):
        return None
    if foresee:
        foresee(ask)
    return _public_ask(ask, on)


def _public_ask(ask: Ask, on: date | None) -> PublicAsk:
    """An ask as the public sees it."""
    updates = [u for u in ask.updates if u.publication is Publication.PUBLISHED]
    tests = [test for test in ask.tests if not test.is_archived]
    superseding = ask.superseded_by
    present = record_of(
        PublicAsk,
        ask,
        line=ask_line(ask),
        source=record_of(PublicSource, ask.source),
        jurisdictions=tuple(ask.jurisdictions),
        responsible_bodies=tuple(ask.responsible_bodies),
        is_archived=ask.publication is Publication.ARCHIVED,
        superseded_by=ask_line(superseding) if superseding and is_public(superseding) else None,
        tests=tuple(record_of(PublicTest, test) for test in tests),
        links=tuple(
            link_record(link, law=link.legislation)
            for link in ask.links
            if link.publication is Publication.PUBLISHED and link.legislation.publication is Publication.PUBLISHED
        ),
        story=story(updates, ask.tests),
        replies=tuple(reply_record(r) for r in ask.replies if r.publication is Publication.PUBLISHED),
        grounds=grounds(updates, tests, on),
        moved_on=last_movement(updates, on),
        review_due=_review_due(ask, updates),
        on=None,
        is_draft=not ask.publication.is_public,
    )
    return turned_back(present, ask, updates, on) if on else present


def _review_due(ask: Ask, updates: Iterable[Update]) -> date | None:
    published = [update.published_at for update in updates if update.published_at]
    first_day = min(published).astimezone(LONDON).date() if published else None
    return review_due(ask.reviewed_on, first_day, ask.review_interval_days)
