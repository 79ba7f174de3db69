"""An index along which the statuses of each year are counted without sorting them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | Sequence[str] | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_status_span_begins_on"


def upgrade() -> None:
    _replace_index(["begins_on", "ends_on", "status", "ask_id"])


def downgrade() -> None:
    _replace_index(["begins_on", "ask_id", "ends_on", "status"])


def _replace_index(columns: list[str]) -> None:
    op.drop_index(NAME, "status_span")
    op.create_index(NAME, "status_span", columns)
