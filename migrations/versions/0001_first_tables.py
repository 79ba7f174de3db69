"""The first tables, and the triggers that keep the log and the published story as they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


HISTORY = "what was published is never changed; post a correction"
LOG = "the event log is append-only"
PUBLISHED_PARENT = "(SELECT publication FROM ask_update WHERE id = {row}.update_id) = 'published'"
NEW_PARENT, OLD_PARENT = PUBLISHED_PARENT.format(row="NEW"), PUBLISHED_PARENT.format(row="OLD")
# Trigger name, table, operation, condition under which it refuses, message.
TRIGGERS = [
    ("event_keep", "event", "UPDATE", "true", LOG),
    ("event_keep_row", "event", "DELETE", "true", LOG),
    ("ask_update_keep", "ask_update", "UPDATE", "OLD.publication = 'published'", HISTORY),
    ("ask_update_keep_row", "ask_update", "DELETE", "OLD.publication = 'published'", HISTORY),
] + [
    (f"{table}_keep_{operation.lower()}", table, operation, condition, HISTORY)
    for table in ("evidence", "test_result")
    for operation, condition in (
        ("INSERT", NEW_PARENT),
        ("UPDATE", f"{OLD_PARENT} OR {NEW_PARENT}"),
        ("DELETE", OLD_PARENT),
    )
]


PARTIAL_DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")


def choice(name: str, *values: str) -> sa.Enum:
    """A text column that accepts only these values, by a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def date_shape(table: str, column: str) -> sa.CheckConstraint:
    """The column holds 2018, 2018-03 or 2018-03-19, or nothing."""
    shapes = " OR ".join(f"{column} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
    return sa.CheckConstraint(f"{column} IS NULL OR {shapes}", name=op.f(f"ck_{table}_{column}_shape"))


def upgrade() -> None:
    op.create_table(
        "legislation",
        sa.Column("key", sa.String(length=150), nullable=False),
        sa.Column("identity", sa.String(length=150), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.String(length=20), server_default="", nullable=False),
        sa.Column("number", sa.String(length=40), server_default="", nullable=False),
        sa.Column("citation", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "introduced_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column(
            "enacted_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column("lapsed_on", PARTIAL_DATE, nullable=True),
        sa.Column("becomes_id", sa.Integer(), nullable=True),
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
        date_shape("legislation", "enacted_on"),
        date_shape("legislation", "introduced_on"),
        date_shape("legislation", "lapsed_on"),
        sa.CheckConstraint("title <> ''", name=op.f("ck_legislation_title_present")),
        sa.CheckConstraint("becomes_id IS NULL OR becomes_id <> id", name=op.f("ck_legislation_becomes_another")),
        sa.ForeignKeyConstraint(["becomes_id"], ["legislation.id"], name=op.f("fk_legislation_becomes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legislation")),
        sa.UniqueConstraint("address", name=op.f("uq_legislation_address")),
        sa.UniqueConstraint("identity", name=op.f("uq_legislation_identity")),
        sa.UniqueConstraint("key", name=op.f("uq_legislation_key")),
    )
    with op.batch_alter_table("legislation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legislation_becomes_id"), ["becomes_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_legislation_kind"), ["kind"], unique=False)

    op.create_table(
        "person",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            choice("role", "contributor", "editor", "admin"),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_account", ["account", "failed_at"], unique=False)
        batch_op.create_index("ix_sign_in_failure_address", ["address", "failed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_failure_failed_at"), ["failed_at"], unique=False)

    op.create_table(
        "source",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("author_role", sa.Text(), server_default="", nullable=False),
        sa.Column("publisher", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "published_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("archived_url", sa.Text(), server_default="", nullable=False),
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
        date_shape("source", "published_on"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("key", name=op.f("uq_source_key")),
    )
    op.create_table(
        "ask",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            choice("kind", "policy", "sanctions"),
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("quote_place", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), server_default="", nullable=False),
        sa.Column("jurisdictions", sa.JSON(), nullable=False),
        sa.Column("responsible_bodies", sa.JSON(), nullable=False),
        sa.Column("government_position", sa.Text(), server_default="", nullable=False),
        sa.Column("next_step", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "next_step_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column(
            "first_deadline",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column(
            "current_deadline",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column("deadline_note", sa.Text(), server_default="", nullable=False),
        sa.Column("review_interval_days", sa.Integer(), server_default="90", nullable=False),
        sa.Column(
            "reviewed_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column("internal_note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "publication",
            choice("publication", "draft", "published", "archived", "put_aside"),
            server_default="draft",
            nullable=False,
        ),
        sa.Column(
            "status",
            choice(
                "status",
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
            ),
            nullable=True,
        ),
        sa.Column("status_on", PARTIAL_DATE, nullable=True),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        date_shape("ask", "current_deadline"),
        date_shape("ask", "first_deadline"),
        date_shape("ask", "next_step_on"),
        sa.CheckConstraint(
            "publication IN ('draft', 'put_aside') OR status IS NOT NULL", name=op.f("ck_ask_published_has_status")
        ),
        date_shape("ask", "reviewed_on"),
        date_shape("ask", "status_on"),
        sa.CheckConstraint("title <> '' AND quote <> '' AND summary <> ''", name=op.f("ck_ask_wording_present")),
        sa.CheckConstraint("(status IS NULL) = (status_on IS NULL)", name=op.f("ck_ask_status_has_date")),
        sa.CheckConstraint("review_interval_days BETWEEN 1 AND 730", name=op.f("ck_ask_review_interval")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_ask_source_id")),
        sa.ForeignKeyConstraint(["superseded_by_id"], ["ask.id"], name=op.f("fk_ask_superseded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("slug", name=op.f("uq_ask_slug")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index("ix_ask_publication_status_on", ["publication", "status_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_superseded_by_id"), ["superseded_by_id"], unique=False)

    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ask_update",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            choice("kind", "status", "test", "milestone", "correction", "redefinition", "review"),
            nullable=False,
        ),
        sa.Column(
            "happened_on",
            PARTIAL_DATE,
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "status",
            choice(
                "status",
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
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column(
            "publication",
            choice("publication", "draft", "published", "archived", "put_aside"),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("draft_note", sa.Text(), server_default="", nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(publication = 'published') = (published_at IS NOT NULL)", name=op.f("ck_ask_update_published_when")
        ),
        date_shape("ask_update", "happened_on"),
        sa.CheckConstraint(
            "kind <> 'correction' OR corrects_id IS NOT NULL", name=op.f("ck_ask_update_names_corrected")
        ),
        sa.CheckConstraint(
            "kind <> 'status' OR publication <> 'published' OR status IS NOT NULL",
            name=op.f("ck_ask_update_names_status"),
        ),
        sa.CheckConstraint(
            "status IS NULL OR publication <> 'published' OR reason <> ''",
            name=op.f("ck_ask_update_status_has_reason"),
        ),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_update_ask_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_ask_update_author_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_ask_update_edited_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["ask_update.id"], name=op.f("fk_ask_update_corrects_id")),
        sa.ForeignKeyConstraint(["superseded_by_id"], ["ask.id"], name=op.f("fk_ask_update_superseded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_update")),
        sa.UniqueConstraint("ask_id", "key", name=op.f("uq_ask_update_ask_id_key")),
    )
    with op.batch_alter_table("ask_update", schema=None) as batch_op:
        batch_op.create_index("ix_ask_update_ask_id_happened_on", ["ask_id", "happened_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_update_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_update_edited_by_id"), ["edited_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_update_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_update_superseded_by_id"), ["superseded_by_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("request_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_event_ask_id")),
        sa.CheckConstraint("id > 0", name=op.f("ck_event_id_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_event_ask_id", ["ask_id", "id"], unique=False)
        batch_op.create_index("ix_event_subject", ["subject", "subject_id"], unique=False)

    op.create_table(
        "former_slug",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_former_slug_ask_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slug")),
    )
    with op.batch_alter_table("former_slug", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_slug_ask_id"), ["ask_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("legislation_id", sa.Integer(), nullable=False),
        sa.Column(
            "effect",
            choice("effect", "delivers", "partly_delivers", "enables", "amends", "blocks", "repeals"),
            nullable=False,
        ),
        sa.Column("provisions", sa.String(length=200), server_default="", nullable=False),
        sa.Column("extent", sa.JSON(), nullable=False),
        sa.Column("extent_key", sa.String(length=600), server_default="", nullable=False),
        sa.Column(
            "in_force_on",
            PARTIAL_DATE,
            nullable=True,
        ),
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
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_ask_id"), ["ask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_legislation_id"), ["legislation_id"], unique=False)

    op.create_table(
        "success_test",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "before",
            choice("before", "met", "not_met", "unknown"),
            server_default="unknown",
            nullable=False,
        ),
        sa.Column(
            "result",
            choice("result", "met", "not_met", "unknown"),
            server_default="unknown",
            nullable=False,
        ),
        sa.Column("result_on", PARTIAL_DATE, nullable=True),
        sa.Column(
            "reviewed_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column("is_archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("label <> ''", name=op.f("ck_success_test_label_present")),
        date_shape("success_test", "result_on"),
        date_shape("success_test", "reviewed_on"),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_success_test_ask_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_test")),
        sa.UniqueConstraint("ask_id", "key", name=op.f("uq_success_test_ask_id_key")),
    )
    with op.batch_alter_table("success_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_success_test_ask_id"), ["ask_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "published_on",
            PARTIAL_DATE,
            nullable=True,
        ),
        sa.Column(
            "type",
            choice("type", "official_record", "government_claim", "independent", "own_work"),
            nullable=False,
        ),
        sa.Column("archived_url", sa.Text(), server_default="", nullable=False),
        sa.Column("quote", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        date_shape("evidence", "published_on"),
        sa.CheckConstraint("title <> ''", name=op.f("ck_evidence_title_present")),
        sa.CheckConstraint("url LIKE 'http://%' OR url LIKE 'https://%'", name=op.f("ck_evidence_url_is_web")),
        sa.ForeignKeyConstraint(["update_id"], ["ask_update.id"], name=op.f("fk_evidence_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("update_id", "position", name=op.f("uq_evidence_update_id_position")),
    )
    op.create_table(
        "test_result",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            choice("result", "met", "not_met", "unknown"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["test_id"], ["success_test.id"], name=op.f("fk_test_result_test_id")),
        sa.ForeignKeyConstraint(["update_id"], ["ask_update.id"], name=op.f("fk_test_result_update_id")),
        sa.PrimaryKeyConstraint("update_id", "test_id", name=op.f("pk_test_result")),
    )
    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_result_test_id"), ["test_id"], unique=False)

    op.execute("INSERT INTO revision (id, number) VALUES (1, 0)")
    for trigger in TRIGGERS:
        create_trigger(*trigger)
    if op.get_bind().dialect.name == "postgresql":
        refuse_truncation()


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        drop_trigger(name, table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_all() CASCADE")
    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_result_test_id"))

    op.drop_table("test_result")
    op.drop_table("evidence")
    with op.batch_alter_table("success_test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_success_test_ask_id"))

    op.drop_table("success_test")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_legislation_id"))
        batch_op.drop_index(batch_op.f("ix_link_ask_id"))

    op.drop_table("link")
    with op.batch_alter_table("former_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_slug_ask_id"))

    op.drop_table("former_slug")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")
        batch_op.drop_index("ix_event_ask_id")
        batch_op.drop_index(batch_op.f("ix_event_actor_id"))

    op.drop_table("event")
    with op.batch_alter_table("ask_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ask_update_superseded_by_id"))
        batch_op.drop_index(batch_op.f("ix_ask_update_corrects_id"))
        batch_op.drop_index(batch_op.f("ix_ask_update_author_id"))
        batch_op.drop_index(batch_op.f("ix_ask_update_edited_by_id"))
        batch_op.drop_index("ix_ask_update_ask_id_happened_on")

    op.drop_table("ask_update")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_person_id"))

    op.drop_table("staff_session")
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ask_superseded_by_id"))
        batch_op.drop_index(batch_op.f("ix_ask_source_id"))
        batch_op.drop_index("ix_ask_publication_status_on")

    op.drop_table("ask")
    op.drop_table("source")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_failure_failed_at"))
        batch_op.drop_index("ix_sign_in_failure_address")
        batch_op.drop_index("ix_sign_in_failure_account")

    op.drop_table("sign_in_failure")
    op.drop_table("revision")
    op.drop_table("person")
    with op.batch_alter_table("legislation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legislation_kind"))
        batch_op.drop_index(batch_op.f("ix_legislation_becomes_id"))

    op.drop_table("legislation")


def create_trigger(name: str, table: str, operation: str, condition: str, message: str) -> None:
    """Make the engine refuse an operation on rows for which the condition holds."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    kept = "OLD" if operation == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {kept}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def refuse_truncation() -> None:
    """PostgreSQL can empty a table without touching its rows."""
    op.execute(
        "CREATE FUNCTION keep_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{LOG}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in ("event", "ask_update", "evidence", "test_result"):
        op.execute(
            f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keep_all()"
        )


def drop_trigger(name: str, table: str) -> None:
    """Take a trigger away again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
