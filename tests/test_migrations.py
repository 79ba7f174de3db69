"""The migrations: one line, alike to the models, up and down with data, and never half done."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.engines import Databases, open_engine
from tests.factories import (
    NOW,
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_reply,
    make_staff,
    make_targets,
    make_test,
    make_update,
    seen_in_record,
)
from tests.processes import run_at_once
from tests.tampering import log_unlocked
from tracker import models
from tracker.db import migrate
from tracker.db.base import Base
from tracker.db.engine import reading, writing
from tracker.official.findings import note
from tracker.paths import resource_dir
from tracker.queries import public
from tracker.rules.chain import GENESIS, entry_hash
from tracker.rules.dates import PartialDate
from tracker.rules.official import LookOutcome
from tracker.rules.text import own_slug, slug_of_name
from tracker.rules.updates import Result
from tracker.services import asks, derived, proof, replay, uploads
from tracker.services.change import Change

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1"))
NOT_FILLED = {"access_link", "recovery_code", "sent_form", "staff_session", "sign_in_failure"}


@pytest.fixture
def empty(empty_database: str) -> Any:
    """The engine of an empty database."""
    with open_engine(empty_database) as engine:
        yield engine


# --- one line ---


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")))
    return ScriptDirectory.from_config(config)


def test_the_migrations_are_one_line_and_numbered_like_their_files() -> None:
    line = list(scripts().walk_revisions())[::-1]
    assert len(scripts().get_heads()) == 1
    assert [revision.revision for revision in line] == [f"{number:04}" for number in range(1, len(line) + 1)]
    assert [revision.down_revision for revision in line] == [None, *(revision.revision for revision in line[:-1])]
    for revision in line:
        assert Path(revision.path).name.startswith(f"{revision.revision}_")
        assert not revision.is_merge_point
        assert not revision.is_branch_point
    files = sorted((resource_dir("migrations") / "versions").glob("*.py"))
    assert [path.name for path in files] == [Path(revision.path).name for revision in line]
    assert migrate.head() == line[-1].revision


# --- alike to the models ---


def normal(text: object) -> str:
    """An SQL expression without the differences that only spelling makes."""
    return re.sub(r"[\s\"()]|::\w+(?: varying)?(?:\[\])?", "", str(text)).lower()


def described(engine: sa.Engine) -> dict[str, Any]:
    """Everything about the schema that matters to us, by table."""
    inspector = sa.inspect(engine)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table == "alembic_version" or table.startswith("ask_search"):
            continue
        found[table] = {
            "columns": {
                column["name"]: (
                    str(column["type"].compile(engine.dialect)),
                    getattr(column["type"], "collation", None),
                    column["nullable"],
                    normal(column["default"]),
                    column.get("autoincrement"),
                )
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": {
                name: key | {"name": name}
                for key in inspector.get_foreign_keys(table)
                # SQLAlchemy does not read the name of one that was added to SQLite together with its column.
                for name in [key["name"] or f"fk_{table}_{'_'.join(key['constrained_columns'])}"]
            },
            "unique": {unique["name"]: unique["column_names"] for unique in inspector.get_unique_constraints(table)},
            "checks": {check["name"]: normal(check["sqltext"]) for check in inspector.get_check_constraints(table)},
            "indexes": {
                index["name"]: (index["column_names"], index["unique"]) for index in inspector.get_indexes(table)
            },
        }
    return found


def test_the_migrated_schema_is_the_one_of_the_models(
    engine: sa.Engine, databases: Databases, database_engine: str
) -> None:
    with databases.temporary(database_engine, migrated=False) as url, open_engine(url) as created:
        Base.metadata.create_all(created)
        ours, theirs = described(engine), described(created)
    assert ours.keys() == theirs.keys() == Base.metadata.tables.keys()
    for table, parts in ours.items():
        assert parts == theirs[table], table
    ask = ours["ask"]  # what is compared holds every kind of rule
    assert {"ck_ask_published_has_status", "ck_ask_status"} <= set(ask["checks"])
    assert ask["unique"] == {"uq_ask_slug": ["slug"]}
    assert {"fk_ask_source_id", "fk_ask_superseded_by_id", "fk_ask_same_as_id"} == set(ask["foreign keys"])
    assert "ix_ask_listed" in ask["indexes"]


# --- up and down ---


def fill(engine: sa.Engine) -> None:
    """A few rows in every table that the services fill."""
    with writing(engine) as session:
        change = Change(session, make_staff(session).ed, NOW)
        ask = make_ask(change, published=True, responsible_bodies=("The Treasury",))
        make_link(change, ask, make_law(change))
        make_update(
            change,
            ask,
            results=(
                (make_test(change, ask).id, Result.MET),
                (make_test(change, ask, key="second").id, Result.NOT_MET),
            ),
        )
        update = make_update(change, ask, published=False)
        make_reply(change, ask)
        asks.add_note(change, ask, "A private note.")
        session.add(models.FormerSlug(slug="old", ask_id=ask.id))
        finding = note(session, seen_in_record(subject_kind="ask", subject_id=ask.id), NOW)
        assert finding
        session.add(models.Telling(finding_id=finding.id, update_id=update.id))
        session.add(models.EvidenceLook(evidence_id=update.evidence[0].id, asked_at=NOW))
        session.add(models.Publisher(host="example.org", publisher="Example", type="independent"))
        session.add(models.Look(source="law", looked_at=NOW, outcome=LookOutcome.OK))
        make_designation(session)
        list_target(change, make_targets(change, ask, "Boris Testov")[0])
        session.add(models.SanctionsList(day=PartialDate("2026-11-20"), read_at=NOW))
        uploads.keep(change, [("asks.csv", b"ask_slug")], "")


def counts(engine: sa.Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {
            name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def leftovers(engine: sa.Engine) -> list[str]:
    """Triggers and functions of ours, which no inspector lists."""
    statement = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view', 'index') AND sql IS NOT NULL",
        "postgresql": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return list(connection.execute(sa.text(statement)).scalars())


def test_up_down_and_up_again_with_data(empty: sa.Engine) -> None:
    assert migrate.current(empty) is None
    migrate.upgrade(empty)
    before = described(empty)
    fill(empty)
    assert min(n for name, n in counts(empty).items() if name not in NOT_FILLED) > 0

    migrate.downgrade(empty, "base")
    assert set(sa.inspect(empty).get_table_names()) <= {"alembic_version"}
    assert migrate.current(empty) is None
    assert leftovers(empty) == []

    migrate.upgrade(empty)
    assert described(empty) == before
    assert counts(empty)["revision"] == 1
    fill(empty)
    with reading(empty) as session:
        assert proof.verify(session)[0] == counts(empty)["event"]

    held = counts(empty)
    migrate.upgrade(empty)
    assert (counts(empty), migrate.current(empty)) == (held, migrate.head())


# --- the traps ---

ALTER_PARENT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade():
    with op.batch_alter_table("ask", recreate="{recreate}") as batch:
        batch.add_column(sa.Column("colour", sa.Text(), server_default="blue", nullable=False))
    {more}


def downgrade():
    with op.batch_alter_table("ask", recreate="{recreate}") as batch:
        batch.drop_column("colour")
"""


