"""Which asks fit a filter: each of its choices as a condition, and what is offered where no ask fits.

And where the words of a search stand in the asks that were found by them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.clock import today
from tracker.db import fulltext
from tracker.models import Ask, Legislation, Link, Source, SuccessTest, Update
from tracker.queries.late import ended_by
from tracker.queries.public.as_of import ASK, NOW, AsOf, is_published
from tracker.queries.public.filters import AskFilter, UnknownFilter
from tracker.queries.public.records import AskLine, Excerpt
from tracker.queries.public.sources import ANSWERS, BODY, IS_PUBLIC, PLACES, answers_for, names_in, stored_places
from tracker.queries.words import WORD, excerpt, stems
from tracker.rules.asks import PUBLIC, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.text import slugify

SHORTEST_PART, MOST_TITLES, MOST_WORDS = 3, 1000, 8
Found = TypeVar("Found")


def conditions(session: Session, wanted: AskFilter, asks: AsOf = NOW) -> list[sa.ColumnElement[bool]]:
    """The filter as conditions on asks; raises UnknownFilter for a name or key that does not exist."""
    found = [condition(session, value) for name, condition in BY_NAME.items() if (value := getattr(wanted, name))]
    if wanted.family or wanted.status:
        found.append(asks.status.in_(wanted.statuses))
    if wanted.kind:
        found.append(ASK.kind == wanted.kind)
    if wanted.overdue:
        found.append(sa.and_(ended_by(ASK.first_deadline, asks.day - timedelta(days=1)), asks.status != Status.MET))
    if wanted.disputed:
        found.append(ASK.disputed_on.is_not(None) if asks is NOW else sa.false())
    if wanted.text:
        words = words_of(wanted.text)
        found.append(ASK.id.in_(_with_words(session, words)) if words else sa.false())
    return found


def find_near(session: Session, text: str) -> str:
    """Words of titles and topics that are spelled nearly so; empty where there are none. For searches that fail."""
    titles = session.scalars(sa.select(ASK.title).where(*NOW.holds).order_by(ASK.id.desc()).limit(MOST_TITLES))
    known = {word.casefold() for name in [*titles, *list_topics(session).values()] for word in WORD.findall(name)}
    typed = WORD.findall(text.casefold())
    near = [word if word in known else next(iter(get_close_matches(word, known, 1, 0.75)), "") for word in typed]
    return " ".join(near) if all(near) and near != typed else ""


def _with_words(session: Session, words: Sequence[str]) -> sa.Select[int]:
    """The asks in which all words stand; where there is none, those with words that begin like them or hold them."""
    whole = fulltext.found(session, words, fulltext.DEEPEST)
    if min(map(len, words)) < SHORTEST_PART:
        return whole
    for found in (whole, fulltext.found(session, words, fulltext.DEEPEST, as_beginnings=True)):
        if session.scalar(found.limit(1)) is not None:
            return found
    return fulltext.holding(session, words)


def list_topics(session: Session) -> dict[str, str]:
    """The topics of the published asks: slug to name, in the order of the alphabet."""
    return topics_of(session.scalars(_TOPICS))


def topics_of(names: Iterable[str]) -> dict[str, str]:
    """Return slug to name of topics, in the order of the alphabet."""
    return {slugify(topic): topic for topic in sorted({*names})}


def find_law_title(session: Session, key: str) -> str | None:
    """The title of a law that is or was public."""
    return session.scalar(
        sa.select(Legislation.title).where(Legislation.key == key, Legislation.publication.in_(PUBLIC))
    )


def _is_of_topic(session: Session, slug: str) -> sa.ColumnElement[bool]:
    return ASK.topic == _known(list_topics(session).get(slug), "topic")


def _is_of_body(session: Session, slug: str) -> sa.ColumnElement[bool]:
    body_id = _known(session.scalar(sa.select(BODY.id).where(BODY.slug == slug, answers_for(IS_PUBLIC))), "body")
    return sa.exists().where(ANSWERS.ask_id == ASK.id, ANSWERS.body_id == body_id)


def _is_of_place(session: Session, slug: str) -> sa.ColumnElement[bool]:
    spellings = [stored for stored in session.scalars(stored_places(IS_PUBLIC)) if slug in names_in(stored)]
    return PLACES.in_(_known(spellings, "place"))


def _comes_from(session: Session, key: str) -> sa.ColumnElement[bool]:
    wanted = sa.select(Source.id).where(Source.key == key, Source.publication.in_(PUBLIC))
    return ASK.source_id == _known(session.scalar(wanted), "source")


def _hangs_on(session: Session, key: str) -> sa.ColumnElement[bool]:
    _known(find_law_title(session, key), "law")
    shown = (Link.publication == Publication.PUBLISHED, Legislation.publication == Publication.PUBLISHED)
    return ASK.id.in_(sa.select(Link.ask_id).join(Link.legislation).where(Legislation.key == key, *shown))


def _known(found: Found | None, what: str) -> Found:
    """Return what was found; raises UnknownFilter where that is nothing."""
    if not found:
        raise UnknownFilter(f"There is no such {what}.")
    return found


def words_of(text: str) -> list[str]:
    """The stems to look for: the first few words that say something."""
    return list(dict.fromkeys(stems(text)))[:MOST_WORDS]


def with_excerpts(session: Session, lines: Mapping[int, AskLine], text: str, day: date) -> list[AskLine]:
    """Give each line the place in its story up to a day, or its law, where the words stand, unless it shows them."""
    wanted = frozenset(words_of(text))
    hidden = [id for id, line in lines.items() if wanted - _shown(line)]
    excerpts = _find_excerpts(session, hidden, wanted, day) if hidden else {}
    return [replace(line, excerpt=excerpts.get(id)) for id, line in lines.items()]


def _shown(line: AskLine) -> set[str]:
    return set(stems(f"{line.title}\n{line.reason or line.summary}"))


def _find_excerpts(session: Session, ask_ids: Iterable[int], wanted: frozenset[str], day: date) -> dict[int, Excerpt]:
    """For each ask the text with the most of the words: of its entries, the newest first, its wording, its laws."""
    entries = (
        sa.select(Update.ask_id, Update.key, Update.text, Update.reason)
        .where(Update.ask_id.in_(ask_ids), is_published(Update.publication))
        .where(Update.happened_on <= PartialDate(day.isoformat()))
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
    known = (entries, wording, tests, laws) if day >= today() else (entries, wording, tests)  # law may have come later
    best: dict[int, tuple[int, str, str]] = {}
    for statement in known:
        for ask_id, key, *texts in session.execute(statement):
            most = best[ask_id][0] if ask_id in best else 0
            for text in texts:
                if most < len(wanted) and (number := len(wanted.intersection(stems(text)))) > most:
                    best[ask_id], most = (number, key, text), number
    return {ask_id: Excerpt(key, excerpt(text, wanted)) for ask_id, (_, key, text) in best.items()}


BY_NAME: Mapping[str, Callable[[Session, str], sa.ColumnElement[bool]]] = {
    "topic": _is_of_topic,
    "body": _is_of_body,
    "place": _is_of_place,
    "law": _hangs_on,
    "source": _comes_from,
}
_TOPICS = sa.select(ASK.topic).where(*NOW.holds).distinct()
