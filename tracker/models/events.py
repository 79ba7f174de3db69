"""The append-only event log and the revision of the public content."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base
from tracker.rules.chain import GENESIS


class Event(Base):
    """One change: who, when, what before and after. Triggers refuse to change or delete a row.

    Since format 2 commitments stand in place of the names of staff: see rules/chain.py. Texts change only when words
    are taken down; `hash` is then still that of the entry as it was written.
    """

    __table_args__ = (
        sa.Index("ix_event_subject", "subject", "subject_id"),
        sa.Index("ix_event_ask_id", "ask_id", "id"),
        sa.Index("ix_event_at", "at", "id"),
        sa.Index("ix_event_action", "action", "id"),
        sa.CheckConstraint("id > 0", name="id_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int]
    subject_name: Mapped[str]
    ask_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ask.id"))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(server_default="")
    request_id: Mapped[str] = mapped_column(sa.String(40), server_default="")
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    format: Mapped[int] = mapped_column(server_default="1")


class PersonalDetail(Base):
    """A name or e-mail address that a member of staff has had; in the log stands its commitment.

    Triggers refuse to change a row, and to delete one before the log says that the person was erased.
    """

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(64))
    commitment: Mapped[str] = mapped_column(sa.String(64), unique=True)


class Revision(Base):
    """One row: how many transactions have changed what the public sees, and how far the log was with the last.

    `is_taking_down` is true only within the transaction that takes words down; the triggers ask for it.
    """

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(server_default="0")
    checkpoint_number: Mapped[int] = mapped_column(server_default="0")
    checkpoint_hash: Mapped[str] = mapped_column(sa.String(64), server_default=GENESIS)
    is_taking_down: Mapped[bool] = mapped_column(server_default=sa.false())
