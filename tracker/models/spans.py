"""Which status an ask had on which days. Only services/derived.py writes it, when the story of an ask changes."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, PartialDateColumn, enum_column, sortable
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status


class StatusSpan(Base):
    """From which day until before which day a published ask had a status, as far as we know today."""

    __tablename__ = "status_span"
    __table_args__ = (
        sa.Index("ix_status_span_begins_on", "begins_on", "ask_id", "ends_on", "status"),
        sa.Index("ix_status_span_ends_on", "ends_on", "status"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    begins_on: Mapped[str] = mapped_column(sortable(10), primary_key=True)
    ends_on: Mapped[str | None] = mapped_column(sortable(10))
    happened_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    status: Mapped[Status] = mapped_column(enum_column(Status, "status"))
    reason: Mapped[str] = mapped_column(sa.Text)
