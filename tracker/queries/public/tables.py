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
Replacing = aliased(Ask)
ASK_SLUG = Ask.slug.label("ask_slug")
UPDATE_KEY = Update.key.label("update_key")
LAW_KEY = Legislation.key.label("law_key")


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
    internal = {"slug", "internal_note", "search_text", "version"}
    asks = sa.select(
        ASK_SLUG,
        *(column for column in Ask.__table__.columns if column.key not in internal),
        Source.title.label("source_title"),
        Source.url.label("source_url"),
        Source.published_on.label("source_published_on"),
        Replacing.slug.label("superseded_by"),
    )
    return asks.join(Ask.source).outerjoin(Replacing, Replacing.id == Ask.superseded_by_id)


def updates() -> Statement:
    """One row a published entry."""
    columns = _columns(Update, "id kind happened_on recorded_at text status reason")
    return (
        sa.select(ASK_SLUG, UPDATE_KEY, *columns, Corrected.key.label("corrects"))
        .join(Update.ask)
        .outerjoin(Corrected, Corrected.id == Update.corrects_id)
        .where(Update.publication == PUBLISHED)
    )


def evidence() -> Statement:
    """One row a piece of evidence of a published entry."""
    columns = _columns(Evidence, "id url title publisher published_on type archived_url quote note")
    return (
        sa.select(ASK_SLUG, UPDATE_KEY, *columns, (Evidence.position + 1).label("position"))
        .join(Update, Update.id == Evidence.update_id)
        .join(Update.ask)
        .where(Update.publication == PUBLISHED)
    )


def tests() -> Statement:
    """One row a test."""
    columns = _columns(SuccessTest, "id label result result_on reviewed_on")
    return (
        sa.select(ASK_SLUG, SuccessTest.key.label("test_key"), *columns)
        .join(SuccessTest.ask)
        .where(SuccessTest.is_archived.is_(False))
    )


def links() -> Statement:
    """One row a published link to a published law."""
    columns = _columns(Link, "id effect provisions extent in_force_on note")
    return (
        sa.select(ASK_SLUG, LAW_KEY, Legislation.citation, *columns)
        .join(Link.ask)
        .join(Link.legislation)
        .where(Link.publication == PUBLISHED, Legislation.publication == PUBLISHED)
    )


def legislation() -> Statement:
    """One row a published law."""
    columns = _columns(
        Legislation, "id kind year number citation title address introduced_on enacted_on lapsed_on note"
    )
    return (
        sa.select(LAW_KEY, *columns, Became.key.label("becomes"))
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


def _columns(model: Any, names: str) -> list[Any]:
    """The model's columns by name, separated by spaces."""
    return [getattr(model, name) for name in names.split()]
