"""One ask for the public: its page, what other sites show of it, its former slugs, and how its wording changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import day_of
from tracker.models import (
    Ask,
    Body,
    Event,
    Evidence,
    EvidenceLook,
    FormerSlug,
    Legislation,
    Link,
    Reply,
    Source,
    SuccessTest,
    TestResult,
    Update,
)
from tracker.models.asks import joined_of_bodies
from tracker.queries.public.days import grounds, last_movement, turned_back
from tracker.queries.public.entries import PublicReply, record_of, story
from tracker.queries.public.laws import find_look
from tracker.queries.public.records import (
    AskLine,
    PublicAsk,
    PublicBody,
    PublicLook,
    PublicSource,
    PublicTest,
    SameAsk,
    ask_line,
    link_record,
)
from tracker.queries.public.sources import list_same
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.disputes import Outcome
from tracker.rules.story import review_due
from tracker.rules.wording import Happening, Rewording, history_of

ASK, UPDATE, LINK, LAW, REPLY = (model.__table__ for model in (Ask, Update, Link, Legislation, Reply))
SOURCE, TEST, EVIDENCE, RESULT = (model.__table__ for model in (Source, SuccessTest, Evidence, TestResult))
SEEN = EvidenceLook.__table__
OF_ASK = sa.bindparam("ask_id", type_=sa.Integer)
_ASK = sa.select(
    ASK,
    joined_of_bodies(Body.__table__.c.slug).label("body_slugs"),
    joined_of_bodies(Body.__table__.c.name).label("body_names"),
).where(ASK.c.slug == sa.bindparam("slug"))
_SOURCE = sa.select(SOURCE).where(SOURCE.c.id == sa.bindparam("id"))
_ASKS = sa.select(ASK).where(ASK.c.id.in_(sa.bindparam("ids", expanding=True)))
_TESTS = sa.select(TEST).where(TEST.c.ask_id == OF_ASK).order_by(TEST.c.id)
_LINKS = sa.select(LINK).where(LINK.c.ask_id == OF_ASK).order_by(LINK.c.id)
_LAWS = sa.select(LAW).where(LAW.c.id.in_(sa.select(LINK.c.legislation_id).where(LINK.c.ask_id == OF_ASK)))
_UPDATES = sa.select(UPDATE).where(UPDATE.c.ask_id == OF_ASK).order_by(UPDATE.c.id)
_OF_STORY = sa.select(UPDATE.c.id).where(UPDATE.c.ask_id == OF_ASK)
_EVIDENCE = sa.select(EVIDENCE).where(EVIDENCE.c.update_id.in_(_OF_STORY)).order_by(EVIDENCE.c.position)
_EVIDENCE_SEEN = _EVIDENCE.add_columns(SEEN.c.sight, SEEN.c.seen_at).outerjoin(
    SEEN, SEEN.c.evidence_id == EVIDENCE.c.id
)
_RESULTS = sa.select(RESULT).where(RESULT.c.update_id.in_(_OF_STORY)).order_by(RESULT.c.test_id)
_REPLIES = sa.select(REPLY).where(REPLY.c.ask_id == OF_ASK).order_by(REPLY.c.asked_on, REPLY.c.id)


def load_ask(session: Session, slug: str, *, with_sights: bool = False) -> Ask | None:
    """Return the ask with its source, tests, links with their laws, and updates with evidence and results.

    It is made of plain rows with the attributes of the models; as models it would take three times as long.
    """
    session.flush()  # plain rows are read past the models, which a preview has just changed
    ask = next(_rows(session, _ASK, slug=slug), None)
    if ask is None:
        return None
    ask.bodies = tuple(map(PublicBody, ask.body_slugs, ask.body_names))
    of_ask = {"ask_id": ask.id}
    evidence = _by_update(_rows(session, _EVIDENCE_SEEN if with_sights else _EVIDENCE, **of_ask))
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


def find_slug_now(session: Session, slug: str) -> str | None:
    """The present slug of an ask that had this one before."""
    statement = sa.select(Ask.slug).join(FormerSlug, FormerSlug.ask_id == Ask.id).where(FormerSlug.slug == slug)
    return session.scalar(statement.where(Ask.publication.in_(PUBLIC)))


def list_former_slugs(session: Session, which: Collection[Publication] = PUBLIC) -> dict[str, str]:
    """Each slug that one of these asks had before, with its present one."""
    statement = sa.select(FormerSlug.slug, Ask.slug).join(Ask, FormerSlug.ask_id == Ask.id)
    return dict(session.execute(statement.where(Ask.publication.in_(which)).order_by(FormerSlug.slug)).all())


def find_ask(
    session: Session,
    slug: str,
    *,
    with_drafts: bool = False,
    foresee: Callable[[Ask], None] | None = None,
    on: date | None = None,
) -> PublicAsk | None:
    """An ask that is or was public, with all that belongs to it, now or as it stood on a day.

    For staff's previews, `with_drafts` finds any ask, and `foresee` makes of it what is not written yet.
    Costs at most twelve queries, however long its story.
    """
    ask = load_ask(session, slug, with_sights=on is None)
    if ask is None or not (ask.publication.is_public or with_drafts):
        return None
    if foresee:
        foresee(ask)
    return _public_ask(ask, on, list_same(session, ask.id, on), None if on else find_look(session, ask.id))


def _public_ask(ask: Ask, on: date | None, same: tuple[SameAsk, ...], look: PublicLook | None) -> PublicAsk:
    """An ask as the public sees it."""
    updates = [u for u in ask.updates if u.publication is Publication.PUBLISHED]
    tests = [test for test in ask.tests if not test.is_archived]
    # A preview shows a draft with its drafts of law, which are published with it.
    shown = {Publication.PUBLISHED, *([Publication.DRAFT] if ask.publication is Publication.DRAFT else [])}
    superseding = ask.superseded_by
    present = record_of(
        PublicAsk,
        ask,
        line=ask_line(ask),
        source=record_of(PublicSource, ask.source),
        jurisdictions=tuple(ask.jurisdictions),
        is_archived=ask.publication is Publication.ARCHIVED,
        superseded_by=ask_line(superseding) if superseding and superseding.publication.is_public else None,
        tests=tuple(record_of(PublicTest, test) for test in tests),
        links=tuple(
            link_record(link, law=link.legislation)
            for link in ask.links
            if {link.publication, link.legislation.publication} <= shown
        ),
        story=story(updates, ask.tests),
        same=same,
        replies=tuple(
            record_of(PublicReply, reply, is_answered=reply.outcome is Outcome.ANSWERED)
            for reply in ask.replies
            if reply.publication is Publication.PUBLISHED
        ),
        grounds=grounds(updates, tests, on),
        moved_on=last_movement(updates, on),
        review_due=_review_due(ask, updates),
        on=None,
        is_draft=not ask.publication.is_public,
        look=look,
    )
    return turned_back(present, ask, updates, on) if on else present


def _review_due(ask: Ask, updates: Iterable[Update]) -> date | None:
    published = [update.published_at for update in updates if update.published_at]
    first_day = day_of(min(published)) if published else None
    return review_due(ask.reviewed_on, first_day, ask.review_interval_days)


def find_embedded(session: Session, slug: str, on: date | None = None) -> tuple[AskLine, bool] | None:
    """What other sites show of an ask that is or was public, now or on a day: its line, and whether it is archived."""
    if on:
        past = find_ask(session, slug, on=on)
        return (past.line, past.is_archived) if past else None
    ask = session.scalar(sa.select(Ask).where(Ask.slug == slug, Ask.publication.in_(PUBLIC)))
    return (ask_line(ask), ask.publication is Publication.ARCHIVED) if ask else None


def find_history(session: Session, slug: str) -> tuple[str, tuple[Rewording, ...]] | None:
    """The title of an ask that is or was public, and the steps of its wording, the newest first."""
    ask = session.execute(sa.select(Ask.id, Ask.title).where(Ask.slug == slug, Ask.publication.in_(PUBLIC))).first()
    return (ask.title, list_steps(session, [ask.id])[ask.id][::-1]) if ask else None


def list_steps(session: Session, ask_ids: Collection[int]) -> dict[int, tuple[Rewording, ...]]:
    """Return the public steps in the wording of asks, the oldest first, by the asks' ids."""
    # Nothing that names anybody, and no words of a draft, leaves this function.
    columns = (Event.at, Event.action, Event.subject, Event.subject_id, Event.before, Event.after, Event.reason)
    of_asks = sa.select(Event.ask_id, *columns).where(Event.ask_id.in_(ask_ids), Event.subject.in_(("ask", "test")))
    found: dict[int, tuple[Rewording, ...]] = dict.fromkeys(ask_ids, ())
    rows = session.execute(of_asks.order_by(Event.ask_id, Event.id))
    for ask_id, of_ask in groupby(rows, key=itemgetter(0)):
        entries = (Happening(*row[1:]) for row in of_ask)
        found[ask_id] = history_of(replace(it, before=it.before or {}, after=it.after or {}) for it in entries)
    return found
