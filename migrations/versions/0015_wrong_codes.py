"""How many wrong codes were given in a row after a person's right password."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | Sequence[str] | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("person", "wrong_codes")
