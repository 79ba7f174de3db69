"""Names and e-mail addresses of staff stand beside the log, from where they can be erased.

Entries that were written before keep their format and their words. Going down loses the details, and older code
cannot verify entries of the new format.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEPT = "details of people stand as they were written until the person is erased"
NOT_ERASED = (
    "NOT EXISTS (SELECT 1 FROM event WHERE subject = 'person' AND subject_id = OLD.person_id AND action = 'erased')"
)
TRIGGERS = {"personal_detail_keep": ("UPDATE", "true"), "personal_detail_keep_row": ("DELETE", NOT_ERASED)}


def upgrade() -> None:
    op.add_column("event", sa.Column("format", sa.Integer(), server_default="1", nullable=False))
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "personal_detail",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_personal_detail_person_id")),
        sa.PrimaryKeyConstraint("person_id", "value", name=op.f("pk_personal_detail")),
        sa.UniqueConstraint("commitment", name=op.f("uq_personal_detail_commitment")),
    )
    for name, (operation, condition) in TRIGGERS.items():
        refuse(name, operation, condition)
    if op.get_bind().dialect.name == "postgresql":  # keep_all is of 0001
        op.execute(
            "CREATE TRIGGER personal_detail_keep_all BEFORE TRUNCATE ON personal_detail "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_all()"
        )


def downgrade() -> None:
    op.drop_table("personal_detail")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        for name in TRIGGERS:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("person", "erased_at")
    op.drop_column("event", "format")


def refuse(name: str, operation: str, condition: str) -> None:
    """Make the engine refuse an operation on rows for which the condition holds."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {operation} ON personal_detail WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )
        return
    row = "OLD" if operation == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON personal_detail FOR EACH ROW EXECUTE FUNCTION {name}()")
