"""Writes what repeats the stories and the texts: how asks and tests stand, the days of each status, the index of words.

The last two know published asks only. Whatever changes a text or the story of an ask calls this in the same
transaction. Nothing else in the code assigns an ask's status or a test's result.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.db.engine import in_steps
from tracker.db.fulltext import Texts
from tracker.models import Ask, AskBody, Body, Legislation, Link, Revision, StatusSpan, SuccessTest, Update
from tracker.queries.stories import Story, find_stories
from tracker.queries.words import stems
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.story import Entry, looks_of, spans_of, state_of
from tracker.rules.text import initials, title_key

STEP = 200
IS_PUBLISHED = Ask.publication == Publication.PUBLISHED
PUBLISHED = sa.select(Ask).where(IS_PUBLISHED)
# The texts of an ask in the order of the index, each with how deep one must read to meet it.
NAMES, TITLE, BODIES, SHORT, WORDING, TEST, ENTRY, LAW = range(8)
DEPTH_OF = {NAMES: 0, TITLE: 0, BODIES: 1, SHORT: 1, WORDING: 1, TEST: 1, ENTRY: 2, LAW: 2}


def settle(ask: Ask, story: Story) -> None:
    """Bring the ask's status, the day of the last look and its tests' results to what its published story says."""
    for row, values in told(ask, story, ask.reviewed_on):
        for name, value in values.items():
            setattr(row, name, value)


def told(ask: Ask, story: Story, known: PartialDate | None) -> Iterator[tuple[Ask | SuccessTest, dict[str, Any]]]:
    """Yield the ask and the tests by which it is judged, each with what its published story says of it."""
    state = state_of(story.entries)
    entry = state.status_entry
    values = {
        "status": entry.status if entry else None,
        "status_on": state.since,
        "status_reason": entry.reason if entry else "",
        "superseded_by_id": entry.superseded_by_id if entry else None,
    }
    looks = looks_of(story.entries)
    came = known if known not in looks else None  # with a file, and may be newer than any look
    yield ask, values | {"reviewed_on": max(filter(None, (came, state.looked_on)), default=None)}
    for test in story.tests:
        result, since = state.results.get(test.id, (test.before, None))
        yield test, {"result": result, "result_on": since}


def write_words(session: Session, ask_ids: Sequence[int]) -> None:
    """Bring the index of words to what these asks say; nothing of those that are not published."""
    session.flush()
    for start in range(0, len(ask_ids), STEP):
        ids = ask_ids[start : start + STEP]
        texts = find_texts(session, ids)
        fulltext.write(session, {ask_id: texts.get(ask_id) for ask_id in ids})


def write_words_of_law(session: Session, law_id: int) -> None:
    """Bring the index of words to what the asks say that hang on a law."""
    write_words(session, session.scalars(sa.select(Link.ask_id).where(Link.legislation_id == law_id).distinct()).all())


def write_spans(session: Session, ask: Ask, entries: Iterable[Entry]) -> None:
    """Write which status the ask had on which days, as its published entries say; none if it is not published."""
    session.execute(sa.delete(StatusSpan).where(StatusSpan.ask_id == ask.id))
    if ask.publication is Publication.PUBLISHED and (rows := spans(ask.id, entries)):
        session.execute(sa.insert(StatusSpan.__table__), rows)  # type: ignore[arg-type]


def spans(ask_id: int, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the rows of `status_span` for a story."""
    return [
        {
            "ask_id": ask_id,
            "begins_on": span.begins_on.isoformat(),
            "ends_on": span.ends_on.isoformat() if span.ends_on else None,
            "happened_on": span.since,
            "status": span.entry.status,
            "reason": span.entry.reason,
        }
        for span in spans_of(entries)
    ]


def find_texts(session: Session, ask_ids: Sequence[int]) -> dict[int, Texts]:
    """Return the words by which each of these asks is to be found, if it is published."""
    found: dict[int, Texts] = {}
    for ask_id, rows in groupby(session.execute(_TEXTS, {"ids": ask_ids}), lambda row: row.ask_id):
        parts: list[list[str]] = [[], [], []]
        for row in rows:
            parts[DEPTH_OF[row.place]].append(_text(row.place, row.text))
        title, wording, story = (stems("\n".join(part)) for part in parts)
        found[ask_id] = title, wording, story
    return found


def _text(place: int, text: str) -> str:
    """Return a text as the index reads it: names with their initials, which may be a stored list."""
    names = json.loads(text) if place in {NAMES, SHORT} else [text]
    return "\n".join(f"{name} {initials(name)}" for name in names) if place in {NAMES, BODIES, SHORT} else text


