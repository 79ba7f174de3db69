"""Who was asked to reply about an ask, and private notes of staff."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OUTCOMES = ("waiting", "answered", "none")
PUBLICATIONS = ("draft", "published", "archived", "put_aside")


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_on", sortable(10), nullable=False),
        sa.Column("due_on", sortable(10), nullable=False),
        choice("outcome", OUTCOMES, "waiting"),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_on", sortable(10)),
        sa.Column("internal_note", sa.Text(), server_default="", nullable=False),
        choice("publication", PUBLICATIONS, "draft"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(shape(column) for column in ("asked_on", "due_on", "answered_on")),
        sa.CheckConstraint("asked <> ''", name=op.f("ck_reply_asked_present")),
        sa.CheckConstraint("(outcome = 'answered') = (answer <> '')", name=op.f("ck_reply_answered_has_answer")),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_reply_ask_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
    )
    op.create_index(op.f("ix_reply_ask_id"), "reply", ["ask_id"])
    op.create_index("ix_reply_outcome_due_on", "reply", ["outcome", "due_on"])
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_note_ask_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_note_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_ask_id"), "note", ["ask_id"])
    op.create_index(op.f("ix_note_author_id"), "note", ["author_id"])


def downgrade() -> None:
    op.drop_table("note")
    op.drop_table("reply")


def choice(name: str, values: tuple[str, ...], default: str) -> sa.Column[str]:
    """Text that must be one of the values, by a CHECK constraint."""
    enum = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, enum, server_default=default, nullable=False)


def shape(column: str) -> sa.CheckConstraint:
    """The column holds the shape 2018, 2018-03 or 2018-03-19, or nothing."""
    shapes = " OR ".join(f"{column} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
    return sa.CheckConstraint(f"{column} IS NULL OR {shapes}", name=op.f(f"ck_reply_{column}_shape"))


def sortable(length: int) -> sa.String:
    """Text that both engines sort by its code points."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
