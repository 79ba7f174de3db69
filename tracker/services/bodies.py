"""Who answers for asks and who publishes pages: the bodies and the publishers, as staff keep them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, AskBody, Body, Publisher
from tracker.rules.asks import PUBLIC, AskDraft, BodyDraft, check_body
from tracker.rules.errors import Problem, refuse
from tracker.rules.people import Action
from tracker.rules.publishers import PublisherDraft, check_publisher
from tracker.rules.text import name_key, own_slug, slug_of_name
from tracker.services import derived, records
from tracker.services.change import Change, check_version


def find_or_create(change: Change, names: Iterable[str]) -> list[Body]:
    """Return the bodies with these names, in their order and each once; a name that is new becomes a body.

    A body is found by its name however it is spelt, and by the name that it had first, of which its slug was made.
    """
    keys = {name_key(name): name for name in names}
    known = change.session.scalars(sa.select(Body).where(_called(*keys))).all() if keys else ()
    found = {body.slug: body for body in known} | {body.name_key: body for body in known}
    return list(dict.fromkeys(found.get(key) or _create(change, name) for key, name in keys.items()))


def _create(change: Change, name: str) -> Body:
    taken = change.session.scalars(sa.select(Body.slug).where(Body.slug == slug_of_name(name))).all()
    body = Body(name_key=name_key(name), short_names=[], version=1)
    return records.create(change, body, BodyDraft(own_slug(name, taken), name))


def named(draft: AskDraft, bodies: Iterable[Body]) -> AskDraft:
    """Return the draft of an ask with these bodies, each by its name."""
    return replace(draft, responsible_bodies=tuple(body.name for body in bodies))


def assign(session: Session, ask: Ask, bodies: Sequence[Body]) -> None:
    """Let these bodies answer for an ask, in this order."""
    session.execute(sa.delete(AskBody).where(AskBody.ask_id == ask.id))
    if bodies:
        rows = [{"ask_id": ask.id, "body_id": body.id, "position": place} for place, body in enumerate(bodies)]
        session.execute(sa.insert(AskBody), rows)


def edit_body(change: Change, body: Body, draft: BodyDraft, seen_version: int | None) -> bool:
    """Rename a body or change its short names; return True if anything changed. Its slug stays."""
    change.require(Action.EDIT, body, seen_version)
    key = name_key(draft.name)
    others = sa.select(Body.id).where(_called(key), Body.id != body.id)
    if key != body.name_key and change.session.scalar(others):
        refuse([Problem("Another body has or had this name.", "name")])
    refuse(check_body(draft))
    of_body = sa.select(Ask.id).join(AskBody, AskBody.ask_id == Ask.id).where(AskBody.body_id == body.id)
    is_public = change.session.scalar(of_body.where(Ask.publication.in_(PUBLIC)).limit(1)) is not None
    body.name_key = key
    before = records.edit(change, body, replace(draft, slug=body.slug), is_public=is_public)
    derived.write_words(change.session, change.session.scalars(of_body).all() if before else ())
    return bool(before)


def _called(*keys: str) -> sa.ColumnElement[bool]:
    """Return the condition that a body has one of these keys, or had it first."""
    return sa.or_(Body.name_key.in_(keys), Body.slug.in_(keys))


def keep_publisher(change: Change, draft: PublisherDraft, seen_version: int | None) -> None:
    """Enter a line of ours or change it; without a publisher it counts no more, and a built-in one holds again.

    Who saw no line, or one that was taken away, saw the version 0.
    """
    change.require(Action.SET_PUBLISHERS)
    refuse(check_publisher(draft))
    row = change.session.scalar(sa.select(Publisher).where(Publisher.host == draft.host))
    if row:
        if row.publisher or seen_version:
            check_version(row, seen_version)
        records.edit(change, row, draft, is_public=False)
    elif draft.publisher:
        records.create(change, Publisher(version=1), draft)
