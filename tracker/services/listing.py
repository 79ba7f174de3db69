"""Keeps what is derived from the asks (models/listing.py) in step with them, within the transaction that changes them.

Whatever raises the revision also marks the asks that it touched; just before the commit these are derived once
more, some hundreds together, and the counters are changed by the difference.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from tracker.db import fulltext
from tracker.db.rows import insert
from tracker.models import Ask, AskCount, Link, Listing, Scope, StatusFlow, StatusSpan, UpdateCount
from tracker.rules.updates import UpdateKind
from tracker.services import pictures
from tracker.services.derivation import Derived, Row, SpanRow, bodies_of, derivable, derive, kinds_of, texts_of

MARKED = "asks to list anew"
STEP = 200
# By the id of the ask: how many entries of each kind were published in this transaction.
Marked = dict[int, Counter[UpdateKind]]


def mark(session: Session, ask_id: int) -> None:
    """Say that an ask, or something that it shows, changes in this transaction."""
    _marked(session).setdefault(ask_id, Counter())


def mark_asks_of_law(session: Session, law_id: int) -> None:
    """Say that a law changes, and with it the asks that hang on it."""
    for ask_id in session.scalars(sa.select(Link.ask_id).where(Link.legislation_id == law_id).distinct()):
        mark(session, ask_id)


def mark_entry(session: Session, ask_id: int, kind: UpdateKind) -> None:
    """Say that an entry of an ask's story is published in this transaction."""
    _marked(session).setdefault(ask_id, Counter())[kind] += 1


def refresh(session: Session, marked: Marked) -> None:
    """Bring lists, counts and search to what these asks are now."""
    counted: dict[Any, Counter[Any]] = {AskCount: Counter(), StatusFlow: Counter(), UpdateCount: Counter()}
    names: dict[str, str] = {}
    for start in range(0, len(marked), STEP):
        ids = list(marked)[start : start + STEP]
        loaded = derivable().where(Ask.id.in_(ids)).order_by(Ask.id).execution_options(populate_existing=True)
        asks = session.scalars(loaded).all()
        before, after = stored(session, ids), {ask.id: derive(ask) for ask in asks}
        _replace(session, Listing, {id: after[id].rows for id in ids if before[id].rows != after[id].rows})
        _replace(session, StatusSpan, {id: after[id].spans for id in ids if before[id].spans != after[id].spans})
        fulltext.write(session, {ask.id: texts_of(ask) for ask in asks})
        for ask in asks:
            was, now = before[ask.id], after[ask.id]
            _count(counted[AskCount], was.cells, now.cells)
            _count(counted[StatusFlow], was.flows, now.flows)
            entries = kinds_of(ask)
            seen = entries - marked[ask.id] if was.rows else Counter()
            _count(counted[UpdateCount], seen, entries if now.rows else Counter())
            names |= bodies_of(ask) if now.rows else {}
            pictures.refresh(session, ask)
    for model, numbers in counted.items():
        add(session, model, {key: number for key, number in numbers.items() if number})
    name_bodies(session, names)


def stored(session: Session, ask_ids: Sequence[int]) -> dict[int, Derived]:
    """What lists hold of asks."""
    rows, spans = _rows_of(session, Listing, Row, ask_ids), _rows_of(session, StatusSpan, SpanRow, ask_ids)
    return {id: Derived(frozenset(rows[id]), frozenset(spans[id])) for id in ask_ids}


def add(session: Session, model: Any, numbers: Mapping[Any, int]) -> None:
    """Add to counters, which `numbers` names by their primary keys; one that comes to zero goes away."""
    keys = model.__table__.primary_key.columns
    for key, number in numbers.items():
        parts = dict(zip(keys.keys(), key if isinstance(key, tuple) else (key,), strict=True))
        this = sa.and_(*(keys[name] == value for name, value in parts.items()))
        raised = sa.update(model).where(this).values(number=model.number + number)
        if not session.execute(raised).rowcount:  # type: ignore[attr-defined]
            session.execute(sa.insert(model).values(number=number, **parts))
        session.execute(sa.delete(model).where(this, model.number == 0))


def name_bodies(session: Session, names: Mapping[str, str]) -> None:
    """Keep what bodies are called, as the ask that changed last writes it."""
    for scope, name in names.items():
        session.merge(Scope(scope=scope, name=name))


def _marked(session: Session) -> Marked:
    if not sa.event.contains(session, "before_commit", _refresh_marked):
        sa.event.listen(session, "before_commit", _refresh_marked)
        sa.event.listen(session, "after_soft_rollback", _forget_marked)
    marked: Marked = session.info.setdefault(MARKED, {})
    return marked


def _refresh_marked(session: Session) -> None:
    if session.in_nested_transaction():  # the end of a savepoint is announced as a commit too
        return
    session.flush()
    if marked := session.info.pop(MARKED, {}):
        refresh(session, marked)


def _forget_marked(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(MARKED, None)


def _rows_of(session: Session, model: Any, shape: Any, ask_ids: Sequence[int]) -> dict[int, list[Any]]:
    """The rows that lists hold of each ask."""
    columns = (getattr(model, name) for name in shape._fields)
    found: dict[int, list[Any]] = {id: [] for id in ask_ids}
    for ask_id, *row in session.execute(sa.select(model.ask_id, *columns).where(model.ask_id.in_(ask_ids))):
        found[ask_id].append(shape(*row))
    return found


def _replace(session: Session, model: Any, rows: Mapping[int, Iterable[Row | SpanRow]]) -> None:
    """Let lists hold these rows of asks instead of those that they hold."""
    if rows:
        session.execute(sa.delete(model).where(model.ask_id.in_(rows)))
    insert(session, model, [{"ask_id": id, **row._asdict()} for id, of_ask in rows.items() for row in of_ask])


def _count(numbers: Counter[Any], before: Counter[Any], after: Counter[Any]) -> None:
    numbers.update(after)
    numbers.subtract(before)
