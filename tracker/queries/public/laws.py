"""Laws for the public."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.models import Legislation, Link
from tracker.queries.public.lines import is_public, law_line, link_record
from tracker.queries.public.records import LawLine, PublicLaw
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.legislation import KINDS


def list_laws(session: Session) -> list[LawLine]:
    """All published laws, by kind in the order of `KINDS`, then by key."""
    laws = session.scalars(sa.select(Legislation).where(Legislation.publication == Publication.PUBLISHED))
    places = {label: place for place, label in enumerate(KINDS.values())}
    return sorted(map(law_line, laws), key=lambda law: (places[law.kind_label], law.key))


def find_key_of(session: Session, identity: str) -> str | None:
    """The key of the law that this address would mean if it were known by its number."""
    statement = sa.select(Legislation.key).where(Legislation.identity == identity)
    return session.scalar(statement.where(Legislation.publication.in_(PUBLIC)))


def find_law(session: Session, key: str) -> PublicLaw | None:
    """A law that is or was public, with the published asks that hang on it."""
    statement = (
        sa.select(Legislation)
        .where(Legislation.key == key, Legislation.publication.in_(PUBLIC))
        .options(
            joinedload(Legislation.becomes),
            selectinload(Legislation.was),
            selectinload(Legislation.links).joinedload(Link.ask),
        )
    )
    law = session.scalar(statement)
    if law is None:
        return None
    return PublicLaw(
        line=law_line(law),
        becomes=law_line(law.becomes) if law.becomes and is_public(law.becomes) else None,
        was=tuple(law_line(bill) for bill in law.was if is_public(bill)),
        links=tuple(
            link_record(link, ask=link.ask)
            for link in law.links
            if link.publication is Publication.PUBLISHED and link.ask.publication is Publication.PUBLISHED
        ),
        is_archived=law.publication is Publication.ARCHIVED,
    )
