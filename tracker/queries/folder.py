"""The rows behind the files of a folder that holds a whole tracker, read in short steps like those of the site."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import reading
from tracker.models import (
    Ask,
    AskBody,
    Body,
    Designation,
    Legislation,
    Link,
    Reply,
    SanctionsList,
    Source,
    SuccessTest,
    Target,
    Update,
)
from tracker.queries.choosing import find_publishers
from tracker.queries.public import tables
from tracker.queries.public.as_of import ONLY_PUBLISHED
from tracker.queries.public.asks import list_former_slugs, list_steps
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.targets import target_rows
from tracker.queries.public.updates import list_ended_disputes, list_takings_down
from tracker.rules.asks import PUBLIC, Publication

EVERY = tuple(Publication)
STEP = 200
STATEMENTS: Mapping[str, Callable[[], tables.Statement]] = {
    "asks": lambda: tables.asks(EVERY).add_columns(Ask.review_interval_days, Ask.internal_note, Ask.is_said_defamatory),
    "updates": lambda: tables.updates(EVERY, EVERY).add_columns(
        Update.publication, Update.draft_note, Update.submitted_at, Update.sent_back_note
    ),
    "evidence": lambda: tables.evidence(EVERY, EVERY),
    "tests": lambda: tables.success_tests(EVERY, archived=True).add_columns(SuccessTest.is_archived),
    "results": lambda: tables.results(EVERY, EVERY),
    "legislation": lambda: tables.legislation(EVERY, EVERY).add_columns(Legislation.internal_note),
    "links": lambda: tables.links(EVERY, EVERY, EVERY).add_columns(Link.internal_note, Link.publication),
    "replies": lambda: tables.replies(EVERY, EVERY).add_columns(Reply.due_on, Reply.internal_note, Reply.publication),
    "sources": lambda: tables.sources(EVERY).add_columns(Source.internal_note, Source.publication),
    "targets": lambda: target_rows(EVERY, with_hidden=True).add_columns(Target.words, Target.is_shown),
}


class Redirect(NamedTuple):
    """A slug that an ask had before, and the present one."""

    former_slug: str
    ask_slug: str


class Wording(NamedTuple):
    """A text in a step of the public history of an ask's wording."""

    ask_slug: str
    step: int
    position: int
    changed_at: datetime
    what: str
    reason: str
    field: str
    before: str
    after: str


def read(engine: sa.Engine, name: str, *, internal: bool) -> Iterator[object]:
    """Yield the rows of a file, in the order in which they were entered: those of the public, or all."""
    which = PUBLIC if internal else ONLY_PUBLISHED
    if name == "wordings":
        return _wordings(engine, which)
    with reading(engine) as session:
        match name:
            case "redirects":
                return (Redirect(*pair) for pair in list_former_slugs(session, which).items())
            case "disputes":
                return reversed(list_ended_disputes(session, which=which, most=None))
            case "takedowns":
                return reversed(list_takings_down(session, most=None))
            case "bodies":
                return _bodies(session, internal=internal)
            case "designations":
                return _designations(session)
            case "publishers":
                return iter(find_publishers(session).values())
    if not internal:
        return tables.read(engine, name, AskFilter())
    return tables.in_steps(engine, tables.RECORDS[name], STATEMENTS[name]())


def _bodies(session: Session, *, internal: bool) -> Iterator[object]:
    bodies = sa.select(Body.slug, Body.name, Body.short_names).order_by(Body.id)
    of_published = sa.select(AskBody.body_id).join(Ask).where(Ask.publication == Publication.PUBLISHED)
    return iter(session.execute(bodies if internal else bodies.where(Body.id.in_(of_published))).all())


def _designations(session: Session) -> Iterator[object]:
    last_list = sa.select(sa.func.max(SanctionsList.day)).scalar_subquery()
    last_seen = sa.func.coalesce(Designation.last_seen, last_list, Designation.first_seen).label("last_seen")
    facts = (Designation.unique_id, Designation.regime, Designation.kind, Designation.listed_on, Designation.first_seen)
    found = session.execute(sa.select(*facts, last_seen, Designation.removed_on).order_by(Designation.unique_id))
    return iter(found.all())


def _wordings(engine: sa.Engine, which: Sequence[Publication]) -> Iterator[Wording]:
    wanted, seen = sa.select(Ask.id, Ask.slug).where(Ask.publication.in_(which)).order_by(Ask.id).limit(STEP), 0
    while True:
        with reading(engine) as session:
            slugs = {row.id: row.slug for row in session.execute(wanted.where(Ask.id > seen))}
            found = list_steps(session, slugs)
        if not slugs:
            return
        for ask_id, steps in found.items():
            for number, step in enumerate(steps, 1):
                for place, change in enumerate(step.changes, 1):
                    of_step = (slugs[ask_id], number, place, step.at, step.what, step.reason)
                    yield Wording(*of_step, change.name, change.before, change.after)
        seen = max(slugs)
