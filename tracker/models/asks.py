"""Sources, asks, the bodies that answer for them, and their success tests."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from tracker.db.base import BETWEEN_NAMES, Base, JoinedNames, Versioned, enum_column, related, sortable
from tracker.rules.asks import AskKind, Basis, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.text import TITLE_KEY_LENGTH
from tracker.rules.updates import Result

if TYPE_CHECKING:
    from tracker.models.legislation import Link
    from tracker.models.updates import Reply, Update

# What the filters of the public list offer, to be counted without reading whole asks.
OFFERED = ("publication", "source_id", "topic", "kind", "status")
# What the desk and the page of what we do not know look through, likewise.
DUE = ("review_interval_days", "reviewed_on", "next_step_on", "current_deadline", "first_deadline", "status")


class Source(Versioned, Base):
    """Where asks were made: an article, speech, manifesto or report."""

    __table_args__ = (sa.Index("ix_source_publication_published_on", "publication", "published_on", "title"),)

    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str]
    author: Mapped[str] = mapped_column(server_default="")
    author_role: Mapped[str] = mapped_column(server_default="")
    publisher: Mapped[str] = mapped_column(server_default="")
    published_on: Mapped[PartialDate | None]
    url: Mapped[str] = mapped_column(server_default="")
    archived_url: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    internal_note: Mapped[str] = mapped_column(server_default="")
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)


class Ask(Versioned, Base):
    """One thing that somebody asked to be done.

    The columns `status`, `status_on` and `status_reason` repeat the update in force; only
    services/derived.py writes them. `title_key` is what titles are sorted by. Something is disputed while
    `disputed_on` is there.
    """

    __table_args__ = (
        sa.CheckConstraint("publication IN ('draft', 'put_aside') OR status IS NOT NULL", name="published_has_status"),
        sa.CheckConstraint("(status IS NULL) = (status_on IS NULL)", name="status_has_date"),
        sa.CheckConstraint("review_interval_days BETWEEN 1 AND 730", name="review_interval"),
        sa.CheckConstraint("same_as_id <> id", name="same_as_another"),
        sa.CheckConstraint("title <> '' AND quote <> '' AND summary <> ''", name="wording_present"),
        # In the order of each public list, with all that its filters ask for.
        sa.Index("ix_ask_listed", "publication", "status_on", "id", "status", "kind", "topic"),
        sa.Index("ix_ask_titled", "publication", "title_key", "id", "status", "kind", "topic"),
        sa.Index("ix_ask_title", "title", "id"),
        sa.Index("ix_ask_due", "publication", *DUE),
        sa.Index("ix_ask_offered", *OFFERED, "jurisdictions").ddl_if(dialect="sqlite"),
        sa.Index("ix_ask_offered", *OFFERED).ddl_if(dialect="postgresql"),  # which cannot sort JSON
        sa.Index("ix_ask_next_step_on", "next_step_on"),
        sa.Index("ix_ask_first_deadline", "first_deadline"),
        sa.Index("ix_ask_current_deadline", "current_deadline"),
    )

    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str]
    title_key: Mapped[str] = mapped_column(sortable(TITLE_KEY_LENGTH), server_default="")
    kind: Mapped[AskKind] = enum_column(AskKind, "kind")
    topic: Mapped[str] = mapped_column(sa.String(60))
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    quote: Mapped[str]
    quote_place: Mapped[str] = mapped_column(server_default="")
    summary: Mapped[str]
    reading: Mapped[str] = mapped_column(server_default="")
    jurisdictions: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    short_names: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    government_position: Mapped[str] = mapped_column(server_default="")
    next_step: Mapped[str] = mapped_column(server_default="")
    next_step_on: Mapped[PartialDate | None]
    first_deadline: Mapped[PartialDate | None]
    current_deadline: Mapped[PartialDate | None]
    deadline_note: Mapped[str] = mapped_column(server_default="")
    review_interval_days: Mapped[int] = mapped_column(server_default="90")
    reviewed_on: Mapped[PartialDate | None]
    internal_note: Mapped[str] = mapped_column(server_default="")
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)
    status: Mapped[Status | None] = enum_column(Status, "status")
    status_on: Mapped[PartialDate | None]
    status_reason: Mapped[str] = mapped_column(server_default="")
    superseded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    same_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    disputed_on: Mapped[PartialDate | None]
    disputed_about: Mapped[str] = mapped_column(server_default="")
    basis: Mapped[Basis | None] = enum_column(Basis, "basis")
    is_said_defamatory: Mapped[bool] = mapped_column(server_default=sa.false())
    answer_due_on: Mapped[PartialDate | None] = mapped_column(index=True)

    if TYPE_CHECKING:
        # The names of the bodies that answer for it, read when somebody asks for them. services/bodies.py writes them.
        responsible_bodies: Mapped[list[str]]

    source: Mapped[Source] = related()
    tests: Mapped[list["SuccessTest"]] = related(order_by="SuccessTest.id", back_populates="ask")
    updates: Mapped[list["Update"]] = related(foreign_keys="Update.ask_id", back_populates="ask")
    links: Mapped[list["Link"]] = related(order_by="Link.id", back_populates="ask")
    replies: Mapped[list["Reply"]] = related(order_by="Reply.id", back_populates="ask")
    superseded_by: Mapped["Ask | None"] = related(remote_side="Ask.id", foreign_keys=[superseded_by_id])


class Body(Versioned, Base):
    """An organisation that answers for asks. It keeps its slug when its name changes.

    Two spellings of a name have the same `name_key`.
    """

    __table_args__ = (sa.CheckConstraint("name <> ''", name="name_present"),)

    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    short_names: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")


class AskBody(Base):
    """A body that answers for an ask, and its place among those of the ask."""

    __table_args__ = (sa.UniqueConstraint("body_id", "ask_id"),)

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))


def joined_of_bodies(column: sa.ColumnElement[str]) -> sa.ColumnElement[list[str]]:
    """Return what this column says of the bodies of an ask, in their order, for statements about asks."""
    of_ask = sa.select(column).join(AskBody, AskBody.body_id == Body.id).where(AskBody.ask_id == Ask.id)
    rows = of_ask.order_by(AskBody.position).correlate(Ask).subquery()
    one = sa.select(sa.func.aggregate_strings(rows.c[0], BETWEEN_NAMES)).scalar_subquery()
    return sa.type_coerce(one, JoinedNames)


Ask.responsible_bodies = column_property(joined_of_bodies(Body.__table__.c.name), deferred=True, expire_on_flush=False)


class FormerSlug(Base):
    """A slug that an ask had before; its address redirects."""

    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)


class SuccessTest(Versioned, Base):
    """A yes/no test by which an ask is judged. Only services/derived.py writes `result`."""

    __table_args__ = (
        sa.UniqueConstraint("ask_id", "key"),
        sa.CheckConstraint("label <> ''", name="label_present"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    label: Mapped[str]
    before: Mapped[Result] = enum_column(Result, "before", Result.UNKNOWN)
    result: Mapped[Result] = enum_column(Result, "result", Result.UNKNOWN)
    result_on: Mapped[PartialDate | None]
    reviewed_on: Mapped[PartialDate | None]
    is_archived: Mapped[bool] = mapped_column(server_default=sa.false())

    ask: Mapped[Ask] = related(back_populates="tests")
