"""Derives all lists and counts anew, and checks that those which the transactions kept are the same."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.db.progress import Progress
from tracker.db.rows import insert
from tracker.models import Ask, AskCount, Derivation, Listing, Scope, StatusFlow, StatusSpan, Update, UpdateCount
from tracker.rules.asks import Publication
from tracker.services import listing, pictures
from tracker.services.derivation import bodies_of, derivable, derive, texts_of

# Raise this when the code derives something else from the same asks; `tracker db upgrade` then derives all anew.
VERSION = 1
STEP = 200
# More would hold up an upgrade; the other asks get theirs when they change.
MOST_PICTURES = 500
PUBLISHED = Ask.publication == Publication.PUBLISHED
Counter = type[AskCount] | type[StatusFlow] | type[UpdateCount]


def is_current(session: Session) -> bool:
    """Whether lists and counts were derived by this version of the code."""
    return session.scalar(sa.select(Derivation.version)) == VERSION


def rebuild(session: Session, progress: Progress = lambda number: None) -> None:
    """Derive everything anew; `progress` is told after each step how many asks it took. About 1 ms an ask."""
    for model in (Listing, StatusSpan, Scope):
        session.execute(sa.delete(model))
    fulltext.clear(session)
    names: dict[str, str] = {}
    for asks in _steps(session):
        derived = [(ask.id, derive(ask)) for ask in asks]
        insert(session, Listing, [{"ask_id": id, **row._asdict()} for id, ask in derived for row in ask.rows])
        insert(session, StatusSpan, [{"ask_id": id, **span._asdict()} for id, ask in derived for span in ask.spans])
        fulltext.write_many(session, [(ask.id, texts) for ask in asks if (texts := texts_of(ask))])
        for ask in asks:
            names |= bodies_of(ask)
        session.expunge_all()
        progress(len(asks))
    insert(session, Scope, [{"scope": scope, "name": name} for scope, name in names.items()])
    recount(session)
    pictures.draw_missing(session, MOST_PICTURES)
    session.execute(sa.update(Derivation).values(version=VERSION))


def recount(session: Session) -> None:
    """Count everything anew from the lists."""
    for model, counted in _COUNTED.items():
        session.execute(sa.delete(model))
        session.execute(sa.insert(model).from_select(counted.selected_columns.keys(), counted))


def find_faults(session: Session) -> list[str]:
    """What of the lists and counts is not what it should be, in words; empty when all is well."""
    return [*_wrong_counters(session), *_wrongly_listed(session), *_listed_though_hidden(session)]


def _wrong_counters(session: Session) -> Iterator[str]:
    for model, counted in _COUNTED.items():
        *keys, number = counted.selected_columns.keys()
        columns = [model.__table__.columns[name] for name in (*keys, number)]
        kept = {tuple(key): number for *key, number in session.execute(sa.select(*columns))}
        should = {tuple(key): number for *key, number in session.execute(counted)}
        for key in sorted(key for key in kept | should if kept.get(key) != should.get(key)):
            named = ", ".join(f"{name} “{value}”" for name, value in zip(keys, key, strict=True))
            yield f"{model.__tablename__}, {named}: {kept.get(key, 0)} is kept, {should.get(key, 0)} is right"


def _wrongly_listed(session: Session) -> Iterator[str]:
    for asks in _steps(session):
        stored = listing.stored(session, [ask.id for ask in asks])
        for ask in asks:
            if stored[ask.id] != derive(ask):
                yield f"ask {ask.slug} is not listed as it is"
            if (texts := texts_of(ask)) and not fulltext.holds(session, ask.id, texts):
                yield f"ask {ask.slug} is not found by its words"
        session.expunge_all()


def _listed_though_hidden(session: Session) -> Iterator[str]:
    for ids, fault in (
        (sa.select(Listing.ask_id), "is listed"),
        (sa.select(StatusSpan.ask_id), "has days in the past"),
        (fulltext.indexed(session), "is found by its words"),
    ):
        hidden = sa.select(Ask.slug).where(~PUBLISHED, Ask.id.in_(ids)).order_by(Ask.id)
        yield from (f"ask {slug} {fault}, but is not published" for slug in session.scalars(hidden))


def _steps(session: Session) -> Iterator[list[Ask]]:
    seen = 0
    while asks := list(session.scalars(derivable().where(Ask.id > seen, PUBLISHED).order_by(Ask.id).limit(STEP))):
        seen = asks[-1].id
        yield asks


def _cells() -> sa.Select[Any]:
    cells = sa.union_all(
        sa.select(Listing.scope, Listing.topic, Listing.kind, Listing.status),
        sa.select(Listing.scope, sa.literal_column("''").label("topic"), Listing.kind, Listing.status),
    ).subquery()
    return sa.select(*cells.c, sa.func.count().label("number")).group_by(*cells.c)


def _flows() -> sa.Select[Any]:
    def moves(day: Any, number: int) -> list[sa.Select[Any]]:
        periods = (sa.func.substr(day, 1, 4), day)
        return [
            sa.select(period.label("period"), StatusSpan.status, sa.literal(number).label("number")).where(
                day.is_not(None)
            )
            for period in periods
        ]

    all_moves = sa.union_all(*moves(StatusSpan.begins_on, 1), *moves(StatusSpan.ends_on, -1)).subquery()
    total = sa.func.sum(all_moves.c.number)
    return (
        sa.select(all_moves.c.period, all_moves.c.status, total.label("number"))
        .group_by(all_moves.c.period, all_moves.c.status)
        .having(total != 0)
    )


def _entries() -> Any:
    return (
        sa.select(Update.kind, sa.func.count().label("number"))
        .join(Update.ask)
        .where(PUBLISHED, Update.publication == Publication.PUBLISHED)
        .group_by(Update.kind)
    )


_COUNTED: dict[Counter, sa.Select[Any]] = {AskCount: _cells(), StatusFlow: _flows(), UpdateCount: _entries()}
