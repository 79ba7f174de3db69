"""Keeps what is derived from the asks (models/listing.py) in step with them, within the transaction that changes them.

Whatever raises the revision also marks the asks that it touched; just before the commit each of these is derived once
more, and the counters are changed by the difference.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from tracker.db import fulltext
from tracker.models import Ask, AskCount, Link, Listing, Scope, StatusFlow, StatusSpan, UpdateCount
from tracker.rules.updates import UpdateKind
from tracker.services import pictures
from tracker.services.derivation import Derived, Row, SpanRow, bodies_of, derivable, derive, kinds_of, texts_of

MARKED = "asks to list anew"
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


def refresh(session: Session, ask_id: int, new_entries: Counter[UpdateKind]) -> None:
    """Bring lists, counts and search to what an ask is now; `new_entries` were published in this transaction."""
    loaded = derivable().where(Ask.id == ask_id).execution_options(populate_existing=True)
    ask = session.scalars(loaded).one()
    before, after = stored(session, ask_id), derive(ask)
    if before.rows != after.rows:
        _replace(session, Listing, ask_id, after.rows)
    if after.rows:
        name_bodies(session, bodies_of(ask))
    if before.spans != after.spans:
        _replace(session, StatusSpan, ask_id, after.spans)
    add(session, AskCount, _difference(before.cells, after.cells))
    add(session, StatusFlow, _difference(before.flows, after.flows))
    all_entries = kinds_of(ask)
    counted = all_entries - new_entries if before.rows else Counter()
    add(session, UpdateCount, _difference(counted, all_entries if after.rows else Counter()))
    fulltext.write(session, ask_id, texts_of(ask))
    pictures.refresh(session, ask)


def stored(session: Session, ask_id: int) -> Derived:
    """What lists hold of an ask."""
    rows = session.execute(_select(Listing, Row).where(Listing.ask_id == ask_id))
    spans = session.execute(_select(StatusSpan, SpanRow).where(StatusSpan.ask_id == ask_id))
    return Derived(frozenset(Row(*row) for row in rows), frozenset(SpanRow(*span) for span in spans))


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
    for ask_id, new_entries in session.info.pop(MARKED, {}).items():
        refresh(session, ask_id, new_entries)


def _forget_marked(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(MARKED, None)


def _select(model: Any, shape: Any) -> sa.Select[Any]:
    return sa.select(*(getattr(model, name) for name in shape._fields))


def _replace(session: Session, model: Any, ask_id: int, rows: Iterable[Row | SpanRow]) -> None:
    session.execute(sa.delete(model).where(model.ask_id == ask_id))
    values = [{"ask_id": ask_id, **row._asdict()} for row in rows]
    if values:
        session.execute(sa.insert(model), values)


def _difference(before: Counter[Any], after: Counter[Any]) -> dict[Any, int]:
    return {key: after[key] - before[key] for key in {*before, *after} if after[key] != before[key]}
