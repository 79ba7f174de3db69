"""What the page of an ask says can be disputed: since when, what, and by when to answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("ask", sa.Column("disputed_on", DATE))
    op.add_column("ask", sa.Column("disputed_about", sa.Text(), server_default="", nullable=False))
    op.add_column("ask", sa.Column("is_said_defamatory", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ask", sa.Column("answer_due_on", DATE))
    op.create_index("ix_ask_answer_due_on", "ask", ["answer_due_on"])


def downgrade() -> None:
    op.drop_index("ix_ask_answer_due_on", "ask")
    for column in ("answer_due_on", "is_said_defamatory", "disputed_about", "disputed_on"):
        op.drop_column("ask", column)
