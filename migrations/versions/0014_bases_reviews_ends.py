"""Bases and short names of asks, what a review searched, see-alsos, the end of law, the version of the method.

SQLite takes a CHECK with a new column, but cannot change one: the table of links is made again for the effect
"background".
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | Sequence[str] | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PARTIAL_DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")
BASES = ("explicit", "implied", "our_measure")
EFFECTS = ("delivers", "partly_delivers", "enables", "amends", "blocks", "repeals")
TEXTS = ("searched", "not_found")
INDEXES = {
    "ix_link_ask_id": ["ask_id"],
    "ix_link_legislation_id": ["legislation_id"],
    "ix_link_in_force_on": ["in_force_on"],
}


def upgrade() -> None:
    bases = ", ".join(f"'{basis}'" for basis in BASES)
    op.execute(f"ALTER TABLE ask ADD COLUMN basis VARCHAR(20) CONSTRAINT ck_ask_basis CHECK (basis IN ({bases}))")
    for table in ("ask", "legislation"):
        op.add_column(table, sa.Column("short_names", sa.JSON(), server_default="[]", nullable=False))
    for name in TEXTS:
        op.add_column("ask_update", sa.Column(name, sa.Text(), server_default="", nullable=False))
    add_date("ask_update", "sources_end_on")
    op.add_column("ask_update", sa.Column("method_version", sa.String(10), server_default="", nullable=False))
    op.add_column("evidence", sa.Column("is_see_also", sa.Boolean(), server_default=sa.false(), nullable=False))
    add_date("link", "ended_on")
    allow_effects((*EFFECTS, "background"), ends=True)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM link WHERE effect = 'background'")):
        raise RuntimeError("links say “background”, which the version before does not know; give them another effect")
    allow_effects(EFFECTS, ends=False)
    op.drop_column("evidence", "is_see_also")
    for column in ("method_version", "sources_end_on", *reversed(TEXTS)):
        op.drop_column("ask_update", column)
    for table in ("legislation", "ask"):
        op.drop_column(table, "short_names")
    op.drop_column("ask", "basis")


def add_date(table: str, column: str) -> None:
    """Add a date that may be a day, a month or a year."""
    shapes = " OR ".join(f"{column} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
    collation = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    check = f"CONSTRAINT ck_{table}_{column}_shape CHECK ({column} IS NULL OR {shapes})"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(10){collation} {check}")


def allow_effects(effects: Sequence[str], *, ends: bool) -> None:
    """Let a link have these effects, and say until when its law was in force or not."""
    if op.get_bind().dialect.name == "postgresql":
        names = ", ".join(f"'{effect}'" for effect in effects)
        op.drop_constraint("ck_link_effect", "link")
        op.execute(f"ALTER TABLE link ADD CONSTRAINT ck_link_effect CHECK (effect IN ({names}))")
        if not ends:
            op.drop_column("link", "ended_on")
        return
    for name in INDEXES:
        op.drop_index(name, "link")
    op.rename_table("link", "link_before")
    columns = [column.name for column in make_links(effects, ends=ends).columns]
    op.execute(f"INSERT INTO link ({', '.join(columns)}) SELECT {', '.join(columns)} FROM link_before")  # noqa: S608 (our own names)
    op.drop_table("link_before")
    for name, of in INDEXES.items():
        op.create_index(name, "link", of)


def make_links(effects: Sequence[str], *, ends: bool) -> sa.Table:
    """Make the table of links anew."""
    return op.create_table(
        "link",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("legislation_id", sa.Integer(), nullable=False),
        sa.Column("effect", choice("effect", *effects), nullable=False),
        sa.Column("provisions", sa.String(length=200), server_default="", nullable=False),
        sa.Column("extent", sa.JSON(), nullable=False),
        sa.Column("extent_key", sa.String(length=600), server_default="", nullable=False),
        sa.Column("in_force_on", PARTIAL_DATE),
        *([sa.Column("ended_on", PARTIAL_DATE)] if ends else []),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("internal_note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "publication",
            choice("publication", "draft", "published", "archived", "put_aside"),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        date_shape("link", "in_force_on"),
        *([date_shape("link", "ended_on")] if ends else []),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_link_ask_id")),
        sa.ForeignKeyConstraint(["legislation_id"], ["legislation.id"], name=op.f("fk_link_legislation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "ask_id",
            "legislation_id",
            "provisions",
            "extent_key",
            name=op.f("uq_link_ask_id_legislation_id_provisions_extent_key"),
        ),
    )


def date_shape(table: str, column: str) -> sa.CheckConstraint:
    shapes = " OR ".join(f"{column} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
    return sa.CheckConstraint(f"{column} IS NULL OR {shapes}", name=op.f(f"ck_{table}_{column}_shape"))


def choice(name: str, *values: str) -> sa.Enum:
    """Text that must be one of the values, by a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
