"""One source of asks: who asked, and its own words beside what became of them."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Source
from tracker.queries.public.as_of import ASK
from tracker.queries.public.lines import record_of
from tracker.queries.public.records import AskLine, PublicSource
from tracker.rules.asks import PUBLIC

_SOURCE = Source.__table__.c
_COLUMNS = [_SOURCE[field.name] for field in fields(PublicSource)]


@dataclass(frozen=True)
class Passage:
    """Words of a source, where in it they stand, and the asks that we read in them."""

    place: str
    quote: str
    lines: tuple[AskLine, ...]


def find_source(session: Session, key: str) -> PublicSource | None:
    """A source that is or was public."""
    found = session.execute(sa.select(*_COLUMNS).where(_SOURCE.key == key, _SOURCE.publication.in_(PUBLIC))).first()
    return record_of(PublicSource, found) if found else None


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


def _order(place: str) -> tuple[tuple[int, ...], str]:
    """Places by their numbers: paragraph 9 before paragraph 10."""
    return tuple(map(int, re.findall(r"[0-9]+", place))), place
