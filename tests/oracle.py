"""What the public lists must say, worked out the slow and plain way: every ask read whole, filtered and sorted here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Ask, Link, Update
from tracker.queries.public.filters import AskFilter, Order
from tracker.queries.stories import entry_of
from tracker.rules.asks import AskKind, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUS_ORDER, Status
from tracker.rules.story import Entry, state_of
from tracker.rules.text import fold, slug_of_name, slugify
from tracker.rules.updates import UpdateKind

PUBLISHED = Publication.PUBLISHED


@dataclass(frozen=True)
class PlainAsk:
    """A published ask with what a list may ask of it; its texts are those of title, wording, and story with law."""

    id: int
    slug: str
    title: str
    topic: str
    kind: AskKind
    status: Status
    changed_on: PartialDate
    bodies: frozenset[str]
    laws: frozenset[str]
    entries: tuple[Entry, ...]
    kinds: tuple[UpdateKind, ...]
    texts: tuple[str, str, str]

    def on(self, day: date) -> Entry | None:
        """The entry that set the status in which it stood on a day."""
        return state_of(self.entries, PartialDate(day.isoformat())).status_entry

    def depth(self, words: Iterable[str]) -> int | None:
        """How deep one must read to have met all the words; None when they do not all stand there."""
        read: set[str] = set()
        for depth, text in enumerate(self.texts):
            read |= set(re.findall(r"[^\W_]+", fold(text)))
            if read.issuperset(words):
                return depth
        return None


def published(session: Session) -> list[PlainAsk]:
    """Every published ask."""
    loaded = sa.select(Ask).options(
        selectinload(Ask.updates).selectinload(Update.results),
        selectinload(Ask.links).joinedload(Link.legislation),
        selectinload(Ask.tests),
    )
    return [plain(ask) for ask in session.scalars(loaded) if ask.publication is PUBLISHED]


def plain(ask: Ask) -> PlainAsk:
    updates = [update for update in ask.updates if update.publication is PUBLISHED]
    links = [link for link in ask.links if link.publication is link.legislation.publication is PUBLISHED]
    labels = [test.label for test in ask.tests if not test.is_archived]
    told = [f"{update.text} {update.reason}" for update in updates]
    law = [f"{link.legislation.title} {link.legislation.citation} {link.provisions} {link.note}" for link in links]
    assert ask.status
    assert ask.status_on
    return PlainAsk(
        id=ask.id,
        slug=ask.slug,
        title=ask.title,
        topic=ask.topic,
        kind=ask.kind,
        status=ask.status,
        changed_on=ask.status_on,
        bodies=frozenset(map(slug_of_name, ask.responsible_bodies)),
        laws=frozenset(link.legislation.key for link in links),
        entries=tuple(map(entry_of, updates)),
        kinds=tuple(update.kind for update in updates),
        texts=(
            ask.title,
            " ".join([ask.summary, ask.quote, ask.reading, ask.status_reason, *labels]),
            " ".join([*told, *law]),
        ),
    )


def changes(ask: PlainAsk) -> list[tuple[date, Status]]:
    """The days on which an ask came to a status, each with the status to which it came."""
    found: list[tuple[date, Status]] = []
    for day in sorted({entry.happened_on.first_day for entry in ask.entries}):
        entry = ask.on(day)
        if entry and entry.status and (not found or found[-1][1] is not entry.status):
            found.append((day, entry.status))
    return found


def fitting(asks: Iterable[PlainAsk], wanted: AskFilter, on: date | None = None) -> list[PlainAsk]:
    """The asks that a filter lets through, as they stand or stood; its words must be whole and plain ones."""
    return [ask for ask in asks if fits(ask, wanted, on)]


def fits(ask: PlainAsk, wanted: AskFilter, on: date | None = None) -> bool:
    entry = ask.on(on) if on else None
    status = entry.status if on and entry else None if on else ask.status
    return bool(
        status
        and wanted.family in {None, status.family}
        and wanted.status in {None, status}
        and wanted.topic in {"", slugify(ask.topic)}
        and wanted.kind in {None, ask.kind}
        and (not wanted.body or wanted.body in ask.bodies)
        and (not wanted.law or wanted.law in ask.laws)
        and (not wanted.text or ask.depth(wanted.text.split()) is not None)
    )


def in_order(asks: Iterable[PlainAsk], order: Order, words: str = "") -> list[str]:
    """The slugs of the asks in an order; the newest of those that are alike stands first, but for titles."""
    last_changed = sorted(asks, key=lambda ask: (ask.changed_on, ask.id), reverse=True)
    if order is Order.TITLE:
        ordered = sorted(asks, key=lambda ask: (fold(ask.title)[:80], ask.id))
    elif order is Order.STATUS:
        ordered = sorted(last_changed, key=lambda ask: STATUS_ORDER.index(ask.status))
    elif order is Order.BEST:
        ordered = sorted(last_changed, key=lambda ask: ask.depth(words.split()) or 0)
    else:
        ordered = last_changed
    return [ask.slug for ask in ordered]


def in_order_of_the_past(asks: Iterable[PlainAsk], on: date) -> list[str]:
    """The slugs of the asks as they stood on a day, the last changed first."""

    def begun(ask: PlainAsk) -> tuple[date, int]:
        return max(day for day, _ in changes(ask) if day <= on), ask.id

    return [ask.slug for ask in sorted(asks, key=begun, reverse=True)]
