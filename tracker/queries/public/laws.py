"""Laws for the public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from tracker.models import Ask, Legislation, Link
from tracker.queries.public.as_of import is_published
from tracker.queries.public.filters import UnknownFilter
from tracker.queries.public.lines import is_public, law_line, link_record
from tracker.queries.public.records import LawLine, PublicLaw
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.legislation import KEY, KINDS, Effect

PAGE_SIZE = 200
MOST_LINKS = 70


class LawServes(NamedTuple):
    """What a law does for an ask."""

    effect: Effect
    ask_slug: str
    ask_title: str


@dataclass(frozen=True)
class LawPage:
    """A page of laws, and what each does for which asks. `next_key` is where the next page begins; empty at the end."""

    laws: tuple[LawLine, ...]
    next_key: str
    serves: Mapping[str, tuple[LawServes, ...]]


def list_laws(session: Session, after: str = "", size: int = PAGE_SIZE) -> LawPage:
    """A page of the published laws in the order of their keys; on it by kind in the order of `KINDS`.

    `after` is the key of the last law of the page before; raises UnknownFilter for what is no law's key.
    """
    if after and not KEY.fullmatch(after):
        raise UnknownFilter("That page key leads nowhere. Begin again at the first page.")
    statement = sa.select(Legislation).where(Legislation.publication == Publication.PUBLISHED, Legislation.key > after)
    found = [law_line(law) for law in session.scalars(statement.order_by(Legislation.key).limit(size + 1))]
    places = {label: place for place, label in enumerate(KINDS.values())}
    laws = sorted(found[:size], key=lambda law: (places[law.kind_label], law.key))
    next_key = found[size - 1].key if len(found) > size else ""
    return LawPage(tuple(laws), next_key, _serves(session, [law.key for law in laws]))


def _serves(session: Session, keys: Sequence[str]) -> dict[str, tuple[LawServes, ...]]:
    """What laws do for which published asks, by their keys; the same effect for an ask is told once."""
    statement = (
        sa.select(Legislation.key, Link.effect, Ask.slug, Ask.title)
        .join(Link.ask)
        .join(Link.legislation)
        .where(Legislation.key.in_(keys), is_published(Link.publication), is_published(Ask.publication))
        .order_by(Ask.title, Link.id)
    )
    found: dict[str, dict[LawServes, None]] = {}
    for key, effect, slug, title in session.execute(statement):
        found.setdefault(key, {})[LawServes(effect, slug, title)] = None
    return {key: tuple(serves) for key, serves in found.items()}


def find_key_of(session: Session, identity: str) -> str | None:
    """The key of the law that this address would mean if it were known by its number."""
    statement = sa.select(Legislation.key).where(Legislation.identity == identity)
    return session.scalar(statement.where(Legislation.publication.in_(PUBLIC)))


def find_law(session: Session, key: str) -> PublicLaw | None:
    """A law that is or was public, with its first links to published asks."""
    statement = (
        sa.select(Legislation)
        .where(Legislation.key == key, Legislation.publication.in_(PUBLIC))
        .options(
            joinedload(Legislation.becomes),
            selectinload(Legislation.was),
        )
    )
    law = session.scalar(statement)
    if law is None:
        return None
    links = session.scalars(
        sa.select(Link)
        .join(Link.ask)
        .where(
            Link.legislation_id == law.id,
            Link.publication == Publication.PUBLISHED,
            Ask.publication == Publication.PUBLISHED,
        )
        .order_by(Link.id)
        .limit(MOST_LINKS + 1)
        .options(contains_eager(Link.ask))
    ).all()
    return PublicLaw(
        line=law_line(law),
        becomes=law_line(law.becomes) if law.becomes and is_public(law.becomes) else None,
        was=tuple(law_line(bill) for bill in law.was if is_public(bill)),
        links=tuple(link_record(link, ask=link.ask) for link in links[:MOST_LINKS]),
        has_more_links=len(links) > MOST_LINKS,
        is_archived=law.publication is Publication.ARCHIVED,
    )
