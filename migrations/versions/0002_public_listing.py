"""What is derived from the asks for lists, counts, the past and search; indexes for feeds and the calendar.

The new tables stay empty here: `tracker db upgrade` fills them from the asks afterwards. `ask.search_text` goes, since
`ask_search` holds what it held, and more.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
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
INDEXES = {
    "ask_count": {"ix_ask_count_topic": ["topic", "scope"]},
    "listing": {
        "ix_listing_changed": ["scope", "kind", "status", "changed_on", "ask_id"],
        "ix_listing_title": ["scope", "kind", "status", "title_key", "ask_id"],
        "ix_listing_topic_changed": ["scope", "topic", "kind", "status", "changed_on", "ask_id"],
        "ix_listing_topic_title": ["scope", "topic", "kind", "status", "title_key", "ask_id"],
        "ix_listing_ask_id": ["ask_id"],
    },
    "status_span": {
        "ix_status_span_begins_on": ["begins_on", "ask_id"],
        "ix_status_span_status": ["status", "begins_on", "ask_id"],
    },
    "ask": {
        "ix_ask_next_step_on": ["next_step_on"],
        "ix_ask_first_deadline": ["first_deadline"],
        "ix_ask_current_deadline": ["current_deadline"],
    },
    "ask_update": {
        "ix_ask_update_published": ["publication", "published_at", "happened_on", "id"],
        "ix_ask_update_published_kind": ["publication", "kind", "published_at", "happened_on", "id"],
    },
    "link": {"ix_link_in_force_on": ["in_force_on"]},
}
NEW_TABLES = (
    "listing",
    "status_span",
    "scope",
    "ask_count",
    "status_flow",
    "update_count",
    "ask_picture",
    "derivation",
)


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("scope", sa.String(170), nullable=False),
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
        "status_span",
        ask_id(),
        sa.Column("begins_on", sortable(10), nullable=False),
        sa.Column("ends_on", sortable(10)),
        sa.Column("happened_on", sortable(10), nullable=False),
        choice("status", STATUSES),
        sa.Column("reason", sa.Text(), nullable=False),
        asks_key("status_span"),
        sa.PrimaryKeyConstraint("ask_id", "begins_on", name=op.f("pk_status_span")),
    )
    op.create_table(
        "scope",
        sa.Column("scope", sa.String(170), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_scope")),
    )
    op.create_table(
        "ask_count",
        sa.Column("scope", sa.String(170), nullable=False),
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
    create_search()
    for table, indexes in INDEXES.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns)
    op.drop_column("ask", "search_text")


def downgrade() -> None:
    op.add_column("ask", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    for table, indexes in INDEXES.items():
        for name in indexes:
            op.drop_index(name, table)
    op.drop_table("ask_search")
    for name in NEW_TABLES:
        op.drop_table(name)


def create_search() -> None:
    """The index of words, which each engine keeps in its own way."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE ask_search USING fts5"
            "(title, wording, story, tokenize = 'unicode61 remove_diacritics 0', detail = 'column')"
        )
        return
    op.execute("CREATE TABLE ask_search (ask_id integer PRIMARY KEY REFERENCES ask (id), words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_ask_search_words ON ask_search USING gin (words)")


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
