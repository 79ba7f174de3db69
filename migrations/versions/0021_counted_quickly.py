"""Indexes in which the filters of the public list and the asks of a law are counted without reading whole rows."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | Sequence[str] | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OFFERED = ["publication", "source_id", "topic", "kind", "status"]


def upgrade() -> None:
    # PostgreSQL cannot sort lists that are kept as JSON.
    lists = [] if op.get_bind().dialect.name == "postgresql" else ["responsible_bodies", "jurisdictions"]
    op.create_index("ix_ask_offered", "ask", [*OFFERED, *lists])
    op.create_index("ix_link_told", "link", ["legislation_id", "publication", "ask_id", "effect"])
    op.drop_index("ix_link_legislation_id", "link")


def downgrade() -> None:
    op.create_index("ix_link_legislation_id", "link", ["legislation_id"])
    op.drop_index("ix_link_told", "link")
    op.drop_index("ix_ask_offered", "ask")
