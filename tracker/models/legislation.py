"""Laws, and their links to asks."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, Versioned, enum_column, related
from tracker.models.asks import Ask
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect


class Legislation(Versioned, Base):
    """A bill, Act, statutory instrument or other law. `identity` keeps one law from standing twice."""

    __table_args__ = (
        sa.CheckConstraint("title <> ''", name="title_present"),
        sa.CheckConstraint("becomes_id IS NULL OR becomes_id <> id", name="becomes_another"),
    )

    key: Mapped[str] = mapped_column(sa.String(150), unique=True)
    identity: Mapped[str | None] = mapped_column(sa.String(150), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20), index=True)
    year: Mapped[str] = mapped_column(sa.String(20), server_default="")
    number: Mapped[str] = mapped_column(sa.String(40), server_default="")
    citation: Mapped[str] = mapped_column(server_default="")
    title: Mapped[str]
    short_names: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    address: Mapped[str | None] = mapped_column(unique=True)
    introduced_on: Mapped[PartialDate | None]
    enacted_on: Mapped[PartialDate | None]
    lapsed_on: Mapped[PartialDate | None]
    becomes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("legislation.id"), index=True)
    note: Mapped[str] = mapped_column(server_default="")
    internal_note: Mapped[str] = mapped_column(server_default="")
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)

    becomes: Mapped["Legislation | None"] = related(remote_side="Legislation.id", back_populates="was")
    was: Mapped[list["Legislation"]] = related(back_populates="becomes")
    links: Mapped[list["Link"]] = related(order_by="Link.id", back_populates="legislation")


class Link(Versioned, Base):
    """Which provisions of a law do what for an ask, where they extend, since when and until when."""

    __table_args__ = (
        sa.Index("ix_link_in_force_on", "in_force_on"),
        sa.Index("ix_link_told", "legislation_id", "publication", "ask_id", "effect"),
        sa.UniqueConstraint("ask_id", "legislation_id", "provisions", "extent_key"),
    )

    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id"), index=True)
    legislation_id: Mapped[int] = mapped_column(sa.ForeignKey("legislation.id"))
    effect: Mapped[Effect] = enum_column(Effect, "effect")
    provisions: Mapped[str] = mapped_column(sa.String(200), server_default="")
    extent: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    extent_key: Mapped[str] = mapped_column(sa.String(600), server_default="")
    in_force_on: Mapped[PartialDate | None]
    ended_on: Mapped[PartialDate | None]
    note: Mapped[str] = mapped_column(server_default="")
    internal_note: Mapped[str] = mapped_column(server_default="")
    publication: Mapped[Publication] = enum_column(Publication, "publication", Publication.DRAFT)

    ask: Mapped[Ask] = related(back_populates="links")
    legislation: Mapped[Legislation] = related(back_populates="links")
