"""An ask can name another one that asks for the same."""

from collections.abc import Sequence

from alembic import op

revision: str = "0018"
down_revision: str | Sequence[str] | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE ask ADD COLUMN same_as_id INTEGER CONSTRAINT fk_ask_same_as_id REFERENCES ask (id) "
        "CONSTRAINT ck_ask_same_as_another CHECK (same_as_id <> id)"
    )
    op.create_index(op.f("ix_ask_same_as_id"), "ask", ["same_as_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ask_same_as_id"), "ask")
    op.drop_column("ask", "same_as_id")
