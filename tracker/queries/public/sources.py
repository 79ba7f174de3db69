"""Who asked, in which words and who else did: the sources. Who answers, and where it would apply: bodies and places."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.base import StoredList
from tracker.models import Ask, AskBody, Body, Source
from tracker.queries.public.as_of import ASK, NOW, is_one_of, is_published, is_shown
from tracker.queries.public.entries import record_of
from tracker.queries.public.records import AskLine, PublicBody, PublicSource, SameAsk
from tracker.rules.asks import PUBLIC
from tracker.rules.text import slug_of_name

BODY, ANSWERS = Body.__table__.c, AskBody.__table__.c
IS_PUBLIC = ASK.publication.in_(PUBLIC)
PLACES = StoredList(ASK.jurisdictions)
# The ask that was entered last decides how a place is written.
LAST = sa.func.max(ASK.id)
_SOURCE = Source.__table__.c
_WHOLE = sa.select(*(_SOURCE[field.name] for field in fields(PublicSource)))


@dataclass(frozen=True)
class Passage:
    """Words of a source, where in it they stand, and the asks that we read in them."""

    place: str
    quote: str
    lines: tuple[AskLine, ...]


def find_source(session: Session, key: str) -> PublicSource | None:
    """A source that is or was public."""
    found = session.execute(_WHOLE.where(_SOURCE.key == key, _SOURCE.publication.in_(PUBLIC))).first()
    return record_of(PublicSource, found) if found else None


def list_sources(session: Session, most: int | None = None) -> list[PublicSource]:
    """Where the published asks were made, the oldest first; at most so many."""
    return [record_of(PublicSource, row) for row in session.execute(_PUBLISHED.limit(most))]


def list_passages(session: Session, lines: Sequence[AskLine]) -> tuple[Passage, ...]:
    """The asks by the words in which they were made, in the order of the source.

    Words that are a part of longer ones at the same place stand with these.
    """
    by_slug = {line.slug: line for line in lines}
    quotes = sa.select(ASK.slug, ASK.quote_place, ASK.quote).where(ASK.slug.in_(by_slug)).order_by(ASK.id)
    quoted: Mapping[str, dict[str, list[AskLine]]] = defaultdict(lambda: defaultdict(list))
    for slug, place, quote in session.execute(quotes):
        quoted[place][quote].append(by_slug[slug])
    found: list[Passage] = []
    for place in sorted(quoted, key=_order):
        whole: dict[str, list[AskLine]] = {}
        for quote in sorted(quoted[place], key=len, reverse=True):
            longer = next((each for each in whole if quote in each), quote)
            whole.setdefault(longer, []).extend(quoted[place][quote])
        found += [Passage(place, quote, tuple(whole[quote])) for quote in quoted[place] if quote in whole]
    return tuple(found)


def list_same(session: Session, ask_id: int, on: date | None = None) -> tuple[SameAsk, ...]:
    """Return the published asks for the same as one, the first asked first; those made by a day if one is given.

    What a draft names says nothing in public.
    """
    own = sa.select(ASK.id, ASK.same_as_id).where(ASK.id == ask_id).cte("same", recursive=True)
    same = own.union(
        sa.select(ASK.id, ASK.same_as_id)
        .join(own, sa.or_(ASK.id == own.c.same_as_id, ASK.same_as_id == own.c.id))
        .where(is_one_of(ASK.publication, PUBLIC))
    )
    found = (
        sa.select(ASK.slug, ASK.title, _SOURCE.key, _SOURCE.title, _SOURCE.author, _SOURCE.published_on)
        .select_from(Ask.__table__.join(Source.__table__, ASK.source_id == _SOURCE.id))
        .where(ASK.id.in_(sa.select(same.c.id)), ASK.id != ask_id, is_published(ASK.publication))
        .order_by(_SOURCE.published_on, ASK.id)
    )
    asks = (SameAsk(*row) for row in session.execute(found))
    return tuple(ask for ask in asks if not on or (ask.published_on and ask.published_on.first_day <= on))


def _order(place: str) -> tuple[tuple[int, ...], str]:
    """Places by their numbers: paragraph 9 before paragraph 10."""
    return tuple(map(int, re.findall(r"[0-9]+", place))), place


def list_bodies(session: Session) -> dict[str, str]:
    """Return the bodies that answer for published asks: slug to name, in the order of the alphabet."""
    return _in_order((row.slug, row.name) for row in session.execute(PUBLIC_BODIES))


def find_body(session: Session, slug: str) -> PublicBody | None:
    """Return a body that answers for an ask that is or was public."""
    wanted = sa.select(BODY.slug, BODY.name, BODY.short_names).where(BODY.slug == slug, answers_for(IS_PUBLIC))
    found = session.execute(wanted).first()
    return PublicBody(found.slug, found.name, tuple(found.short_names)) if found else None


def answers_for(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    asks = AskBody.__table__.join(Ask.__table__, ASK.id == ANSWERS.ask_id)
    return sa.exists().select_from(asks).where(ANSWERS.body_id == BODY.id, *which)


def list_places(session: Session) -> dict[str, str]:
    """Return the places where published asks would apply: slug to name, in the order of the alphabet."""
    return places_of(session.scalars(stored_places(*NOW.holds)))


def places_of(stored: Iterable[str]) -> dict[str, str]:
    """Return slug to name in stored lists, in the order of the alphabet; the last list decides on a name."""
    return _in_order(pair for each in stored for pair in names_in(each).items())


@lru_cache(maxsize=1000)
def names_in(stored: str) -> Mapping[str, str]:
    """Return slug to name of what stands in a stored list; two spellings with the same slug are one name."""
    return {slug_of_name(name): name for name in json.loads(stored)}


def stored_places(*which: sa.ColumnElement[bool]) -> sa.Select[str]:
    return sa.select(PLACES).where(*which).group_by(PLACES).order_by(LAST)


def _in_order(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(dict(names).items(), key=lambda pair: pair[1]))


PUBLIC_BODIES = sa.select(BODY.slug, BODY.name).where(answers_for(*NOW.holds))
_PUBLISHED = _WHOLE.where(is_shown(_SOURCE)).order_by(_SOURCE.published_on, _SOURCE.title)
OFFERED_SOURCES = (
    sa.select(_SOURCE.id, _SOURCE.key, _SOURCE.title, _SOURCE.published_on)
    .where(sa.exists().where(ASK.source_id == _SOURCE.id, *NOW.holds))
    .order_by(_SOURCE.published_on, _SOURCE.title)
)
