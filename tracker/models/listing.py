"""What is derived from the asks and their stories, so that no page has to search or count through them.

Only services/listing.py writes these tables, in the transaction that changes an ask. All of them can be made anew
from the other tables: `tracker db rebuild`.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, PartialDateColumn, enum_column, sortable
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind

SCOPE_LENGTH = 170
TITLE_KEY_LENGTH = 80


class Listing(Base):
    """A published ask in a scope: "" for all asks, `body/<slug>` or `law/<key>` for those of a body or a law.

    The indexes end in an order of the status page, so each of its lists is read in that order from where it begins.
    """

    __tablename__ = "listing"
    __table_args__ = (
        sa.Index("ix_listing_changed", "scope", "kind", "status", "changed_on", "ask_id"),
        sa.Index("ix_listing_title", "scope", "kind", "status", "title_key", "ask_id"),
        sa.Index("ix_listing_topic_changed", "scope", "topic", "kind", "status", "changed_on", "ask_id"),
        sa.Index("ix_listing_topic_title", "scope", "topic", "kind", "status", "title_key", "ask_id"),
        sa.Index("ix_listing_ask_id", "ask_id"),
    )

    scope: Mapped[str] = mapped_column(sortable(SCOPE_LENGTH), primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[AskKind] = mapped_column(enum_column(AskKind, "kind"))
    status: Mapped[Status] = mapped_column(enum_column(Status, "status"))
    changed_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    title_key: Mapped[str] = mapped_column(sortable(TITLE_KEY_LENGTH))


class StatusSpan(Base):
    """From which day until before which day a published ask had a status, as far as we know today."""

    __tablename__ = "status_span"
    __table_args__ = (
        sa.Index("ix_status_span_begins_on", "begins_on", "ask_id"),
        sa.Index("ix_status_span_status", "status", "begins_on", "ask_id"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    begins_on: Mapped[str] = mapped_column(sortable(10), primary_key=True)
    ends_on: Mapped[str | None] = mapped_column(sortable(10))
    happened_on: Mapped[PartialDate] = mapped_column(PartialDateColumn)
    status: Mapped[Status] = mapped_column(enum_column(Status, "status"))
    reason: Mapped[str] = mapped_column(sa.Text)


class Scope(Base):
    """What the scope of a body is called."""

    __tablename__ = "scope"

    scope: Mapped[str] = mapped_column(sortable(SCOPE_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)


class AskCount(Base):
    """How many asks of a scope have this topic ("": any), kind and status."""

    __tablename__ = "ask_count"
    __table_args__ = (sa.Index("ix_ask_count_topic", "topic", "scope"),)

    scope: Mapped[str] = mapped_column(sortable(SCOPE_LENGTH), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    kind: Mapped[AskKind] = mapped_column(enum_column(AskKind, "kind"), primary_key=True)
    status: Mapped[Status] = mapped_column(enum_column(Status, "status"), primary_key=True)
    number: Mapped[int]


class StatusFlow(Base):
    """By how many asks a status grew in a period: a year ("2020"), and each of its days ("2020-07-06")."""

    __tablename__ = "status_flow"

    period: Mapped[str] = mapped_column(sortable(10), primary_key=True)
    status: Mapped[Status] = mapped_column(enum_column(Status, "status"), primary_key=True)
    number: Mapped[int]


class UpdateCount(Base):
    """How many published entries of a kind the stories of the published asks have."""

    __tablename__ = "update_count"

    kind: Mapped[UpdateKind] = mapped_column(enum_column(UpdateKind, "kind"), primary_key=True)
    number: Mapped[int]


class AskPicture(Base):
    """The picture that stands for an ask where a link to it is shared; `drawn_from` tells when to draw it anew."""

    __tablename__ = "ask_picture"

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), primary_key=True)
    drawn_from: Mapped[str] = mapped_column(sa.Text)
    png: Mapped[bytes]


class Derivation(Base):
    """One row: by which version of the code the tables above were derived."""

    __tablename__ = "derivation"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
