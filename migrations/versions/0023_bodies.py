"""The bodies that answer for asks become records; the log says under which slug and name each was carried over.

Spellings of one name become one: that of the published ask that was entered last. What each ask said stands in the log.
Going down loses the short names of bodies, and bodies of no ask; after going up again `tracker verify --replay` names
these.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | Sequence[str] | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OFFERED = ["publication", "source_id", "topic", "kind", "status"]
PLAIN_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
WHY = "Bodies are records from now on. The names in the list of each ask lead to them."
ASK = sa.table("ask", sa.column("id"), sa.column("publication"), sa.column("responsible_bodies", sa.JSON))
EVENT = sa.table(
    "event",
    *(sa.column(name) for name in ("id", "actor_id", "actor_name", "action", "subject", "subject_id", "subject_name")),
    *(sa.column(name) for name in ("ask_id", "reason", "request_id", "previous_hash", "hash", "format")),
    *(sa.column(name, sa.JSON(none_as_null=True)) for name in ("before", "after")),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    body = op.create_table(
        "body",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("short_names", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_body_name_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("name_key", name=op.f("uq_body_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_body_slug")),
    )
    ask_body = op.create_table(
        "ask_body",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_body_ask_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_ask_body_body_id")),
        sa.PrimaryKeyConstraint("ask_id", "position", name=op.f("pk_ask_body")),
        sa.UniqueConstraint("body_id", "ask_id", name=op.f("uq_ask_body_body_id_ask_id")),
    )
    carry_over(body, ask_body)
    op.drop_index("ix_ask_offered", "ask")
    op.drop_column("ask", "responsible_bodies")
    op.create_index("ix_ask_offered", "ask", [*OFFERED, *offered_lists()])


def downgrade() -> None:
    op.drop_index("ix_ask_offered", "ask")
    op.add_column("ask", sa.Column("responsible_bodies", sa.JSON(), server_default="[]", nullable=False))
    take_back()
    op.drop_table("ask_body")
    op.drop_table("body")
    lists = ["responsible_bodies", "jurisdictions"] if offered_lists() else []
    op.create_index("ix_ask_offered", "ask", [*OFFERED, *lists])


def offered_lists() -> list[str]:
    """PostgreSQL cannot sort lists that are kept as JSON."""
    return [] if op.get_bind().dialect.name == "postgresql" else ["jurisdictions"]


def carry_over(body: sa.Table, ask_body: sa.Table) -> None:
    """Make a body of each name, in the order in which asks name them, and say so in the log."""
    asks = op.get_bind().execute(sa.select(ASK).order_by(ASK.c.id)).all()
    numbers: dict[str, int] = {}
    for ask in asks:
        for name in ask.responsible_bodies:
            numbers.setdefault(name_key(name), len(numbers) + 1)
    in_order = sorted(asks, key=lambda ask: ask.publication == "published")
    names = {name_key(name): name for ask in in_order for name in ask.responsible_bodies}
    slugs: dict[str, str] = {}
    for key in numbers:
        slug = slug_of(names[key])
        taken = slug in slugs.values()
        slugs[key] = f"{slug[:67]}-{digest(names[key])}" if taken else slug
    bodies = [
        {"id": number, "slug": slugs[key], "name": names[key], "name_key": key, "short_names": []}
        for key, number in numbers.items()
    ]
    answering = [
        {"ask_id": ask.id, "position": position, "body_id": numbers[key]}
        for ask in asks
        for position, key in enumerate(dict.fromkeys(map(name_key, ask.responsible_bodies)))
    ]
    if any(name != names[name_key(name)] for ask in asks for name in ask.responsible_bodies):
        op.execute("DELETE FROM status_span")  # `tracker db upgrade` then writes the index of words anew, and this
    if bodies:
        op.bulk_insert(body, bodies)
        op.bulk_insert(ask_body, answering)
        log(bodies)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('body', 'id'), {len(bodies) + 1}, false)")


def log(bodies: Sequence[dict[str, object]]) -> None:
    """Append an entry for each body to the log, as tracker.services.events.record wrote them then."""
    connection, at = op.get_bind(), datetime.now(UTC)
    last = connection.execute(sa.select(EVENT.c.id, EVENT.c.hash).order_by(EVENT.c.id.desc()).limit(1)).first()
    number, previous_hash = (last.id, last.hash) if last else (0, "0" * 64)
    entries = []
    for body in bodies:
        number += 1
        content = {
            "id": number, "at": at.isoformat(), "actor_id": None, "actor_name": "Upgrade", "action": "carried over",
            "subject": "body", "subject_id": body["id"], "subject_name": body["name"], "ask_id": None, "before": None,
            "after": {name: body[name] for name in ("slug", "name", "short_names")}, "reason": WHY, "request_id": "",
            "previous_hash": previous_hash, "format": 2,
        }  # fmt: skip
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        previous_hash = hashlib.sha256(f"tracker event 2\n{text}".encode("ascii")).hexdigest()
        entries.append(content | {"at": at, "hash": previous_hash})
    op.bulk_insert(EVENT, entries)


def take_back() -> None:
    """Give each ask its list of names."""
    named = sa.text("SELECT ask_id, name FROM ask_body JOIN body ON body.id = body_id ORDER BY ask_id, position")
    lists: dict[int, list[str]] = {}
    for row in op.get_bind().execute(named):
        lists.setdefault(row.ask_id, []).append(row.name)
    statement = sa.update(ASK).where(ASK.c.id == sa.bindparam("of")).values(responsible_bodies=sa.bindparam("names"))
    if lists:
        op.get_bind().execute(statement, [{"of": ask_id, "names": names} for ask_id, names in lists.items()])


# What tracker.rules.text returned when this was written.


def name_key(name: str) -> str:
    key = re.sub(r"[\W_]+", "-", fold(name)).strip("-")
    return key if slugify(name) else slug_of(name)


def slug_of(name: str) -> str:
    return slugify(name) or digest(name)


def slugify(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:80].strip("-")


def fold(text: str) -> str:
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    decomposed = unicodedata.normalize("NFKD", seen)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(PLAIN_LETTERS)


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]