def find_faults(session: Session) -> list[str]:
    """Return what is not what the stories and the texts say, in words; empty when all is well."""
    return [*_wrong(session), *_hidden(session)]


def mend(session: Session) -> None:
    """Write all of it anew, which everybody sees at once; about a millisecond an ask."""
    session.execute(sa.update(Revision).values(number=Revision.number + 1))
    session.execute(sa.delete(StatusSpan))
    fulltext.clear(session)
    for asks in in_steps(session, sa.select(Ask), Ask, STEP):
        write_all(session, asks)


def write_all(session: Session, asks: Collection[Ask]) -> None:
    """Write for these asks how they stand, what both tables hold, and by what they are sorted."""
    stories = find_stories(session, [ask.id for ask in asks])
    for ask in asks:
        ask.title_key = title_key(ask.title)
        settle(ask, stories[ask.id])
        write_spans(session, ask, stories[ask.id].entries)
    write_words(session, [ask.id for ask in asks])


def fill_if_empty(session: Session) -> None:
    """Write all of it if no days of a status are kept, as in a database of an older version."""
    if session.scalar(sa.select(~sa.exists().select_from(StatusSpan))):
        mend(session)


def _wrong(session: Session) -> Iterator[str]:
    for asks in in_steps(session, PUBLISHED, Ask, STEP):
        ids = [ask.id for ask in asks]
        stories, texts = find_stories(session, ids), find_texts(session, ids)
        columns = StatusSpan.__table__.c
        kept = session.execute(sa.select(*columns).where(columns.ask_id.in_(ids)).order_by(*columns)).mappings().all()
        of_asks = {ask_id: list(map(dict, rows)) for ask_id, rows in groupby(kept, lambda row: row["ask_id"])}
        for ask in asks:
            if of_asks.get(ask.id, []) != spans(ask.id, stories[ask.id].entries):
                yield f"ask {ask.slug} does not have the days of its statuses"
            if not fulltext.holds(session, ask.id, texts[ask.id]):
                yield f"ask {ask.slug} is not found by its words"
            if any(
                getattr(row, name) != value
                for row, values in told(ask, stories[ask.id], ask.reviewed_on)
                for name, value in values.items()
            ):
                yield f"ask {ask.slug} does not stand as its story says"
            if ask.title_key != title_key(ask.title):
                yield f"ask {ask.slug} is not sorted by its title"


def _hidden(session: Session) -> Iterator[str]:
    for ids, fault in (
        (sa.select(StatusSpan.ask_id), "has days in the past"),
        (fulltext.indexed(session), "is found by its words"),
    ):
        hidden = sa.select(Ask.slug).where(~IS_PUBLISHED, Ask.id.in_(ids)).order_by(Ask.id)
        yield from (f"ask {slug} {fault}, but is not published" for slug in session.scalars(hidden))


def _select(place: int, number: Any, *columns: Any) -> sa.Select[Any]:
    """The text of some columns, a line each, at its place in the index; there those of one place stand by `number`."""
    text = columns[0]
    for column in columns[1:]:
        text = text + "\n" + column
    in_order = sa.literal(place).label("place"), number.label("number")
    of_asks = Ask.id.in_(sa.bindparam("ids", expanding=True))
    return sa.select(Ask.id.label("ask_id"), *in_order, text.label("text")).where(of_asks, IS_PUBLISHED)


OF_BODY = (AskBody.ask_id == Ask.id, AskBody.body_id == Body.id)
OF_LAW = (
    Legislation.title,
    Legislation.citation,
    sa.cast(Legislation.short_names, sa.Text),
    Link.provisions,
    Link.note,
)
_TEXTS = sa.union_all(
    _select(TITLE, Ask.id, Ask.title),
    _select(NAMES, Ask.id, sa.cast(Ask.short_names, sa.Text)),
    _select(BODIES, AskBody.position, Body.name).where(*OF_BODY),
    _select(SHORT, AskBody.position, sa.cast(Body.short_names, sa.Text)).where(*OF_BODY),
    _select(WORDING, Ask.id, Ask.summary, Ask.quote, Ask.reading, Ask.status_reason),
    _select(TEST, SuccessTest.id, SuccessTest.label).where(
        SuccessTest.ask_id == Ask.id, SuccessTest.is_archived.is_(False)
    ),
    _select(ENTRY, Update.id, Update.text, Update.reason).where(
        Update.ask_id == Ask.id, Update.published_at.is_not(None)
    ),
    _select(LAW, Link.id, *OF_LAW).where(
        Link.ask_id == Ask.id,
        Link.publication == Publication.PUBLISHED,
        Link.legislation_id == Legislation.id,
        Legislation.publication == Publication.PUBLISHED,
    ),
).order_by("ask_id", "place", "number")