@pytest.fixture
def add_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a revision behind the newest, in a copy of migrations/ that the code then uses."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for path in [*resource_dir("migrations").glob("*.*"), *resource_dir("migrations").glob("versions/*.py")]:
        (copy / path.relative_to(resource_dir("migrations"))).write_bytes(path.read_bytes())

    def add(engine: sa.Engine, more: str = "") -> str:
        before = migrate.head()
        recreate = "always" if engine.dialect.name == "sqlite" else "never"
        revision = f"{int(before or 0) + 1:04}"
        text = ALTER_PARENT.format(revision=revision, before=before, recreate=recreate, more=more or "pass")
        (copy / "versions" / f"{revision}_colour.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(migrate, "resource_dir", lambda name: tmp_path / name)
        return revision

    return add


def test_rebuilding_a_parent_table_keeps_its_children(engine: sa.Engine, add_revision: Any) -> None:
    """SQLite rebuilds a table to alter it; with foreign keys on, dropping the old one deleted every child row."""
    fill(engine)
    before, triggers = counts(engine), sorted(leftovers(engine))
    revision = add_revision(engine)
    migrate.upgrade(engine)
    assert (counts(engine), migrate.current(engine)) == (before, revision)
    assert "colour" in {column["name"] for column in sa.inspect(engine).get_columns("ask")}
    migrate.downgrade(engine, "-1")
    assert counts(engine) == before
    assert sorted(leftovers(engine)) == triggers
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


@pytest.mark.parametrize("fault", ["op.execute('DELETE FROM source')", "op.execute('UPDATE nothing SET a = 1')"])
def test_a_migration_that_fails_is_undone_whole(engine: sa.Engine, add_revision: Any, fault: str) -> None:
    """On SQLite the first fault is seen by foreign_key_check alone, on PostgreSQL by the engine itself."""
    fill(engine)
    before, schema, at = counts(engine), described(engine), migrate.current(engine)
    add_revision(engine, fault)
    with pytest.raises(Exception, match=r"foreign key|nothing"):
        migrate.upgrade(engine)
    assert (counts(engine), described(engine), migrate.current(engine)) == (before, schema, at)
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as session:  # the keys are on again
        session.execute(sa.delete(models.Source))


def upgrade_in_a_process(url: str) -> str | None:
    with open_engine(url) as engine:
        migrate.upgrade(engine)
        return migrate.current(engine)


@pytest.mark.parametrize("round_", range(max(1, ROUNDS // 10)))
def test_two_processes_that_migrate_an_empty_database_at_once_both_succeed(
    empty: sa.Engine, empty_database: str, round_: int
) -> None:
    assert run_at_once(upgrade_in_a_process, [(empty_database,)] * 2) == [migrate.head()] * 2
    assert counts(empty)["revision"] == 1
    fill(empty)


# --- bodies ---

LISTS = {  # of each ask, as a tracker of before may have them, and as they are read afterwards
    "first": (["HM treasury", "Поліція (UK)", "МИД"], ["HM Treasury", "Поліція (UK)", "МИД"]),
    "second": (["Міністерство (UK)", "HM TREASURY", "HM Treasury"], ["Міністерство (UK)", "HM Treasury"]),
    "third": (["hm treasury"], ["HM Treasury"]),
    "fourth": ([], []),
}


def go_back_before_bodies(engine: sa.Engine) -> None:
    """Leave a tracker of revision 0022, whose log knows no bodies; the third ask is a draft."""
    with writing(engine) as session, log_unlocked(session):
        change = Change(session, make_staff(session).ed, NOW)
        asks_made = {slug: make_ask(change, slug=slug, published=slug != "third") for slug in LISTS}
        of_ids = {ask.id: LISTS[slug][0] for slug, ask in asks_made.items()}
        events, head = session.scalars(sa.select(models.Event).order_by(models.Event.id)).all(), GENESIS
        for event in events:
            if (event.subject, event.action) == ("ask", "created"):
                event.after = event.after | {"responsible_bodies": of_ids[event.subject_id]}  # type: ignore[operator]
            event.previous_hash = head
            event.hash = head = entry_hash(proof.content_of(event))
    migrate.downgrade(engine, "0022")
    with engine.begin() as connection:
        for ask_id, names in of_ids.items():
            values = {"names": json.dumps(names), "id": ask_id}
            kind = "CAST(:names AS JSON)" if engine.dialect.name == "postgresql" else ":names"
            connection.execute(sa.text(f"UPDATE ask SET responsible_bodies = {kind} WHERE id = :id"), values)


def test_bodies_become_records_and_the_log_says_so(engine: sa.Engine) -> None:
    go_back_before_bodies(engine)
    migrate.upgrade(engine)
    with writing(engine) as session:
        derived.fill_if_empty(session)
    names = {"hm-treasury": "HM Treasury", "uk": "Поліція (UK)", slug_of_name("МИД"): "МИД"}
    names[own_slug("Міністерство (UK)", {"uk"})] = "Міністерство (UK)"
    with reading(engine) as session:
        found = session.execute(sa.select(models.Ask.slug, models.Ask.responsible_bodies)).all()
        assert {row.slug: row.responsible_bodies for row in found} == {
            slug: after for slug, (_, after) in LISTS.items()
        }
        assert public.list_bodies(session) == names
        assert proof.verify(session)[0] == counts(engine)["event"]
        assert replay.find_differences(session) == derived.find_faults(session) == []
    with writing(engine) as session:
        session.execute(sa.text("UPDATE body SET name = 'The Treasury' WHERE slug = 'hm-treasury'"))
        assert len(replay.find_differences(session)) == 4  # of the body, and of the three asks that name it
        session.rollback()
    migrate.downgrade(engine, "0022")
    with engine.connect() as connection:
        text = connection.execute(sa.text("SELECT slug, CAST(responsible_bodies AS TEXT) FROM ask")).all()
    assert {row[0]: json.loads(row[1]) for row in text} == {slug: after for slug, (_, after) in LISTS.items()}
    migrate.upgrade(engine)
    with reading(engine) as session:
        assert public.list_bodies(session) == names
        assert replay.find_differences(session) == []


def test_what_an_older_version_dated_otherwise_is_dated_anew(engine: sa.Engine) -> None:
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), published=True)
    migrate.downgrade(engine, "0027")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE ask SET status_on = '2017'"))
        connection.execute(sa.text("UPDATE status_span SET happened_on = '2017'"))
    migrate.upgrade(engine)
    with writing(engine) as session:
        derived.fill_if_empty(session)
    with reading(engine) as session:
        assert replay.find_differences(session) == derived.find_faults(session) == []
