"""An index in which the asks that are due or overdue are found without reading whole rows."""

from collections.abc import Sequence

from alembic import op

revision: str = "0024"
down_revision: str | Sequence[str] | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DUE = ["review_interval_days", "reviewed_on", "next_step_on", "current_deadline", "first_deadline", "status"]


def upgrade() -> None:
    op.create_index("ix_ask_due", "ask", ["publication", *DUE])


def downgrade() -> None:
    op.drop_index("ix_ask_due", "ask")
