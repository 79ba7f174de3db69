"""The newest changes for feeds, each with its later corrections, and all pages for the site map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tracker.models import Ask, Event, Legislation, TestResult, Update
from tracker.queries.public.as_of import is_published
from tracker.queries.public.entries import StoryEntry, evidence_record, record_of
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.fitting import conditions
from tracker.queries.public.updates import NEWEST_FIRST
from tracker.rules.asks import PUBLIC, Publication

MOST_ENTRIES = 50
# A filtered feed looks through so many of the newest entries and no further, however rare its filter is.
LOOKED_THROUGH = 2000
# Without a filter only entries of archived asks are passed over.
UNFILTERED = 4 * MOST_ENTRIES
PUBLISHED = Publication.PUBLISHED
BLOCK = 2000
SITE_ID_LENGTH = 16


@dataclass(frozen=True)
class FeedChange:
    """An entry of a feed. `number` is the entry's id; `changed_at` moves when it is corrected."""

    number: int
    ask_slug: str
    ask_title: str
    entry: StoryEntry
    published_at: datetime
    changed_at: datetime


def find_site_id(session: Session) -> str:
    """Return the permanent id of this tracker, from the first entry of its log: no move and no restore changes it."""
    first = session.scalar(sa.select(Event.hash).order_by(Event.id).limit(1))
    return first[:SITE_ID_LENGTH] if first else "new"


def find_feed_ask(session: Session, slug: str) -> sa.Row[int, str] | None:
    """The id and title of the ask, published or archived, whose feed or calendar somebody asks for."""
    return session.execute(sa.select(Ask.id, Ask.title).where(Ask.slug == slug, Ask.publication.in_(PUBLIC))).first()


def list_changes(session: Session, wanted: AskFilter) -> tuple[FeedChange, ...]:
    """The newest changes of the asks that a reader wants; a corrected entry counts as changed by its correction."""
    most = UNFILTERED if wanted.is_empty else LOOKED_THROUGH
    newest = sa.select(Update.id).where(Update.publication == PUBLISHED).order_by(*NEWEST_FIRST).limit(most)
    window = newest.subquery()
    statement = sa.select(Update.id, Update.corrects_id).join(window, window.c.id == Update.id).join(Update.ask)
    return _changes(session, statement.where(is_published(Ask.publication), *conditions(session, wanted)))


def list_changes_of(session: Session, ask_id: int) -> tuple[FeedChange, ...]:
    """The newest changes of one ask."""
    of_ask = sa.select(Update.id, Update.corrects_id).where(Update.ask_id == ask_id)
    return _changes(session, of_ask.where(is_published(Update.publication)))


def _changes(session: Session, chosen: sa.Select[int, int | None]) -> tuple[FeedChange, ...]:
    """The newest of the chosen entries and those that they correct, the last changed first; six queries."""
    newest = session.execute(chosen.order_by(*NEWEST_FIRST).limit(MOST_ENTRIES)).all()
    statement = sa.select(Update).where(Update.id.in_({id for row in newest for id in row if id}))
    updates = session.scalars(
        statement.options(
            joinedload(Update.ask),
            joinedload(Update.corrects),
            selectinload(Update.evidence),
            selectinload(Update.results).joinedload(TestResult.test),
        )
    ).all()
    corrections = _corrections(session, updates)
    changes = [_change(update, corrections[update.id]) for update in updates]
    changes.sort(key=lambda change: (change.changed_at, change.number), reverse=True)
    return tuple(changes[:MOST_ENTRIES])


def _corrections(session: Session, updates: Iterable[Update]) -> Mapping[int, Sequence[Any]]:
    """For each entry that was corrected, the published corrections, the oldest first."""
    correction = aliased(Update)
    statement = (
        sa.select(correction.corrects_id, correction.key, correction.published_at)
        .where(correction.corrects_id.in_([update.id for update in updates]), correction.published_at.is_not(None))
        .order_by(correction.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(statement):
        found[row.corrects_id].append(row)
    return found


def _change(update: Update, corrections: Sequence[Any]) -> FeedChange:
    published_at = update.published_at or update.recorded_at
    entry = record_of(
        StoryEntry,
        update,
        results=tuple((result.test.label, result.result) for result in update.results),
        evidence=tuple(map(evidence_record, update.evidence)),
        corrects=update.corrects.key if update.corrects else None,
        corrected_by=tuple(row.key for row in corrections),
    )
    changed_at = max([published_at, *(row.published_at for row in corrections)])
    return FeedChange(update.id, update.ask.slug, update.ask.title, entry, published_at, changed_at)


def count_blocks(session: Session) -> int:
    """How many blocks there are; the first one always is."""
    last = max(session.scalar(sa.select(sa.func.max(model.id))) or 0 for model in (Ask, Legislation))
    return max(1, -(-last // BLOCK))


def list_asks_in(session: Session, block: int) -> list[tuple[str, datetime | None]]:
    """The slugs of the published asks of a block, each with the moment of its newest published entry."""
    newest = sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == Ask.id).scalar_subquery()
    statement = sa.select(Ask.publication, Ask.slug, newest).where(*_within(Ask.id, block)).order_by(Ask.id)
    rows = session.execute(statement)
    return [(slug, changed_at) for publication, slug, changed_at in rows if publication is PUBLISHED]


def list_laws_in(session: Session, block: int) -> list[str]:
    """The keys of the published laws of a block; when a law's page changed is not kept."""
    statement = sa.select(Legislation.publication, Legislation.key).where(*_within(Legislation.id, block))
    rows = session.execute(statement.order_by(Legislation.id))
    return [key for publication, key in rows if publication is PUBLISHED]


def _within(number: Any, block: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The database picks a block by its numbers alone, so that it does not read all that is published."""
    return number > (block - 1) * BLOCK, number <= block * BLOCK
