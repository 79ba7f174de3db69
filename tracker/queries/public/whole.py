"""An ask with everything that its page shows, read as plain rows.

As models it would take three times as long; what is made here has the attributes of the models that a page reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Evidence, Legislation, Link, Reply, Source, SuccessTest, TestResult, Update

ASK, UPDATE, LINK, LAW, REPLY = (model.__table__ for model in (Ask, Update, Link, Legislation, Reply))
SOURCE, TEST, EVIDENCE, RESULT = (model.__table__ for model in (Source, SuccessTest, Evidence, TestResult))
OF_ASK = sa.bindparam("ask_id", type_=sa.Integer)
_ASK = sa.select(ASK).where(ASK.c.slug == sa.bindparam("slug"))
_SOURCE = sa.select(SOURCE).where(SOURCE.c.id == sa.bindparam("id"))
_ASKS = sa.select(ASK).where(ASK.c.id.in_(sa.bindparam("ids", expanding=True)))
_TESTS = sa.select(TEST).where(TEST.c.ask_id == OF_ASK).order_by(TEST.c.id)
_LINKS = sa.select(LINK).where(LINK.c.ask_id == OF_ASK).order_by(LINK.c.id)
_LAWS = sa.select(LAW).where(LAW.c.id.in_(sa.select(LINK.c.legislation_id).where(LINK.c.ask_id == OF_ASK)))
_UPDATES = sa.select(UPDATE).where(UPDATE.c.ask_id == OF_ASK).order_by(UPDATE.c.id)
_OF_STORY = sa.select(UPDATE.c.id).where(UPDATE.c.ask_id == OF_ASK)
_EVIDENCE = sa.select(EVIDENCE).where(EVIDENCE.c.update_id.in_(_OF_STORY)).order_by(EVIDENCE.c.position)
_RESULTS = sa.select(RESULT).where(RESULT.c.update_id.in_(_OF_STORY)).order_by(RESULT.c.test_id)
_REPLIES = sa.select(REPLY).where(REPLY.c.ask_id == OF_ASK).order_by(REPLY.c.asked_on, REPLY.c.id)


def find_whole(session: Session, slug: str) -> Ask | None:
    """The ask with its source, tests, links with their laws, and updates with evidence and results."""
    session.flush()  # plain rows are read past the models, which a preview has just changed
    ask = next(_rows(session, _ASK, slug=slug), None)
    if ask is None:
        return None
    of_ask = {"ask_id": ask.id}
    evidence = _by_update(_rows(session, _EVIDENCE, **of_ask))
    results = _by_update(_rows(session, _RESULTS, **of_ask))
    laws = {law.id: law for law in _rows(session, _LAWS, **of_ask)}
    (ask.source,) = _rows(session, _SOURCE, id=ask.source_id)
    ask.tests = list(_rows(session, _TESTS, **of_ask))
    ask.links = list(_rows(session, _LINKS, **of_ask))
    ask.updates = list(_rows(session, _UPDATES, **of_ask))
    for link in ask.links:
        link.legislation = laws[link.legislation_id]
    ask.replies = list(_rows(session, _REPLIES, **of_ask))
    ids = {each.superseded_by_id for each in (ask, *ask.updates)} - {None}
    replacing = {other.id: other for other in _rows(session, _ASKS, ids=list(ids))} if ids else {}
    for each in (ask, *ask.updates):
        each.superseded_by = replacing.get(each.superseded_by_id)
    for update in ask.updates:
        update.evidence, update.results = evidence[update.id], results[update.id]
    return cast(Ask, ask)


def _rows(session: Session, statement: sa.Select[Any], **values: object) -> Iterator[Any]:
    return (SimpleNamespace(**row) for row in session.execute(statement, values).mappings())


def _by_update(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.update_id].append(row)
    return found
