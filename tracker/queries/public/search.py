"""Finding asks by words, and showing where the words stand. Looks at the newest thousand hits at the most."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.models import Ask, Legislation, Link, Listing, SuccessTest, Update
from tracker.queries.public.filters import AskFilter, Order, fits
from tracker.queries.public.keys import Place
from tracker.queries.public.published import is_published
from tracker.queries.public.records import AskLine, Excerpt, Total
from tracker.queries.public.walks import STATUS_ORDER
from tracker.queries.words import excerpt, stems

MOST_HITS = 1000
MOST_WORDS = 8


def words_of(text: str) -> list[str]:
    """The stems to look for: the first few words that say something."""
    return list(dict.fromkeys(stems(text)))[:MOST_WORDS]


def find_hits(session: Session, text: str) -> dict[int, int]:
    """The asks in which all words stand, each with how deep: 0 in the title, 1 in the wording, 2 in story or law."""
    words = words_of(text)
    return fulltext.find(session, words, MOST_HITS) if words else {}


def rank_hits(
    session: Session, wanted: AskFilter, topic: str, order: Order, after: Place | None
) -> tuple[list[Place], Total]:
    """The asks that hold the words and fit the other filters, in order and after a place; and how many they are."""
    hits = find_hits(session, wanted.text)
    columns = (Listing.ask_id, Listing.status, Listing.changed_on, Listing.title_key)
    statement = sa.select(*columns).where(
        *fits(wanted, topic), Listing.status.in_(wanted.statuses), Listing.ask_id.in_(hits)
    )
    found = [_place(row, order, hits[row.ask_id]) for row in session.execute(statement)]
    places = _in_order({*found, after} if after else found, order)
    first = places.index(after) + 1 if after else 0
    return places[first:], Total(len(found), is_capped=len(hits) == MOST_HITS)


def _place(row: Any, order: Order, depth: int) -> Place:
    """The place of a row with just what its key tells, so that the place of a key is the same."""
    return Place(
        row.status if order is Order.STATUS else None,
        row.title_key if order is Order.TITLE else row.changed_on.text,
        row.ask_id,
        depth if order is Order.BEST else 0,
    )


def _in_order(places: Iterable[Place], order: Order) -> list[Place]:
    is_downward = order is not Order.TITLE
    ordered = sorted(places, key=lambda place: (place.value, place.ask_id), reverse=is_downward)
    return sorted(ordered, key=lambda place: (STATUS_ORDER.index(place.status) if place.status else 0, place.depth))


def with_excerpts(session: Session, lines: Sequence[tuple[int, AskLine]], text: str) -> list[AskLine]:
    """Give each line the place in its story or law where the words stand, unless it shows all of them itself."""
    wanted = frozenset(words_of(text))
    hidden = [id for id, line in lines if wanted - _shown(line)]
    excerpts = _find_excerpts(session, hidden, wanted) if hidden else {}
    return [replace(line, excerpt=excerpts.get(id)) for id, line in lines]


def _shown(line: AskLine) -> set[str]:
    return set(stems(f"{line.title}\n{line.reason or line.summary}"))


def _find_excerpts(session: Session, ask_ids: Iterable[int], wanted: frozenset[str]) -> dict[int, Excerpt]:
    """For each ask the text with the most of the words: of its entries, the newest first, its wording, its laws."""
    entries = (
        sa.select(Update.ask_id, Update.key, Update.text, Update.reason)
        .where(Update.ask_id.in_(ask_ids), is_published(Update.publication))
        .order_by(Update.happened_on.desc(), Update.id.desc())
    )
    wording = sa.select(Ask.id, sa.literal(""), Ask.summary, Ask.quote, Ask.reading).where(Ask.id.in_(ask_ids))
    tests = (
        sa.select(SuccessTest.ask_id, sa.literal(""), SuccessTest.label)
        .where(SuccessTest.ask_id.in_(ask_ids), SuccessTest.is_archived.is_(False))
        .order_by(SuccessTest.id)
    )
    laws = (
        sa.select(Link.ask_id, sa.literal(""), Legislation.title, Legislation.citation, Link.provisions, Link.note)
        .join(Link.legislation)
        .where(Link.ask_id.in_(ask_ids), is_published(Link.publication), is_published(Legislation.publication))
        .order_by(Link.id)
    )
    best: dict[int, tuple[int, str, str]] = {}
    for statement in (entries, wording, tests, laws):
        for ask_id, key, *texts in session.execute(statement):
            for text in texts:
                number = len(wanted & set(stems(text)))
                if number > best.get(ask_id, (0, "", ""))[0]:
                    best[ask_id] = (number, key, text)
    return {ask_id: Excerpt(key, excerpt(text, wanted)) for ask_id, (_, key, text) in best.items()}
