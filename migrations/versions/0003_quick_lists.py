"""Scopes sorted by their code points, so that those of bodies are one stretch of an index; sources in their order."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SCOPED = ("listing", "scope", "ask_count")


def upgrade() -> None:
    sort_scopes("C")
    op.create_index("ix_source_publication_published_on", "source", ["publication", "published_on", "title"])


def downgrade() -> None:
    op.drop_index("ix_source_publication_published_on", "source")
    sort_scopes(None)


def sort_scopes(collation: str | None) -> None:
    """SQLite sorts by code points in any case."""
    if op.get_bind().dialect.name == "postgresql":
        for table in SCOPED:
            op.alter_column(table, "scope", type_=sa.String(170, collation=collation))
