"""The rows behind the downloadable files and the JSON records, published records only, read in short steps.

Each step is a reading transaction of its own, so that a long download never holds up a writer. Every statement names
its columns and which records it gives, by their publication: unless told otherwise, published ones of
published asks.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.db.engine import reading
from tracker.models import Ask, Evidence, Legislation, Link, Reply, Source, SuccessTest, Target, TestResult, Update
from tracker.queries.public.as_of import ONLY_PUBLISHED, is_one_of, is_published, is_shown
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.fitting import conditions
from tracker.queries.public.targets import target_rows
from tracker.rules.asks import Particulars, Publication

STEP = 500
Row = sa.Row[*tuple[Any, ...]]
Rows = Iterator[Any]
Statement = sa.Select[*tuple[Any, ...]]
Key = tuple[int, ...]
Which = Sequence[Publication]
Corrected = aliased(Update)
Became = aliased(Legislation)
Replacing = aliased(Ask)
Same = aliased(Ask)
REPLACING_SLUG = Replacing.slug.label("superseded_by")
ASK_SLUG = Ask.slug.label("ask_slug")
UPDATE_KEY = Update.key.label("update_key")
LAW_KEY = Legislation.key.label("law_key")


def asks(which: Which = ONLY_PUBLISHED, *, as_public: bool = False) -> Statement:
    """One row an ask. With `as_public` a published one names no other that is not, as in the files for everybody."""
    columns = _columns(
        Ask,
        "id title kind topic status status_on status_reason reviewed_on summary quote quote_place reading "
        "jurisdictions first_deadline disputed_on disputed_about publication basis short_names",
    )
    asks = sa.select(
        ASK_SLUG,
        *columns,
        *(getattr(Ask, of.name) for of in fields(Particulars)),
        Ask.responsible_bodies.label("responsible_bodies"),
        Source.title.label("source_title"),
        Source.url.label("source_url"),
        Source.published_on.label("source_published_on"),
        Source.author.label("source_author"),
        Source.publisher.label("source_publisher"),
        Source.archived_url.label("source_archived_url"),
        Source.key.label("source_key"),
        REPLACING_SLUG,
        Same.slug.label("same_as"),
    )
    joined = asks.join(Ask.source).outerjoin(Replacing, _names(Replacing, Ask.superseded_by_id, which, as_public))
    joined = joined.outerjoin(Same, _names(Same, Ask.same_as_id, which, as_public))
    return joined.where(is_one_of(Ask.publication, which))


def updates(which: Which = ONLY_PUBLISHED, of_asks: Which = ONLY_PUBLISHED, *, as_public: bool = False) -> Statement:
    """One row an entry of a story; `as_public` as in `asks`."""
    columns = _columns(
        Update,
        "id kind happened_on recorded_at text status reason published_at searched not_found sources_end_on "
        "method_version",
    )
    return (
        sa.select(
            ASK_SLUG, UPDATE_KEY, *columns, Corrected.key.label("corrects"), Replacing.slug.label("superseded_by")
        )
        .join(Update.ask)
        .outerjoin(Corrected, Corrected.id == Update.corrects_id)
        .outerjoin(Replacing, _names(Replacing, Update.superseded_by_id, of_asks, as_public))
        .where(is_one_of(Update.publication, which), is_one_of(Ask.publication, of_asks))
    )


def evidence(which: Which = ONLY_PUBLISHED, of_asks: Which = ONLY_PUBLISHED) -> Statement:
    """One row a piece of evidence of an entry."""
    columns = _columns(Evidence, "id url title publisher published_on type archived_url quote note is_see_also")
    return (
        sa.select(ASK_SLUG, UPDATE_KEY, *columns, (Evidence.position + 1).label("position"))
        .join(Update, Update.id == Evidence.update_id)
        .join(Update.ask)
        .where(is_one_of(Update.publication, which), is_one_of(Ask.publication, of_asks))
    )


def success_tests(of_asks: Which = ONLY_PUBLISHED, *, archived: bool = False) -> Statement:
    """One row a test in use, or also an archived one."""
    columns = _columns(SuccessTest, "id label before result result_on reviewed_on")
    tests = sa.select(ASK_SLUG, SuccessTest.key.label("test_key"), *columns).join(SuccessTest.ask)
    tests = tests.where(is_one_of(Ask.publication, of_asks))
    return tests if archived else tests.where(SuccessTest.is_archived.is_(False))


def results(which: Which = ONLY_PUBLISHED, of_asks: Which = ONLY_PUBLISHED) -> Statement:
    """One row a result that an entry records, also where the test is no longer used."""
    return (
        sa.select(
            ASK_SLUG,
            UPDATE_KEY,
            SuccessTest.key.label("test_key"),
            SuccessTest.label.label("test_label"),
            Update.happened_on,
            *_columns(TestResult, "update_id test_id result"),
        )
        .join(Update, Update.id == TestResult.update_id)
        .join(SuccessTest, SuccessTest.id == TestResult.test_id)
        .join(Update.ask)
        .where(is_one_of(Update.publication, which), is_one_of(Ask.publication, of_asks))
    )


def links(which: Which = ONLY_PUBLISHED, of_asks: Which = ONLY_PUBLISHED, of_laws: Which = ONLY_PUBLISHED) -> Statement:
    """One row a link of an ask to a law."""
    columns = _columns(Link, "id effect provisions extent in_force_on ended_on note")
    return (
        sa.select(ASK_SLUG, LAW_KEY, Legislation.citation, *columns)
        .join(Link.ask)
        .join(Link.legislation)
        .where(
            is_one_of(Link.publication, which),
            is_one_of(Ask.publication, of_asks),
            is_one_of(Legislation.publication, of_laws),
        )
    )


def legislation(which: Which = ONLY_PUBLISHED, became: Which = ONLY_PUBLISHED) -> Statement:
    """One row a law; what a bill became is named where that is one of `became`."""
    columns = _columns(
        Legislation,
        "id kind year number citation title address introduced_on enacted_on lapsed_on note short_names publication",
    )
    return (
        sa.select(LAW_KEY, *columns, Became.key.label("becomes"))
        .outerjoin(Became, (Became.id == Legislation.becomes_id) & is_one_of(Became.publication, became))
        .where(is_one_of(Legislation.publication, which))
    )


def replies(which: Which = ONLY_PUBLISHED, of_asks: Which = ONLY_PUBLISHED) -> Statement:
    """One row a request to reply."""
    columns = _columns(Reply, "id asked asked_on outcome answered_on answer")
    replies = sa.select(ASK_SLUG, Reply.id.label("reply_key"), *columns).join(Reply.ask)
    return replies.where(is_one_of(Reply.publication, which), is_one_of(Ask.publication, of_asks))


def sources(which: Which = ONLY_PUBLISHED) -> Statement:
    """One row a source; those that published asks name are among them."""
    columns = _columns(Source, "id title author author_role publisher published_on url archived_url note")
    rows = sa.select(Source.key.label("source_key"), *columns)
    return rows.where(is_shown(Source) | is_one_of(Source.publication, which))


@dataclass(frozen=True)
class Records:
    """The rows of a file, and the numbers by which they are counted through in steps."""

    statement: Callable[..., Statement]
    key: tuple[Any, ...]

    def after(self, statement: Statement, seen: Key, size: int) -> Statement:
        """At most `size` rows, from the first whose key is above the one seen."""
        return statement.where(sa.tuple_(*self.key) > seen).order_by(*self.key).limit(size)

    def key_of(self, row: Any) -> Key:
        return tuple(getattr(row, column.key) for column in self.key)

    @property
    def start(self) -> Key:
        """Return the key before the first row."""
        return (0,) * len(self.key)


RECORDS: Mapping[str, Records] = {
    "asks": Records(asks, (Ask.id,)),
    "updates": Records(updates, (Update.id,)),
    "evidence": Records(evidence, (Evidence.id,)),
    "tests": Records(success_tests, (SuccessTest.id,)),
    "results": Records(results, (TestResult.update_id, TestResult.test_id)),
    "legislation": Records(legislation, (Legislation.id,)),
    "links": Records(links, (Link.id,)),
    "replies": Records(replies, (Reply.id,)),
    "sources": Records(sources, (Source.id,)),
    "targets": Records(target_rows, (Target.id,)),
}

# What belongs to no single ask, and how an ask has to do with it.
OF_NO_ASK: Mapping[str, tuple[sa.ColumnElement[bool], ...]] = {
    "legislation": (Link.legislation_id == Legislation.id, Link.ask_id == Ask.id, is_published(Link.publication)),
    "sources": (Ask.source_id == Source.id,),
}


def read(engine: sa.Engine, name: str, wanted: AskFilter) -> Rows:
    """Yield a file's rows for the asks that a reader wants; raises UnknownFilter before the first."""
    with reading(engine) as session:
        fitting = conditions(session, wanted)
    records = RECORDS[name]
    statement = records.statement()
    if name not in OF_NO_ASK:
        statement = statement.where(*fitting)
    elif not wanted.is_empty:
        of_asks = (*OF_NO_ASK[name], is_published(Ask.publication))
        statement = statement.where(sa.exists().where(*of_asks, *fitting))
    return in_steps(engine, records, statement)


