"""tracker db: to the newest schema and back, on both engines."""

from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from tests.cli.commands import SECRET, Tracker, tracker_on
from tests.factories import NOW, make_ask, make_law, make_link, make_staff
from tests.tampering import write_in_first_format
from tracker.cli.database import db, open_engine
from tracker.db import migrate
from tracker.db.engine import reading, writing
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.rules.legislation import Effect
from tracker.services.change import Change

HEAD = migrate.head()
BEFORE = ScriptDirectory.from_config(migrate._config()).get_revision("head").down_revision


def test_upgrade_and_downgrade_say_where_the_database_is_and_check_whether_that_is_right(
    tracker_on_nothing: Tracker,
) -> None:
    tracker = tracker_on_nothing
    assert tracker("db", "current").out == "base (empty)\n"
    assert "tracker db upgrade" in tracker("db", "check", code=1).err
    assert tracker("db", "upgrade").out == f"The database is at revision {HEAD}.\n"
    assert tracker("db", "current").out == f"{HEAD}\n"
    assert tracker("db", "check").out == f"The database is at {HEAD}, as it should be.\n"
    assert tracker("db", "upgrade").out == f"The database is at revision {HEAD}.\n"
    assert tracker("db", "downgrade", "-1").out == f"The database is at revision {BEFORE}.\n"
    assert tracker("db", "downgrade", "base").out == "The database is at revision base (empty).\n"
    assert tracker("db", "current").out == "base (empty)\n"
    assert tracker("db", "upgrade", "0001").out == "The database is at revision 0001.\n"
    tracker("db", "check", code=1)


def test_without_tables_a_command_says_what_to_do(tracker_on_nothing: Tracker) -> None:
    for command in ("serve", "tidy", "verify", "seed", "user list", "export files", "user deactivate a@example.org"):
        answer = tracker_on_nothing(*command.split(), code=2)
        assert answer.err == "Error: The database has no tables yet. Run: tracker db upgrade\n"
        assert answer.out == ""


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_revision_and_a_database_that_do_not_exist_are_named(tracker: Tracker, tmp_path: Path) -> None:
    for command in (("upgrade", "9999"), ("downgrade", "nonsense"), ("downgrade", "-99")):
        assert tracker("db", *command, code=1).err.startswith("Error: ")
        assert tracker("db", "current").out == f"{HEAD}\n"
    answer = tracker_on(f"sqlite:///{tmp_path}/missing/tracker.sqlite3")("db", "upgrade", code=2)
    assert "unable to open database file" in answer.err
    answer = tracker_on("postgresql://tracker@127.0.0.1:9/tracker")("db", "current", code=2)
    assert answer.err.startswith("Error: The database cannot be used: ")


def test_what_cannot_go_back_stays_and_is_said_in_a_sentence(engine: sa.Engine, tracker: Tracker) -> None:
    with writing(engine) as session:
        change = Change(session, make_staff(session).ed, NOW)
        make_link(change, make_ask(change), make_law(change), effect=Effect.BACKGROUND)
    engine.dispose()
    assert "Restore a backup" in tracker("db", "downgrade", "0010", code=1).err
    for revision in ("0013", "base"):
        refused = tracker("db", "downgrade", revision, code=1).err
        assert refused.startswith("Error: Nothing was changed: links say “background”, ")
        assert refused.endswith("; give them another effect.\n")
    assert tracker("db", "current").out == f"{HEAD}\n"
    with writing(engine) as session:
        session.execute(sa.text("UPDATE link SET effect = 'amends'"))
    engine.dispose()
    assert tracker("db", "downgrade", "0011").out == "The database is at revision 0011.\n"
    assert "Restore a backup" in tracker("db", "downgrade", "-1", code=1).err
    assert tracker("db", "upgrade").out == f"The database is at revision {HEAD}.\n"
    assert tracker("verify").out.startswith("The event log is whole")
    assert tracker("db", "downgrade", "base").out == "The database is at revision base (empty).\n"


# --- the public lists ---


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """The engine of a database with two published asks, one of them with a law and a body, as long ago."""
    with writing(engine) as session:
        change = Change(session, make_staff(session).ed, NOW)
        ask = make_ask(change, published=True, responsible_bodies=("The Treasury",))
        make_link(change, ask, make_law(change))
        make_ask(change, published=True, slug="other", title="Another")
        write_in_first_format(session)
    return engine


def found(engine: sa.Engine, **wanted: str) -> list[str]:
    with reading(engine) as session:
        return [line.slug for line in public.find_page(session, AskFilter(**wanted)).lines]  # type: ignore[arg-type]


def test_a_database_from_before_the_lists_is_filled_when_it_is_upgraded(filled: sa.Engine, tracker: Tracker) -> None:
    """Also the next time, where an upgrade stopped before they were filled."""
    tracker("db", "downgrade", "0001")
    filled.dispose()
    migrate.upgrade(filled)
    assert found(filled, text="tax") == []
    assert tracker("db", "upgrade").out.endswith(f"The database is at revision {HEAD}.\n")
    assert found(filled) == ["other", "empty-homes"]
    assert found(filled, law="ukpga/2018/13") == found(filled, body="the-treasury") == ["empty-homes"]
    assert found(filled, text="tax") == ["other", "empty-homes"]
    assert "agree with the asks" in tracker("verify").out


def test_verify_mends_what_it_names(filled: sa.Engine, tracker: Tracker) -> None:
    with writing(filled) as session:
        session.execute(sa.text("DELETE FROM ask_search"))
        session.execute(sa.text("UPDATE status_span SET reason = 'Another.'"))
    faults = tracker("verify", code=1).err.splitlines()
    assert faults[0] == "Error: ask empty-homes does not have the days of its statuses"
    assert "ask other is not found by its words" in faults
    assert faults[-1] == "Write them anew with: tracker verify --mend"
    assert "agree with the asks" in tracker("verify", "--mend").out
    assert "agree with the asks" in tracker("verify").out


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
def test_a_command_may_take_longer_than_a_page(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    with click.Context(db), open_engine().connect() as connection:
        assert connection.scalar(sa.text("SHOW statement_timeout")) == "0"
