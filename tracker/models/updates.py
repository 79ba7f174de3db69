"""The public story of an ask: updates, the test results that they carry, and their evidence."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db.base import Base, PartialDateColumn, UtcDateTime, Versioned, enum_column, partial_date_check
from tracker.models.asks import Ask, SuccessTest
from tracker.models.people import Person
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.publishers import HOST_LENGTH
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind


class Update(Versioned, Base):
    """A dated entry in an ask's story. Once published it is never changed: a trigger refuses it."""

    __tablename__ = "ask_update"
    __table_args__ = (
        sa.UniqueConstraint("ask_id", "key"),
        partial_date_check("happened_on"),
        partial_date_check("sources_end_on"),
        sa.CheckConstraint("kind <> 'status' OR publication <> 'published' OR status IS NOT NULL", name="names_status"),
        sa.CheckConstraint("kind <> 'correction' OR corrects_id IS NOT NULL", name="names_corrected"),
        sa.CheckConstraint("status IS NULL OR publication <> 'published' OR reason <> ''", name="status_has_reason"),
        sa.CheckConstraint("(publication = 'published') = (published_at IS NOT NULL)", name="published_when"),
        sa.Index("ix_ask_update_ask_id_happened_on", "ask_id", "happened_on", "id"),
        sa.Index("ix_ask_update_published", "publication", "published_at", "happened_on", "id"),
        sa.Index("ix_ask_update_published_kind", "publication", "kind", "published_at", "happened_on", "id"),
        sa.Index("ix_ask_update_counted", "publication", "kind", "ask_id"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[UpdateKind] = mapped_column(enum_column(UpdateKind, "kind"))
    happened_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    text: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[Status | None] = mapped_column(enum_column(Status, "status"))
    reason: Mapped[str] = mapped_column(sa.Text, server_default="")
    superseded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask_update.id"), index=True)
    publication: Mapped[Publication] = mapped_column(
        enum_column(Publication, "publication"), server_default=Publication.DRAFT.value
    )
    draft_note: Mapped[str] = mapped_column(sa.Text, server_default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    edited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_back_note: Mapped[str] = mapped_column(sa.Text, server_default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    searched: Mapped[str] = mapped_column(sa.Text, server_default="")
    not_found: Mapped[str] = mapped_column(sa.Text, server_default="")
    sources_end_on: Mapped[PartialDate | None] = mapped_column(PartialDateColumn)
    method_version: Mapped[str] = mapped_column(sa.String(10), server_default="")

    ask: Mapped[Ask] = relationship(lazy="raise_on_sql", foreign_keys=[ask_id], back_populates="updates")
    author: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
    corrects: Mapped["Update | None"] = relationship(lazy="raise_on_sql", remote_side="Update.id")
    superseded_by: Mapped[Ask | None] = relationship(lazy="raise_on_sql", foreign_keys=[superseded_by_id])
    evidence: Mapped[list["Evidence"]] = relationship(
        lazy="raise_on_sql", order_by="Evidence.position", cascade="all, delete-orphan"
    )
    results: Mapped[list["TestResult"]] = relationship(
        lazy="raise_on_sql", order_by="TestResult.test_id", cascade="all, delete-orphan"
    )


class TestResult(Base):
    """The new result of a test that an update carries."""

    __test__ = False
    __tablename__ = "test_result"

    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"), primary_key=True)
    test_id: Mapped[int] = mapped_column(sa.ForeignKey("success_test.id"), primary_key=True, index=True)
    result: Mapped[Result] = mapped_column(enum_column(Result, "result"))

    test: Mapped[SuccessTest] = relationship(lazy="raise_on_sql")


class Publisher(Versioned, Base):
    """Who publishes the pages of a host, and who says what stands there; without a publisher it counts no more."""

    __tablename__ = "publisher"

    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH), unique=True)
    publisher: Mapped[str] = mapped_column(sa.Text)
    type: Mapped[EvidenceType] = mapped_column(enum_column(EvidenceType, "type"))


class Evidence(Base):
    """A link that supports an update."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.UniqueConstraint("update_id", "position"),
        partial_date_check("published_on"),
        sa.CheckConstraint("url LIKE 'http://%' OR url LIKE 'https://%'", name="url_is_web"),
        sa.CheckConstraint("title <> ''", name="title_present"),
        # An address may be longer than a B-tree of PostgreSQL takes; a hash has no such limit.
        sa.Index("ix_evidence_url", "url", postgresql_using="hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"))
    position: Mapped[int]
    url: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text)
    publisher: Mapped[str] = mapped_column(sa.Text, server_default="")
    published_on: Mapped[PartialDate | None] = mapped_column(PartialDateColumn)
    type: Mapped[EvidenceType] = mapped_column(enum_column(EvidenceType, "type"))
    archived_url: Mapped[str] = mapped_column(sa.Text, server_default="")
    quote: Mapped[str] = mapped_column(sa.Text, server_default="")
    note: Mapped[str] = mapped_column(sa.Text, server_default="")
    is_see_also: Mapped[bool] = mapped_column(server_default=sa.false())