def in_steps(engine: sa.Engine, records: Records, statement: Statement) -> Rows:
    """The rows by ranges of numbers, so that a step costs the same however few rows a filter leaves.

    They are plain named tuples: a file reads so many of their fields that those of SQLAlchemy's rows cost more than
    all else.
    """
    number = records.key[0]
    plain: Any = namedtuple("Row", statement.selected_columns.keys())  # type: ignore[misc]
    with reading(engine) as session:
        last = session.scalar(sa.select(sa.func.max(number))) or 0
    for start in range(0, last, STEP):
        within = statement.where(number > start, number <= start + STEP).order_by(*records.key)
        with reading(engine, is_patient=True) as session:
            rows = session.connection().execute(within).all()
        yield from map(plain._make, rows)


def _columns(model: Any, names: str) -> list[Any]:
    """The model's columns by name, separated by spaces."""
    return [getattr(model, name) for name in names.split()]


def _names(other: Any, id: Any, which: Which, as_public: bool) -> sa.ColumnElement[bool]:
    """Joins the ask that another names, if it is one of these; a file names no ask that it leaves out."""
    named = sa.and_(other.id == id, is_one_of(other.publication, which))
    both = sa.or_(other.publication == Publication.PUBLISHED, Ask.publication != Publication.PUBLISHED)
    return sa.and_(named, both) if as_public else named
