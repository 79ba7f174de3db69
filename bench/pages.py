"""The addresses that are measured: the same pages and filters in each database, as full as its asks allow."""

from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.words import BODIES, COMMON, RARE, SECOND, TOPICS
from tracker.models import Ask, Legislation, Link, Update
from tracker.queries.public.filters import Order
from tracker.queries.public.keys import Place, write_key
from tracker.queries.public.updates import MOMENT
from tracker.rules.status import STATUS_ORDER, Status
from tracker.rules.text import slugify

DAY = "2023-06-30"


def addresses(session: Session) -> dict[str, str]:
    """What each address is called, and its path in this database."""
    topic, body, law = slugify(TOPICS[0]), slugify(BODIES[0]), _law(session)
    ask = session.scalar(sa.select(Ask.slug).where(Ask.id == _middle(session, Ask))) or ""
    return {
        "Status page": "/",
        "Status page: deep in the list": f"/?after={_place(session, Order.CHANGED)}",
        "Status page: sorted by status": "/?sort=status",
        "Status page: by status, deep": f"/?sort=status&after={_place(session, Order.STATUS)}",
        "Status page: sorted by title": "/?sort=title",
        "Status page: by title, deep": f"/?sort=title&after={_place(session, Order.TITLE)}",
        "Status page: of a family": "/?family=open",
        "Status page: of a status": "/?status=met",
        "Status page: of a kind": "/?kind=sanctions",
        "Status page: of a topic": f"/?topic={topic}",
        "Status page: of a body": f"/?body={body}",
        "Status page: of a law": f"/?law={law}",
        "Status page: of topic, kind and family": f"/?topic={topic}&kind=policy&family=open",
        "Status page: of body and law": f"/?body={body}&law={law}",
        "Status page: of body and topic, by title": f"/?body={body}&topic={topic}&sort=title",
        "Search: for a common word": f"/?q={COMMON}",
        "Search: for a rare word": f"/?q={RARE}",
        "Search: for two common words": f"/?q={COMMON}+{SECOND}",
        "Search: for three words of stories": "/?q=judge+tenant+budget",
        "Search: of a topic, by title": f"/?q={COMMON}&topic={topic}&sort=title",
        "As on a past day": f"/?on={DAY}",
        "Past day: of a family": f"/?on={DAY}&family=won",
        "Past day: of a topic": f"/?on={DAY}&topic={topic}",
        "Past day: of a body": f"/?on={DAY}&body={body}",
        "Past day: search for a common word": f"/?on={DAY}&q={COMMON}",
        "An ask": f"/asks/{ask}",
        "Ask: as on a past day": f"/asks/{ask}?on={DAY}",
        "Updates": "/updates",
        "Updates: of a kind": "/updates?kind=correction",
        "Updates: deep in the list": f"/updates?after={_moment(session)}",
        "Corrections": "/corrections",
        "Legislation": "/legislation",
        "A law": f"/legislation/{law}",
        "Feed": "/feed.atom",
        "Feed: of a topic": f"/feed.atom?topic={topic}",
        "Feed: of a rare word": f"/feed.atom?q={RARE}",
        "Feed: of an ask": f"/asks/{ask}/feed.atom",
        "Calendar": "/calendar.ics",
        "API: asks": "/api/v1/asks",
        "API: asks: of a topic": f"/api/v1/asks?topic={topic}",
        "API: asks: deep": f"/api/v1/asks?after={_place(session, Order.CHANGED)}",
        "API: an ask": f"/api/v1/asks/{ask}",
        "API: a law": f"/api/v1/legislation/{law}",
        "API: updates, deep": f"/api/v1/updates?after={_middle(session, Update)}",
        "API: description": "/api/v1/openapi.json",
        "Data": "/data",
        "Data package": "/datapackage.json",
        "Site map": "/sitemap.xml",
        "Badge of an ask": f"/asks/{ask}/badge.svg",
        "Card of an ask": f"/asks/{ask}/card",
    }


def _law(session: Session) -> str:
    """The law on which most asks hang."""
    of_laws = sa.select(Legislation.key).join(Link, Link.legislation_id == Legislation.id)
    return session.scalar(of_laws.group_by(Legislation.key).order_by(sa.func.count().desc()).limit(1)) or ""


def _middle(session: Session, model: type[Ask] | type[Update]) -> int:
    """The number in the middle."""
    return (session.scalar(sa.select(sa.func.max(model.id))) or 0) // 2


def _place(session: Session, order: Order) -> str:
    """The page key of the ask in the middle of the list; in the order of statuses, of the middle of a status."""
    value = Ask.title_key if order is Order.TITLE else Ask.status_on
    of_all = sa.select(Ask.id, value.label("value"))
    if order is Order.STATUS:
        of_all = of_all.where(Ask.status == Status.NOT_STARTED)
    number = session.scalar(sa.select(sa.func.count()).select_from(of_all.subquery())) or 0
    way = (value, Ask.id) if order is Order.TITLE else (value.desc(), Ask.id.desc())
    row = session.execute(of_all.order_by(*way).offset(number // 2).limit(1)).one()
    return quote(write_key(order, Place(str(row.value), row.id, STATUS_ORDER.index(Status.NOT_STARTED))))


def _moment(session: Session) -> str:
    """The page key of the entry in the middle of all updates."""
    ordered = sa.select(Update).order_by(Update.published_at.desc(), Update.happened_on.desc(), Update.id.desc())
    number = session.scalar(sa.select(sa.func.count()).select_from(Update)) or 0
    middle = session.scalars(ordered.offset(number // 2).limit(1)).one()
    return f"{middle.published_at:{MOMENT}}~{middle.happened_on}~{middle.id}"
