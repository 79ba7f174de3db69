"""Around an ask: who was asked to reply, and private notes of staff."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db.base import Base, PartialDateColumn, UtcDateTime, Versioned, enum_column, partial_date_check
from tracker.models.asks import Ask
from tracker.models.people import Person
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.replies import Outcome


class Reply(Versioned, Base):
    """A named person or body that was asked to reply, and what came of it. Internal until published."""

    __tablename__ = "reply"
    __table_args__ = (
        partial_date_check("asked_on"),
        partial_date_check("due_on"),
        partial_date_check("answered_on"),
        sa.CheckConstraint("asked <> ''", name="asked_present"),
        sa.CheckConstraint("(outcome = 'answered') = (answer <> '')", name="answered_has_answer"),
        sa.Index("ix_reply_outcome_due_on", "outcome", "due_on"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    asked: Mapped[str] = mapped_column(sa.Text)
    asked_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    due_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome, "outcome"), server_default=Outcome.WAITING.value)
    answer: Mapped[str] = mapped_column(sa.Text, server_default="")
    answered_on: Mapped[PartialDate | None] = mapped_column(PartialDateColumn)
    internal_note: Mapped[str] = mapped_column(sa.Text, server_default="")
    publication: Mapped[Publication] = mapped_column(
        enum_column(Publication, "publication"), server_default=Publication.DRAFT.value
    )

    ask: Mapped[Ask] = relationship(lazy="raise_on_sql", back_populates="replies")


class Note(Base):
    """A private note about an ask, with its author and time. It is never changed and never public."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text)

    author: Mapped[Person | None] = relationship(lazy="raise_on_sql")
