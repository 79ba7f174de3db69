"""When a machine looked at the official record of an ask's laws, and how much of what it found is untold."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import day_of
from tracker.models import Finding, Link, Look
from tracker.queries.public.records import PublicLook
from tracker.rules.asks import Publication
from tracker.rules.findings import FindingState, LookOutcome

PLACES = {
    "bills": "Parliament",
    "instruments": "Parliament",
    "law": "legislation",
    "sanctions": "the sanctions list",
}


def find_look(session: Session, ask_id: int) -> PublicLook | None:
    """Return what to say of an ask that is linked to law, once a machine has looked; costs two queries."""
    links = sa.select(Link.id).where(Link.ask_id == ask_id, Link.publication == Publication.PUBLISHED)
    laws = sa.select(Link.legislation_id).where(Link.id.in_(links))
    last = sa.select(Look.source, sa.func.max(Look.looked_at)).where(
        Look.outcome == LookOutcome.OK, Look.source.in_(PLACES)
    )
    looked = {row[0]: row[1] for row in session.execute(last.where(laws.exists()).group_by(Look.source))}
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
    return PublicLook(where, day, session.scalar(untold) or 0)
