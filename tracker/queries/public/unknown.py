"""What we do not know: tests without an answer, law without dates, late looks, and what was searched for in vain."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.queries.late import is_review_late
from tracker.queries.public.as_of import is_corrected, is_published
from tracker.rules.asks import Publication
from tracker.rules.legislation import BILLS, Effect
from tracker.rules.updates import Result, UpdateKind

MOST = 100
PUBLISHED = Publication.PUBLISHED


def list_unknown(session: Session, today: date) -> Mapping[str, Sequence[Any]]:
    """What we do not know, and as of when: the gaps of each sort, at most so many, those of one ask together."""
    of_ask = (Ask.slug.label("ask_slug"), Ask.title.label("ask_title"))
    known_on = sa.func.coalesce(SuccessTest.result_on, SuccessTest.reviewed_on, type_=SuccessTest.result_on.type)
    tests = (
        sa.select(*of_ask, SuccessTest.label.label("what"), known_on.label("on"))
        .join(SuccessTest.ask)
        .where(SuccessTest.result == Result.UNKNOWN, SuccessTest.is_archived.is_(False))
    )
    laws = (
        sa.select(*of_ask, sa.func.trim(Legislation.title + " " + Link.provisions).label("what"), sa.null().label("on"))
        .join(Link.ask)
        .join(Link.legislation)
        .where(
            Link.publication == PUBLISHED,
            Legislation.publication == PUBLISHED,
            Legislation.kind.not_in(BILLS),
            Link.in_force_on.is_(None),
            Link.effect.in_([effect for effect in Effect if effect.serves]),
        )
    )
    is_late = (Ask.publication == PUBLISHED, is_review_late(session, today - timedelta(days=1)))
    late = sa.select(*of_ask, sa.literal("").label("what"), Ask.reviewed_on.label("on")).where(*is_late)
    newest = (
        sa.select(Update.id)
        .where(Update.ask_id == Ask.id, Update.kind == UpdateKind.REVIEW, Update.publication == PUBLISHED)
        .where(~is_corrected(Update.id))
        .order_by(Update.happened_on.desc(), Update.id.desc())
        .limit(1)
        .correlate(Ask)
        .scalar_subquery()
    )
    searched = (
        sa.select(*of_ask, Update.not_found.label("what"), Update.happened_on.label("on"))
        .join(Update, Update.id == newest)
        .where(Update.not_found != "")
    )
    return {
        name: session.execute(_in_order(statement)).all()
        for name, statement in {"tests": tests, "not_found": searched, "laws": laws, "late": late}.items()
    }


def _in_order(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.where(is_published(Ask.publication)).order_by(Ask.title, Ask.id).limit(MOST)
