"""A pasted address finds the evidence that has it without a look through all evidence."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_evidence_url", "evidence", ["url"], postgresql_using="hash")


def downgrade() -> None:
    op.drop_index("ix_evidence_url", "evidence")
