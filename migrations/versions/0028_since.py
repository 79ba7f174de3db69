"""The days of each status and how asks stand are written anew: what a correction brings back holds since it began.

`tracker db upgrade` and `tracker restore` fill the empty table, and bring the asks to what their stories say.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0028"
down_revision: str | Sequence[str] | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


OF_LISTS = "ix_status_span_happened_on"


def upgrade() -> None:
    op.execute("DELETE FROM status_span")
    op.create_index(OF_LISTS, "status_span", ["happened_on", "ask_id", "begins_on", "ends_on", "status"])


def downgrade() -> None:
    """The older version fills the empty table; asks keep their dates until their next entry."""
    op.drop_index(OF_LISTS, "status_span")
    op.execute("DELETE FROM status_span")
