"""The rows behind the downloadable files, published records only, read in short steps.

Each step is a reading transaction of its own, so that a long download never holds up a writer.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.db.engine import reading
from tracker.models import Ask, Evidence, Legislation, Link, Source, SuccessTest, Update
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import Publication
from tracker.rules.legislation import KINDS

STEP = 500
Rows = Iterator[Any]
Statement = sa.Select[*tuple[Any, ...]]
PUBLISHED = Publication.PUBLISHED
Corrected = aliased(Update)
Became = aliased(Legislation)


class ExportRow:
    """A row whose columns are attributes, with what is derived from them."""

    def __init__(self, row: sa.Row[Any]) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    @property
    def family(self) -> Any:
        return self._row.status.family

    @property
    def kind_label(self) -> str:
        return KINDS.get(self._row.kind, KINDS["other"])


def asks() -> Statement:
    """One row an ask."""
    columns = [c for c in Ask.__table__.columns if c.key not in {"slug", "internal_note", "search_text", "version"}]
    return sa.select(
        Ask.slug.label("ask_slug"),
        *columns,
        Source.title.label("source_title"),
        Source.url.label("source_url"),
        Source.published_on.label("source_published_on"),
    ).join(Ask.source)


def updates() -> Statement:
    """One row a published entry."""
    return (
        sa.select(
            Update.id,
            Ask.slug.label("ask_slug"),
            Update.key.label("update_key"),
            Update.kind,
            Update.happened_on,
            Update.recorded_at,
            Update.text,
            Update.status,
            Update.reason,
            Corrected.key.label("corrects"),
        )
        .join(Update.ask)
        .outerjoin(Corrected, Corrected.id == Update.corrects_id)
        .where(Update.publication == PUBLISHED)
    )


def evidence() -> Statement:
    """One row a piece of evidence of a published entry."""
    return (
        sa.select(
            Evidence.id,
            Ask.slug.label("ask_slug"),
            Update.key.label("update_key"),
            (Evidence.position + 1).label("position"),
            Evidence.url,
            Evidence.title,
            Evidence.publisher,
            Evidence.published_on,
            Evidence.type,
            Evidence.archived_url,
            Evidence.quote,
            Evidence.note,
        )
        .join(Update, Update.id == Evidence.update_id)
        .join(Update.ask)
        .where(Update.publication == PUBLISHED)
    )


def tests() -> Statement:
    """One row a test."""
    return (
        sa.select(
            SuccessTest.id,
            Ask.slug.label("ask_slug"),
            SuccessTest.key.label("test_key"),
            SuccessTest.label,
            SuccessTest.result,
            SuccessTest.result_on,
            SuccessTest.reviewed_on,
        )
        .join(SuccessTest.ask)
        .where(SuccessTest.is_archived.is_(False))
    )


def links() -> Statement:
    """One row a published link to a published law."""
    return (
        sa.select(
            Link.id,
            Ask.slug.label("ask_slug"),
            Legislation.key.label("law_key"),
            Legislation.citation,
            Link.effect,
            Link.provisions,
            Link.extent,
            Link.in_force_on,
            Link.note,
        )
        .join(Link.ask)
        .join(Link.legislation)
        .where(Link.publication == PUBLISHED, Legislation.publication == PUBLISHED)
    )


def legislation() -> Statement:
    """One row a published law."""
    return (
        sa.select(
            Legislation.id,
            Legislation.key.label("law_key"),
            Legislation.kind,
            Legislation.year,
            Legislation.number,
            Legislation.citation,
            Legislation.title,
            Legislation.address,
            Legislation.introduced_on,
            Legislation.enacted_on,
            Legislation.lapsed_on,
            Became.key.label("becomes"),
            Legislation.note,
        )
        .outerjoin(Became, (Became.id == Legislation.becomes_id) & (Became.publication == PUBLISHED))
        .where(Legislation.publication == PUBLISHED)
    )


# For each file: its rows, and the column by which they are read in steps.
STATEMENTS: Mapping[str, tuple[Callable[[], Statement], Any]] = {
    "asks": (asks, Ask.id),
    "updates": (updates, Update.id),
    "evidence": (evidence, Evidence.id),
    "tests": (tests, SuccessTest.id),
    "legislation": (legislation, Legislation.id),
    "links": (links, Link.id),
}


def read(engine: sa.Engine, name: str, wanted: AskFilter, topics: Mapping[str, str]) -> Rows:
    """Yield a file's rows for the asks that a reader wants; raises UnknownFilter before the first."""
    make, order = STATEMENTS[name]
    conditions = wanted.conditions(topics)
    if name != "legislation":
        statement = make().where(*conditions)
    elif wanted.is_empty:
        statement = make()
    else:
        linked = sa.select(Link.legislation_id).join(Link.ask).where(*conditions, Link.publication == PUBLISHED)
        statement = make().where(Legislation.id.in_(linked))
    return _in_steps(engine, statement, order)


def _in_steps(engine: sa.Engine, statement: Statement, order: Any) -> Rows:
    seen = 0
    while True:
        with reading(engine) as session:
            rows = session.execute(statement.where(order > seen).order_by(order).limit(STEP)).all()
        if not rows:
            return
        yield from map(ExportRow, rows)
        seen = rows[-1].id
