"""The words of a search, and where they stand in the asks that were found by them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.queries.public.as_of import is_published
from tracker.queries.public.records import AskLine, Excerpt
from tracker.queries.words import excerpt, stems

MOST_WORDS = 8


def words_of(text: str) -> list[str]:
    """The stems to look for: the first few words that say something."""
    return list(dict.fromkeys(stems(text)))[:MOST_WORDS]


def with_excerpts(session: Session, lines: Mapping[int, AskLine], text: str) -> list[AskLine]:
    """Give each line the place in its story or law where the words stand, unless it shows all of them itself."""
    wanted = frozenset(words_of(text))
    hidden = [id for id, line in lines.items() if wanted - _shown(line)]
    excerpts = _find_excerpts(session, hidden, wanted) if hidden else {}
    return [replace(line, excerpt=excerpts.get(id)) for id, line in lines.items()]


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
            most = best[ask_id][0] if ask_id in best else 0
            for text in texts:
                if most < len(wanted) and (number := len(wanted.intersection(stems(text)))) > most:
                    best[ask_id], most = (number, key, text), number
    return {ask_id: Excerpt(key, excerpt(text, wanted)) for ask_id, (_, key, text) in best.items()}
