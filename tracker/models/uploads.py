"""Files that wait between the two steps of an import."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, UtcDateTime


class Upload(Base):
    """The files that a person uploaded and has not brought in yet, packed as one; it goes away within hours."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.Text, server_default="")
    packed: Mapped[bytes]
