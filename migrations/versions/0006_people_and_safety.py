"""Links to choose a password, the second step at sign-in with its recovery codes, and more about sessions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_COLUMNS = {
    "person": ("totp_nonce", "totp_step"),
    "staff_session": ("device", "is_waiting", "confirmed_at"),
}


def upgrade() -> None:
    op.add_column("person", sa.Column("totp_nonce", sa.String(64), server_default="", nullable=False))
    op.add_column("person", sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False))
    op.add_column("staff_session", sa.Column("device", sa.String(60), server_default="", nullable=False))
    op.add_column("staff_session", sa.Column("is_waiting", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff_session", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.create_table(
        "access_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_link_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_link")),
    )
    op.create_index("ix_access_link_person_id", "access_link", ["person_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("access_link")
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
