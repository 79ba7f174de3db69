"""What official records say: findings, the entries that tell them, and when a machine looked."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, PartialDateColumn, UtcDateTime, Versioned, enum_column, partial_date_check
from tracker.rules.dates import PartialDate
from tracker.rules.findings import FindingState, LookOutcome, Sight


class Finding(Versioned, Base):
    """Something that an official record says. `outside_key` names the thing there, `digest` is of what is said of it.

    A changed value is a new finding, and `replaces_id` names the old one. `fills` is the column of the subject that
    the date belongs in, where there is one; `tells` are words for the story.
    """

    __tablename__ = "finding"
    __table_args__ = (
        sa.UniqueConstraint("outside_key", "digest"),
        partial_date_check("happened_on"),
        sa.CheckConstraint("state <> 'dismissed' OR reason <> ''", name="dismissed_has_reason"),
        sa.CheckConstraint("(state IN ('told', 'dismissed')) = (decided_at IS NOT NULL)", name="decided_when"),
        sa.Index("ix_finding_state", "state", "seen_at", "id"),
        sa.Index("ix_finding_subject", "subject_kind", "subject_id", "state"),
    )

    kind: Mapped[str] = mapped_column(sa.String(30))
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int]
    outside_key: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    says: Mapped[str] = mapped_column(sa.Text)
    tells: Mapped[str] = mapped_column(sa.Text)
    happened_on: Mapped[PartialDate | None] = mapped_column(PartialDateColumn)
    address: Mapped[str] = mapped_column(sa.Text)
    page_title: Mapped[str] = mapped_column(sa.Text)
    fills: Mapped[str] = mapped_column(sa.String(20), server_default="")
    raw: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[FindingState] = mapped_column(
        enum_column(FindingState, "state"), server_default=FindingState.NEW.value
    )
    reason: Mapped[str] = mapped_column(sa.Text, server_default="")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("finding.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Telling(Base):
    """An entry of a story that tells a finding; the finding is told once such an entry is published."""

    __tablename__ = "telling"

    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"), index=True)


class Look(Base):
    """One look of a machine at a part of the official record: how it went, and how many records it read."""

    __tablename__ = "look"
    __table_args__ = (sa.Index("ix_look_source", "source", "looked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(20))
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[LookOutcome] = mapped_column(enum_column(LookOutcome, "outcome"))
    sentence: Mapped[str] = mapped_column(sa.Text, server_default="")
    etag: Mapped[str] = mapped_column(sa.Text, server_default="")
    last_modified: Mapped[str] = mapped_column(sa.Text, server_default="")
    sha256: Mapped[str] = mapped_column(sa.String(64), server_default="")
    records: Mapped[int] = mapped_column(server_default="0")


class EvidenceLook(Base):
    """When a machine last asked for a page of evidence, and what it saw there and when; a refusal is no sight."""

    __tablename__ = "evidence_look"
    __table_args__ = (sa.CheckConstraint("(sight IS NULL) = (seen_at IS NULL)", name="seen_when"),)

    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sight: Mapped[Sight | None] = mapped_column(enum_column(Sight, "sight"))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
