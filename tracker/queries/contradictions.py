"""Asks whose tests contradict their status, as when a test was added after it was given."""

from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Event, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.standing import contradictions
from tracker.rules.updates import UpdateKind

LATEST = 500
# What the log says of an ask that came with an import and whose tests contradict its status.
QUESTIONED = "questioned"


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
    """The contradicted asks by title, among those of the latest redefinitions and those that an import questioned."""
    latest = (
        sa.select(Update.ask_id)
        .where(Update.publication == Publication.PUBLISHED, Update.kind == UpdateKind.REDEFINITION)
        .order_by(Update.published_at.desc())
        .limit(LATEST)
    )
    questioned = sa.select(Event.subject_id).where(Event.action == QUESTIONED, Event.subject == "ask")
    found = find_contradicted(session, Ask.id.in_({*session.scalars(latest), *session.scalars(questioned)}))
    return list(session.scalars(sa.select(Ask).where(Ask.id.in_(found)).order_by(Ask.title, Ask.id)))
