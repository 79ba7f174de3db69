"""Who publishes the pages of a host, as an admin says it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | Sequence[str] | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TYPES = ("official_record", "government_claim", "independent", "own_work")


def upgrade() -> None:
    op.create_table(
        "publisher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(*TYPES, name="type", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisher")),
        sa.UniqueConstraint("host", name=op.f("uq_publisher_host")),
    )


def downgrade() -> None:
    op.drop_table("publisher")
