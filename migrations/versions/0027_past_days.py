"""Indexes for the status that an ask had on a day, and for when the story of an ask last changed."""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | Sequence[str] | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_STORY = "ix_ask_update_ask_id_happened_on"


def upgrade() -> None:
    op.drop_index("ix_status_span_ends_on", "status_span")
    op.create_index("ix_status_span_ask_id", "status_span", ["ask_id", "begins_on", "ends_on", "status"])
    op.drop_index(OF_STORY, "ask_update")
    op.create_index(OF_STORY, "ask_update", ["ask_id", "happened_on", "id", "published_at"])


def downgrade() -> None:
    op.drop_index(OF_STORY, "ask_update")
    op.create_index(OF_STORY, "ask_update", ["ask_id", "happened_on", "id"])
    op.drop_index("ix_status_span_ask_id", "status_span")
    op.create_index("ix_status_span_ends_on", "status_span", ["ends_on", "status"])
