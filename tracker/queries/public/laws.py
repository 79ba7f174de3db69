"""Laws for the public, and what a machine that looked at the official record found of those of an ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from tracker.clock import day_of
from tracker.models import Ask, Finding, Legislation, Link, Look
from tracker.queries.public.as_of import HIDDEN
from tracker.queries.public.filters import NO_KEY, UnknownFilter
from tracker.queries.public.records import LawLine, PublicLink, PublicLook, law_line, link_record
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.legislation import KEY, KINDS, Effect
from tracker.rules.official import UNREAD, FindingState, LookOutcome

PAGE_SIZE = 200
MOST_LINKS = 70
NAMED = 3  # asks of a law on the page of all laws
PLACES = {
    "bills": "Parliament",
    "instruments": "Parliament",
    "law": "legislation",
    "sanctions": "the sanctions list",
}


class LawServes(NamedTuple):
    """What a law does for an ask, and for how many asks it does anything."""

    effect: Effect
    ask_slug: str
    ask_title: str
    number: int


@dataclass(frozen=True)
class PublicLaw:
    """A law whole, with the asks that hang on it."""

    line: LawLine
    becomes: LawLine | None
    was: tuple[LawLine, ...]
    links: tuple[PublicLink, ...]
    has_more_links: bool
    is_archived: bool


@dataclass(frozen=True)
class LawPage:
    """A page of laws, and what each does for its first asks. `next_key` begins the next page; empty at the end."""

    laws: tuple[LawLine, ...]
    next_key: str
    serves: Mapping[str, tuple[LawServes, ...]]


def list_laws(session: Session, after: str = "", size: int = PAGE_SIZE) -> LawPage:
    """A page of the published laws in the order of their keys; on it by kind in the order of `KINDS`.

    `after` is the key of the last law of the page before; raises UnknownFilter for what is no law's key.
    """
    if after and not KEY.fullmatch(after):
        raise UnknownFilter(NO_KEY)
    statement = sa.select(Legislation).where(Legislation.publication == Publication.PUBLISHED, Legislation.key > after)
    found = [law_line(law) for law in session.scalars(statement.order_by(Legislation.key).limit(size + 1))]
    places = {label: place for place, label in enumerate(KINDS.values())}
    laws = sorted(found[:size], key=lambda law: (places[law.kind_label], law.key))
    next_key = found[size - 1].key if len(found) > size else ""
    return LawPage(tuple(laws), next_key, _serves(session, [law.key for law in laws]))


def _serves(session: Session, keys: Sequence[str]) -> dict[str, tuple[LawServes, ...]]:
    """Return what laws do for the first `NAMED` published asks, by their keys; the same effect for an ask once."""
    numbers = {row.key: row.number for row in session.execute(_NUMBERS, {"keys": keys})}
    found: dict[str, list[LawServes]] = {}
    for key, effect, slug, title in session.execute(_NAMED, {"keys": keys}):
        found.setdefault(key, []).append(LawServes(effect, slug, title, numbers[key]))
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
        becomes=law_line(law.becomes) if law.becomes and law.becomes.publication.is_public else None,
        was=tuple(law_line(bill) for bill in law.was if bill.publication.is_public),
        links=tuple(link_record(link, ask=link.ask) for link in links[:MOST_LINKS]),
        has_more_links=len(links) > MOST_LINKS,
        is_archived=law.publication is Publication.ARCHIVED,
    )


def find_look(session: Session, ask_id: int) -> PublicLook | None:
    """Return what to say of an ask that is linked to law, once a machine has looked; costs two queries."""
    links = sa.select(Link.id).where(Link.ask_id == ask_id, Link.publication == Publication.PUBLISHED)
    laws = sa.select(Link.legislation_id).where(Link.id.in_(links))
    read_all = sa.func.max(sa.case((Look.sentence.not_like(f"%{UNREAD}%"), Look.looked_at)))
    last = sa.select(Look.source, sa.func.max(Look.looked_at), read_all).where(
        Look.outcome == LookOutcome.OK, Look.source.in_(PLACES)
    )
    rows = session.execute(last.where(laws.exists()).group_by(Look.source)).all()
    looked = {source: at for source, at, _ in rows}
    if not looked:
        return None
    concerns = sa.or_(
        sa.and_(Finding.subject_kind == "legislation", Finding.subject_id.in_(laws)),
        sa.and_(Finding.subject_kind == "link", Finding.subject_id.in_(links)),
        sa.and_(Finding.subject_kind == "ask", Finding.subject_id == ask_id),
    )
    untold = sa.select(sa.func.count()).select_from(Finding).where(Finding.state == FindingState.NEW, concerns)
    places = list(dict.fromkeys(place for source, place in PLACES.items() if source in looked))
    where = " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))
    day = day_of(min(looked.values()))
    return PublicLook(where, day, session.scalar(untold) or 0, all(at == whole for _, at, whole in rows))


_KEYS: Any = sa.bindparam("keys", expanding=True)
_SHOWN = (
    Link.publication == Publication.PUBLISHED,
    Link.ask_id.not_in(sa.select(Ask.id).where(Ask.publication.in_(HIDDEN))),
)
_OF_LAW = (Link.legislation_id == Legislation.id, *_SHOWN)
_TOLD = sa.select(Link.ask_id, Link.effect).where(*_OF_LAW).distinct().correlate(Legislation).subquery()
_NUMBER = sa.select(sa.func.count()).select_from(_TOLD).scalar_subquery().label("number")
_NUMBERS = sa.select(Legislation.key, _NUMBER).where(Legislation.key.in_(_KEYS))
# The first ones along the index of the links of a law.
_FIRST = (
    sa.select(sa.func.min(Link.id))
    .where(*_OF_LAW)
    .group_by(Link.ask_id, Link.effect)
    .order_by(Link.ask_id, Link.effect)
    .limit(NAMED)
    .correlate(Legislation)
)
_LINK = aliased(Link)
_NAMED = (
    sa.select(Legislation.key, _LINK.effect, Ask.slug, Ask.title)
    .select_from(Legislation)
    .join(_LINK, _LINK.id.in_(_FIRST))
    .join(Ask, Ask.id == _LINK.ask_id)
    .where(Legislation.key.in_(_KEYS))
    .order_by(Legislation.key, _LINK.ask_id, _LINK.effect)
)
