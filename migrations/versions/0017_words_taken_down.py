"""Words can be taken down: while the one row of `revision` says so, texts of the log and of published entries change.

Only what a taking down changes is let through: an entry of the log keeps its number, its hash and all but its texts.
After going down, older code calls a log broken from which words were taken down.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | Sequence[str] | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HISTORY = "what was published is never changed; post a correction"
LOG = "the event log is append-only"
IS_OPEN = "(SELECT is_taking_down FROM revision)"
IS_LOGGED = "(SELECT action FROM event ORDER BY id DESC LIMIT 1) = 'took words down'"
KEPT_OF_EVENT = ("id", "at", "actor_name", "action", "subject", "subject_id", "previous_hash", "hash", "format")
KEPT_OF_UPDATE = ("id", "ask_id", "key", "kind", "happened_on", "publication", "published_at", "recorded_at")
PUBLISHED_PARENT = "(SELECT publication FROM ask_update WHERE id = {row}.update_id) = 'published'"
IS_HISTORY = " OR ".join(PUBLISHED_PARENT.format(row=row) for row in ("OLD", "NEW"))


def stays(columns: Sequence[str]) -> str:
    """The condition under which a row may change: words are being taken down, and these columns keep their values."""
    holds = " AND ".join([IS_OPEN, IS_LOGGED, *(f"NEW.{name} = OLD.{name}" for name in columns)])
    return f"COALESCE({holds}, false)"


# Trigger, table, the condition under which it refuses an UPDATE before and from now on, message.
TRIGGERS = [
    ("event_keep", "event", "true", f"NOT {stays(KEPT_OF_EVENT)}", LOG),
    (
        "ask_update_keep",
        "ask_update",
        "OLD.publication = 'published'",
        f"OLD.publication = 'published' AND NOT {stays(KEPT_OF_UPDATE)}",
        HISTORY,
    ),
    (
        "evidence_keep_update",
        "evidence",
        IS_HISTORY,
        f"({IS_HISTORY}) AND NOT {stays(('id', 'update_id', 'position'))}",
        HISTORY,
    ),
]


def upgrade() -> None:
    op.add_column("revision", sa.Column("is_taking_down", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name, table, _, condition, message in TRIGGERS:
        refuse(name, table, condition, message)


def downgrade() -> None:
    for name, table, condition, _, message in TRIGGERS:
        refuse(name, table, condition, message)
    op.drop_column("revision", "is_taking_down")


def refuse(name: str, table: str, condition: str, message: str) -> None:
    """Make the engine refuse changes of rows for which the condition holds, and no others."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
