"""What a machine saw of published evidence, and when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | Sequence[str] | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SIGHTS = ("quoted", "answered", "not_quoted", "quote_gone", "page_gone")


def upgrade() -> None:
    op.create_table(
        "evidence_look",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sight", sa.Enum(*SIGHTS, name="sight", native_enum=False, create_constraint=True, length=20)),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(sight IS NULL) = (seen_at IS NULL)", name=op.f("ck_evidence_look_seen_when")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_look_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_look")),
    )


def downgrade() -> None:
    op.drop_table("evidence_look")
