"""A draft of an update waits for approval since a moment, or was sent back with a note."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("ask_update", sa.Column("submitted_at", sa.DateTime(timezone=True)))
    op.add_column("ask_update", sa.Column("sent_back_note", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("ask_update", "sent_back_note")
    op.drop_column("ask_update", "submitted_at")
