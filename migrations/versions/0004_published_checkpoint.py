"""The checkpoint of the event log that is published: as of the last change that the public saw.

Indexes let the log be filtered by day and by what was done.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GENESIS = "0" * 64
INDEXES = {"ix_event_at": ["at", "id"], "ix_event_action": ["action", "id"]}


def upgrade() -> None:
    op.add_column("revision", sa.Column("checkpoint_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("revision", sa.Column("checkpoint_hash", sa.String(64), server_default=GENESIS, nullable=False))
    # Which entry was the last that the public saw is not known here; the last of all is as good a beginning.
    last = op.get_bind().execute(sa.text("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1")).first()
    if last:
        statement = sa.text("UPDATE revision SET checkpoint_number = :number, checkpoint_hash = :hash")
        op.get_bind().execute(statement, {"number": last.id, "hash": last.hash})
    for name, columns in INDEXES.items():
        op.create_index(name, "event", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "event")
    op.drop_column("revision", "checkpoint_hash")
    op.drop_column("revision", "checkpoint_number")
