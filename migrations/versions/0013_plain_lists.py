"""Lists are read from the asks themselves: the tables that repeated them go, and indexes for the lists come.

`status_span` and the index of words stay. A database of before revision 0002, in which they are empty, is filled by
`tracker db upgrade`. Going back leaves the old tables empty; the code of then fills them when it upgrades.
"""

import unicodedata
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATUSES = (
    "not_started",
    "announced",
    "in_parliament",
    "law_not_in_force",
    "in_force",
    "partly_met",
    "met",
    "rejected",
    "lapsed",
    "reversed",
    "overtaken",
    "superseded",
    "cannot_be_judged",
)
KINDS = ("policy", "sanctions")
UPDATE_KINDS = ("status", "test", "milestone", "correction", "redefinition", "review")
OLD_TABLES = ("listing", "scope", "ask_count", "status_flow", "update_count", "ask_picture", "derivation")
OLD_INDEXES = {
    "ask": {"ix_ask_publication_status_on": ["publication", "status_on", "id"]},
    "status_span": {
        "ix_status_span_begins_on": ["begins_on", "ask_id"],
        "ix_status_span_status": ["status", "begins_on", "ask_id"],
    },
}
NEW_INDEXES = {
    "ask": {
        "ix_ask_listed": ["publication", "status_on", "id", "status", "kind", "topic"],
        "ix_ask_titled": ["publication", "title_key", "id", "status", "kind", "topic"],
    },
    "status_span": {
        "ix_status_span_begins_on": ["begins_on", "ask_id", "ends_on", "status"],
        "ix_status_span_ends_on": ["ends_on", "status"],
    },
    "ask_update": {"ix_ask_update_counted": ["publication", "kind", "ask_id"]},
}
INDEXES_OF_OLD_TABLES = {
    "ask_count": {"ix_ask_count_topic": ["topic", "scope"]},
    "listing": {
        "ix_listing_changed": ["scope", "kind", "status", "changed_on", "ask_id"],
        "ix_listing_title": ["scope", "kind", "status", "title_key", "ask_id"],
        "ix_listing_topic_changed": ["scope", "topic", "kind", "status", "changed_on", "ask_id"],
        "ix_listing_topic_title": ["scope", "topic", "kind", "status", "title_key", "ask_id"],
        "ix_listing_ask_id": ["ask_id"],
    },
}


def upgrade() -> None:
    for table in OLD_TABLES:
        op.drop_table(table)
    op.add_column("ask", sa.Column("title_key", sortable(80), server_default="", nullable=False))
    fill_title_keys()
    drop_indexes(OLD_INDEXES)
    create_indexes(NEW_INDEXES)


def downgrade() -> None:
    drop_indexes(NEW_INDEXES)
    create_indexes(OLD_INDEXES)
    op.drop_column("ask", "title_key")
    create_old_tables()
    create_indexes(INDEXES_OF_OLD_TABLES)


def fill_title_keys() -> None:
    """The titles without accents and case, by which lists are sorted."""
    asks = sa.table("ask", sa.column("id"), sa.column("title"), sa.column("title_key"))
    connection = op.get_bind()
    keys = [{"ask_id": row.id, "key": fold(row.title)[:80]} for row in connection.execute(sa.select(asks))]
    if keys:
        statement = sa.update(asks).where(asks.c.id == sa.bindparam("ask_id")).values(title_key=sa.bindparam("key"))
        connection.execute(statement, keys)


def fold(text: str) -> str:
    """What tracker.rules.text.fold returned when this was written."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def create_old_tables() -> None:
    op.create_table(
        "listing",
        sa.Column("scope", sortable(170), nullable=False),
        ask_id(),
        sa.Column("topic", sa.String(60), nullable=False),
        choice("kind", KINDS),
        choice("status", STATUSES),
        sa.Column("changed_on", sortable(10), nullable=False),
        sa.Column("title_key", sortable(80), nullable=False),
        asks_key("listing"),
        sa.PrimaryKeyConstraint("scope", "ask_id", name=op.f("pk_listing")),
    )
    op.create_table(
        "scope",
        sa.Column("scope", sortable(170), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_scope")),
    )
    op.create_table(
        "ask_count",
        sa.Column("scope", sortable(170), nullable=False),
        sa.Column("topic", sa.String(60), nullable=False),
        choice("kind", KINDS),
        choice("status", STATUSES),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "topic", "kind", "status", name=op.f("pk_ask_count")),
    )
    op.create_table(
        "status_flow",
        sa.Column("period", sortable(10), nullable=False),
        choice("status", STATUSES),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "status", name=op.f("pk_status_flow")),
    )
    op.create_table(
        "update_count",
        choice("kind", UPDATE_KINDS),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_update_count")),
    )
    op.create_table(
        "ask_picture",
        ask_id(),
        sa.Column("drawn_from", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        asks_key("ask_picture"),
        sa.PrimaryKeyConstraint("ask_id", name=op.f("pk_ask_picture")),
    )
    derivation = op.create_table(
        "derivation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_derivation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivation")),
    )
    # Without asks there is nothing to derive, so that all is as version 1 would have it.
    has_asks = op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM ask)"))
    op.bulk_insert(derivation, [{"id": 1, "version": 0 if has_asks else 1}])


def create_indexes(indexes: dict[str, dict[str, list[str]]]) -> None:
    for table, of_table in indexes.items():
        for name, columns in of_table.items():
            op.create_index(name, table, columns)


def drop_indexes(indexes: dict[str, dict[str, list[str]]]) -> None:
    for table, of_table in indexes.items():
        for name in of_table:
            op.drop_index(name, table)


def ask_id() -> sa.Column[int]:
    return sa.Column("ask_id", sa.Integer(), nullable=False)


def asks_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f(f"fk_{table}_ask_id"))


def choice(name: str, values: tuple[str, ...]) -> sa.Column[str]:
    """Text that must be one of the values, by a CHECK constraint."""
    enum = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, enum, nullable=False)


def sortable(length: int) -> sa.String:
    """Text that both engines sort by its code points."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
