"""What is told of an ask: its public story with results and evidence, what others say, and private notes of staff."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, Versioned, enum_column, related, sortable
from tracker.models.asks import Ask, SuccessTest
from tracker.models.people import Person
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome
from tracker.rules.publishers import HOST_LENGTH
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind


class Update(Versioned, Base):
    """A dated entry in an ask's story. Once published it is never changed: a trigger refuses it."""

    __tablename__ = "ask_update"
    __table_args__ = (
        sa.UniqueConstraint("ask_id", "key"),
        sa.CheckConstraint("kind <> 'status' OR publication <> 'published' OR status IS NOT NULL", name="names_status"),
        sa.CheckConstraint("kind <> 'correction' OR corrects_id IS NOT NULL", name="names_corrected"),
        sa.CheckConstraint("status IS NULL OR publication <> 'published' OR reason <> ''", name="status_has_reason"),
        sa.CheckConstraint("(publication = 'published') = (published_at IS NOT NULL)", name="published_when"),
        sa.Index("ix_ask_update_ask_id_happened_on", "ask_id", "happened_on", "id", "published_at"),
        sa.Index("ix_ask_update_published", "publication", "published_at", "happened_on", "id"),
        sa.Index("ix_ask_update_published_kind", "publication", "kind", "published_at", "happened_on", "id"),
        sa.Index("ix_ask_update_counted", "publication", "kind", "ask_id"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[UpdateKind] = enum_column(UpdateKind, "kind")
    happened_on: Mapped[PartialDate]
    text: Mapped[str]
    status: Mapped[Status | None] = enum_column(Status, "status")
    reason: Mapped[str] = mapped_column(server_default="")
    superseded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask_update.id"), index=True)
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)
    draft_note: Mapped[str] = mapped_column(server_default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    edited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    sent_back_note: Mapped[str] = mapped_column(server_default="")
    published_at: Mapped[datetime | None]
    searched: Mapped[str] = mapped_column(server_default="")
    not_found: Mapped[str] = mapped_column(server_default="")
    sources_end_on: Mapped[PartialDate | None]
    method_version: Mapped[str] = mapped_column(sa.String(10), server_default="")

    ask: Mapped[Ask] = related(foreign_keys=[ask_id], back_populates="updates")
    author: Mapped[Person | None] = related(foreign_keys=[author_id])
    corrects: Mapped["Update | None"] = related(remote_side="Update.id")
    superseded_by: Mapped[Ask | None] = related(foreign_keys=[superseded_by_id])
    evidence: Mapped[list["Evidence"]] = related(order_by="Evidence.position", cascade="all, delete-orphan")
    results: Mapped[list["TestResult"]] = related(order_by="TestResult.test_id", cascade="all, delete-orphan")


class TestResult(Base):
    """The new result of a test that an update carries."""

    __test__ = False
    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"), primary_key=True)
    test_id: Mapped[int] = mapped_column(sa.ForeignKey("success_test.id"), primary_key=True, index=True)
    result: Mapped[Result] = enum_column(Result, "result")

    test: Mapped[SuccessTest] = related()


class Publisher(Versioned, Base):
    """Who publishes the pages of a host, and who says what stands there; without a publisher it counts no more."""

    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH), unique=True)
    publisher: Mapped[str]
    type: Mapped[EvidenceType] = enum_column(EvidenceType, "type")


class Evidence(Base):
    """A link that supports an update."""

    __table_args__ = (
        sa.UniqueConstraint("update_id", "position"),
        sa.CheckConstraint("url LIKE 'http://%' OR url LIKE 'https://%'", name="url_is_web"),
        sa.CheckConstraint("title <> ''", name="title_present"),
        # An address may be longer than a B-tree of PostgreSQL takes; a hash has no such limit.
        sa.Index("ix_evidence_url", "url", postgresql_using="hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"))
    position: Mapped[int]
    url: Mapped[str]
    title: Mapped[str]
    publisher: Mapped[str] = mapped_column(server_default="")
    published_on: Mapped[PartialDate | None]
    type: Mapped[EvidenceType] = enum_column(EvidenceType, "type")
    archived_url: Mapped[str] = mapped_column(server_default="")
    quote: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    is_see_also: Mapped[bool] = mapped_column(server_default=sa.false())


class StatusSpan(Base):
    """From which day until before which day a published ask had a status, as far as we know today.

    Only services/derived.py writes it, when the story of an ask changes.
    """

    __table_args__ = (
        sa.Index("ix_status_span_begins_on", "begins_on", "ends_on", "status", "ask_id"),
        sa.Index("ix_status_span_ask_id", "ask_id", "begins_on", "ends_on", "status"),
        sa.Index("ix_status_span_happened_on", "happened_on", "ask_id", "begins_on", "ends_on", "status"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    begins_on: Mapped[str] = mapped_column(sortable(10), primary_key=True)
    ends_on: Mapped[str | None] = mapped_column(sortable(10))
    happened_on: Mapped[PartialDate]
    status: Mapped[Status] = enum_column(Status, "status")
    reason: Mapped[str]


class Reply(Versioned, Base):
    """A named person or body that was asked to reply, and what came of it. Internal until published."""

    __table_args__ = (
        sa.CheckConstraint("asked <> ''", name="asked_present"),
        sa.CheckConstraint("(outcome = 'answered') = (answer <> '')", name="answered_has_answer"),
        sa.Index("ix_reply_outcome_due_on", "outcome", "due_on"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    asked: Mapped[str]
    asked_on: Mapped[PartialDate]
    due_on: Mapped[PartialDate]
    outcome: Mapped[Outcome] = enum_column(Outcome, "outcome", Outcome.WAITING)
    answer: Mapped[str] = mapped_column(server_default="")
    answered_on: Mapped[PartialDate | None]
    internal_note: Mapped[str] = mapped_column(server_default="")
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)

    ask: Mapped[Ask] = related(back_populates="replies")


class Note(Base):
    """A private note about an ask, with its author and time. It is never changed and never public."""

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime]
    text: Mapped[str]

    author: Mapped[Person | None] = related()
