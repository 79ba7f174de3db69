"""Findings in official records, the entries that tell them, and when a machine looked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | Sequence[str] | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PARTIAL_DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")
SHAPES = " OR ".join(f"happened_on LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("outside_key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("tells", sa.Text(), nullable=False),
        sa.Column("happened_on", PARTIAL_DATE),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("page_title", sa.Text(), nullable=False),
        sa.Column("fills", sa.String(20), server_default="", nullable=False),
        sa.Column("raw", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", choice("state", "new", "told", "dismissed", "withdrawn"), server_default="new", nullable=False
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("replaces_id", sa.Integer()),
        sa.Column("decided_by_id", sa.Integer()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(f"happened_on IS NULL OR {SHAPES}", name=op.f("ck_finding_happened_on_shape")),
        sa.CheckConstraint("state <> 'dismissed' OR reason <> ''", name=op.f("ck_finding_dismissed_has_reason")),
        sa.CheckConstraint(
            "(state IN ('told', 'dismissed')) = (decided_at IS NOT NULL)", name=op.f("ck_finding_decided_when")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["finding.id"], name=op.f("fk_finding_replaces_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_finding_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("outside_key", "digest", name=op.f("uq_finding_outside_key_digest")),
    )
    op.create_index("ix_finding_state", "finding", ["state", "seen_at", "id"])
    op.create_index("ix_finding_subject", "finding", ["subject_kind", "subject_id", "state"])
    op.create_index(op.f("ix_finding_replaces_id"), "finding", ["replaces_id"])
    op.create_index(op.f("ix_finding_decided_by_id"), "finding", ["decided_by_id"])
    op.create_table(
        "telling",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["ask_update.id"], name=op.f("fk_telling_update_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_telling_finding_id")),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_telling")),
    )
    op.create_index(op.f("ix_telling_finding_id"), "telling", ["finding_id"])
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", choice("outcome", "ok", "failed"), nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.String(64), server_default="", nullable=False),
        sa.Column("records", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    op.create_index("ix_look_source", "look", ["source", "looked_at"])


def downgrade() -> None:
    for table in ("look", "telling", "finding"):
        op.drop_table(table)


def choice(name: str, *values: str) -> sa.Enum:
    """Text that must be one of the values, by a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
