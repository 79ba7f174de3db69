"""Who was asked to be put under sanctions, and a few facts of each entry of the UK Sanctions List."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | Sequence[str] | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")
KIND = sa.Enum("person", "body", "ship", name="kind", native_enum=False, create_constraint=True, length=20)
STATE = sa.Enum(
    "unsure", "listed", "not_listed", "taken_out", name="state", native_enum=False, create_constraint=True, length=20
)


def shape(column: str) -> sa.CheckConstraint:
    shapes = " OR ".join(f"{column} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
    return sa.CheckConstraint(f"{column} IS NULL OR {shapes}", name=f"{column}_shape")


def upgrade() -> None:
    op.create_table(
        "designation",
        sa.Column("unique_id", sa.String(10), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("listed_on", DATE),
        sa.Column("first_seen", DATE, nullable=False),
        sa.Column("last_seen", DATE),
        sa.Column("removed_on", DATE),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("measures", sa.Text(), server_default="", nullable=False),
        *(shape(name) for name in ("listed_on", "first_seen", "last_seen", "removed_on")),
        sa.CheckConstraint("(last_seen IS NULL) = (removed_on IS NULL)", name="removed_was_seen"),
        sa.PrimaryKeyConstraint("unique_id", name=op.f("pk_designation")),
    )
    op.create_index("ix_designation_regime", "designation", ["regime"])
    op.create_table(
        "sanctions_list",
        sa.Column("day", DATE, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        shape("day"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sanctions_list")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("asked_as", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("state", STATE, server_default="unsure", nullable=False),
        sa.Column("unique_id", sa.String(10)),
        sa.Column("confirmed_by_id", sa.Integer()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("candidates", sa.JSON(), server_default="[]", nullable=False),
        sa.CheckConstraint("(state = 'listed') = (unique_id IS NOT NULL)", name="listed_has_id"),
        sa.CheckConstraint("(state IN ('listed', 'not_listed')) = (confirmed_at IS NOT NULL)", name="confirmed_when"),
        sa.CheckConstraint("NOT is_shown OR (asked_as <> '' AND confirmed_at IS NOT NULL)", name="shown_is_confirmed"),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_target_ask_id")),
        sa.ForeignKeyConstraint(["unique_id"], ["designation.unique_id"], name=op.f("fk_target_unique_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_target_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("ask_id", "position", name=op.f("uq_target_ask_id_position")),
    )
    op.create_index(op.f("ix_target_unique_id"), "target", ["unique_id"])
    op.create_index(op.f("ix_target_confirmed_by_id"), "target", ["confirmed_by_id"])


def downgrade() -> None:
    for table in ("target", "sanctions_list", "designation"):
        op.drop_table(table)
