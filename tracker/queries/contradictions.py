"""Asks whose tests contradict their status, as when a test was added after it was given."""

from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.standing import contradictions
from tracker.rules.updates import UpdateKind

LATEST = 500


def find_contradicted(session: Session, *among: sa.ColumnElement[bool]) -> list[int]:
    """The numbers of the contradicted ones of these published asks; reads the result of each of their tests."""
    tests = sa.select(Ask.id, Ask.status, Ask.status_on, SuccessTest.result).join(SuccessTest.ask)
    in_use = (Ask.publication == Publication.PUBLISHED, SuccessTest.is_archived.is_(False))
    rows = session.execute(tests.where(*in_use, *among).order_by(Ask.id))
    return [
        number
        for (number, status, since), found in groupby(rows, key=lambda row: tuple(row[:3]))
        if contradictions(status, (row.result for row in found), since)
    ]


def list_contradicted(session: Session) -> list[Ask]:
    """The contradicted asks among those of the latest redefinitions, by title: only a redefinition contradicts."""
    latest = (
        sa.select(Update.ask_id)
        .where(Update.publication == Publication.PUBLISHED, Update.kind == UpdateKind.REDEFINITION)
        .order_by(Update.published_at.desc())
        .limit(LATEST)
    )
    found = find_contradicted(session, Ask.id.in_(set(session.scalars(latest))))
    return list(session.scalars(sa.select(Ask).where(Ask.id.in_(found)).order_by(Ask.title, Ask.id)))
