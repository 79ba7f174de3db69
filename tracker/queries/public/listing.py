"""Lists of asks: filtered, sorted, as of today or of a past day, and cut into pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Listing
from tracker.queries.public.counts import Cell, count_cells, list_bodies, list_topics
from tracker.queries.public.filters import AskFilter, Order, UnknownFilter
from tracker.queries.public.keys import Place, read_key, write_key
from tracker.queries.public.lines import record_of
from tracker.queries.public.past import as_of, total_past, walk_past
from tracker.queries.public.published import is_published
from tracker.queries.public.records import AskLine, Total
from tracker.queries.public.search import find_hits, rank_hits, with_excerpts
from tracker.queries.public.walks import walk
from tracker.rules.asks import PUBLIC

PAGE_SIZE = 30
MOST_COUNTED = 1000
LINE_NAMES = (
    *("id", "slug", "title", "kind", "topic", "summary", "status", "status_on", "reviewed_on", "first_deadline"),
    *("disputed_on", "disputed_about"),
)
LINE_COLUMNS = (*(Ask.__table__.c[name] for name in LINE_NAMES), Ask.__table__.c.status_reason.label("reason"))
_LINES = sa.select(*LINE_COLUMNS).where(Ask.__table__.c.id.in_(sa.bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class AskPage:
    """A page of a list: `number` asks fit in all, and more do, or may, when `is_capped`; no next key: the last page."""

    lines: tuple[AskLine, ...]
    number: int
    is_capped: bool
    next_key: str


def find_page(
    session: Session,
    wanted: AskFilter,
    order: Order = Order.CHANGED,
    *,
    after: str = "",
    size: int = PAGE_SIZE,
    on: date | None = None,
) -> AskPage:
    """The asks that a reader wants to see; raises UnknownFilter for a topic, body, law or page that does not exist.

    With `on` they are filtered and shown as they stood on that day, always the last changed first.
    """
    topic = check_names(session, wanted)
    if on:
        place = read_key(Order.CHANGED, after)
        return _page_of_the_past(session, wanted, topic, place, size=size, on=on)
    place = read_key(order, after)
    if wanted.text:
        places, total = rank_hits(session, wanted, topic, order, place)
    else:
        cells = count_cells(session, wanted.scopes[0], topic)
        fitting = {(k, s): n for (k, s), n in cells.items() if k in wanted.kinds and s in wanted.statuses}
        places = walk(session, wanted.scopes, topic, fitting, order, after=place, most=size + 1)
        total = _total(session, wanted, topic, fitting)
    lines = list_lines(session, [place.ask_id for place in places[:size]])
    return AskPage(
        tuple(with_excerpts(session, lines, wanted.text) if wanted.text else (line for _, line in lines)),
        *total,
        next_key=write_key(order, places[size - 1]) if len(places) > size else "",
    )


def check_names(session: Session, wanted: AskFilter) -> str:
    """The name of the wanted topic, "" for any; raises UnknownFilter for a topic, body or law that does not exist."""
    topics = list_topics(session) if wanted.topic else {"": ""}
    if wanted.topic not in topics:
        raise UnknownFilter("There is no such topic.")
    if wanted.body and wanted.body not in list_bodies(session):
        raise UnknownFilter("There is no such body.")
    if wanted.law and find_law_title(session, wanted.law) is None:
        raise UnknownFilter("There is no such law.")
    return topics[wanted.topic]


def find_law_title(session: Session, key: str) -> str | None:
    """The title of a law that is or was public."""
    return session.scalar(
        sa.select(Legislation.title).where(Legislation.key == key, Legislation.publication.in_(PUBLIC))
    )


def conditions(session: Session, wanted: AskFilter) -> list[sa.ColumnElement[bool]]:
    """The filter as conditions on `Ask`, for files and feeds, which are not read in the order of a list."""
    topic = check_names(session, wanted)
    found: list[sa.ColumnElement[bool]] = [is_published(Ask.publication)]
    if wanted.family or wanted.status:
        found.append(Ask.status.in_(wanted.statuses))
    if wanted.kind:
        found.append(Ask.kind == wanted.kind)
    if topic:
        found.append(Ask.topic == topic)
    for scope in filter(None, wanted.scopes):
        found.append(sa.exists().where(Listing.scope == scope, Listing.ask_id == Ask.id))
    if wanted.text:
        found.append(Ask.id.in_(find_hits(session, wanted.text)))
    return found


def list_lines(session: Session, ids: Sequence[int]) -> list[tuple[int, AskLine]]:
    """The asks of these numbers, in this order."""
    rows = {row.id: row for row in session.execute(_LINES, {"ids": ids})}
    return [(id, record_of(AskLine, rows[id], excerpt=None)) for id in ids]


def _page_of_the_past(
    session: Session, wanted: AskFilter, topic: str, place: Place | None, *, size: int, on: date
) -> AskPage:
    spans = walk_past(session, wanted, topic, on, after=place, most=size + 1)
    shown = spans[:size]
    lines = as_of(list_lines(session, [span.ask_id for span in shown]), shown)
    last = Place(None, shown[-1].begins_on, shown[-1].ask_id) if len(spans) > size else None
    return AskPage(
        tuple(line for _, line in lines),
        *total_past(session, wanted, topic, on),
        next_key=write_key(Order.CHANGED, last) if last else "",
    )


def _total(session: Session, wanted: AskFilter, topic: str, fitting: Mapping[Cell, int]) -> Total:
    """From the counters; a law together with a body is counted by walking, up to a thousand."""
    if len(wanted.scopes) == 1:
        return Total(sum(fitting.values()))
    number = len(walk(session, wanted.scopes, topic, fitting, Order.CHANGED, after=None, most=MOST_COUNTED + 1))
    return Total(min(number, MOST_COUNTED), number > MOST_COUNTED)
