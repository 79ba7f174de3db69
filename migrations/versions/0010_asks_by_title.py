"""The staff list of asks is read page by page in the order of their titles."""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_ask_title", "ask", ["title", "id"])


def downgrade() -> None:
    op.drop_index("ix_ask_title", "ask")
