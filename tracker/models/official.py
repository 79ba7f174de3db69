"""What official records say: findings and looks; who is asked to be sanctioned, and the UK Sanctions List."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, Versioned, enum_column, related
from tracker.models.asks import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.official import FindingState, LookOutcome, Sight, TargetKind, TargetState


class Finding(Versioned, Base):
    """Something that an official record says. `outside_key` names the thing there, `digest` is of what is said of it.

    A changed value is a new finding, and `replaces_id` names the old one. `fills` is the column of the subject that
    the date belongs in, where there is one; `tells` are words for the story.
    """

    __table_args__ = (
        sa.UniqueConstraint("outside_key", "digest"),
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
    says: Mapped[str]
    tells: Mapped[str]
    happened_on: Mapped[PartialDate | None]
    address: Mapped[str]
    page_title: Mapped[str]
    fills: Mapped[str] = mapped_column(sa.String(20), server_default="")
    raw: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    seen_at: Mapped[datetime]
    state: Mapped[FindingState] = enum_column(FindingState, "state", FindingState.NEW)
    reason: Mapped[str] = mapped_column(server_default="")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("finding.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]


class Telling(Base):
    """An entry of a story that tells a finding; the finding is told once such an entry is published."""

    update_id: Mapped[int] = mapped_column(sa.ForeignKey("ask_update.id"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"), index=True)


class Look(Base):
    """One look of a machine at a part of the official record: how it went, and how many records it read."""

    __table_args__ = (sa.Index("ix_look_source", "source", "looked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(20))
    looked_at: Mapped[datetime]
    outcome: Mapped[LookOutcome] = enum_column(LookOutcome, "outcome")
    sentence: Mapped[str] = mapped_column(server_default="")
    etag: Mapped[str] = mapped_column(server_default="")
    last_modified: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str] = mapped_column(sa.String(64), server_default="")
    records: Mapped[int] = mapped_column(server_default="0")


class EvidenceLook(Base):
    """When a machine last asked for a page of evidence, and what it saw there and when; a refusal is no sight."""

    __table_args__ = (sa.CheckConstraint("(sight IS NULL) = (seen_at IS NULL)", name="seen_when"),)

    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    asked_at: Mapped[datetime]
    sight: Mapped[Sight | None] = enum_column(Sight, "sight")
    seen_at: Mapped[datetime | None]


class Designation(Base):
    """An entry of the UK Sanctions List. Its name and measures are kept only while a target follows it.

    `first_seen` and `last_seen` are days of lists; `last_seen` and `removed_on`, the day of the first list without it,
    are empty while it is on the list. `listed_on` is empty where the list does not say.
    """

    __table_args__ = (
        sa.CheckConstraint("(last_seen IS NULL) = (removed_on IS NULL)", name="removed_was_seen"),
        sa.Index("ix_designation_regime", "regime"),
    )

    unique_id: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    regime: Mapped[str]
    kind: Mapped[TargetKind] = enum_column(TargetKind, "kind")
    listed_on: Mapped[PartialDate | None]
    first_seen: Mapped[PartialDate]
    last_seen: Mapped[PartialDate | None]
    removed_on: Mapped[PartialDate | None]
    name: Mapped[str] = mapped_column(server_default="")
    measures: Mapped[str] = mapped_column(server_default="")


class SanctionsList(Base):
    """A list that was taken: its day, and when we read it first."""

    day: Mapped[PartialDate] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]


class Target(Versioned, Base):
    """A person, body or ship that an ask wants put under sanctions.

    The log holds `commitment` in place of `asked_as` and `words`, which can be erased together with `salt`.
    `candidates` are entries of the list that a person has yet to compare. The public reads the name if it `is_shown`.
    """

    __table_args__ = (
        sa.UniqueConstraint("ask_id", "position"),
        sa.CheckConstraint("(state = 'listed') = (unique_id IS NOT NULL)", name="listed_has_id"),
        sa.CheckConstraint("(state IN ('listed', 'not_listed')) = (confirmed_at IS NOT NULL)", name="confirmed_when"),
        sa.CheckConstraint("NOT is_shown OR (asked_as <> '' AND confirmed_at IS NOT NULL)", name="shown_is_confirmed"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"))
    position: Mapped[int]
    kind: Mapped[TargetKind] = enum_column(TargetKind, "kind")
    asked_as: Mapped[str]
    words: Mapped[str] = mapped_column(server_default="")
    salt: Mapped[str] = mapped_column(sa.String(64))
    commitment: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[TargetState] = enum_column(TargetState, "state", TargetState.UNSURE)
    unique_id: Mapped[str | None] = mapped_column(sa.ForeignKey("designation.unique_id"), index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    is_shown: Mapped[bool] = mapped_column(server_default=sa.false())
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list, server_default="[]")

    ask: Mapped[Ask] = related()
    designation: Mapped[Designation | None] = related()
