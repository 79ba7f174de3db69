"""tracker db, backup and restore on both engines: to the newest schema and back, out and in again, and refused."""

import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from tests.cli.commands import SECRET, Tracker, tracker_on
from tests.cli.test_doctor import faults
from tests.copies import everything
from tests.engines import Databases, open_engine
from tests.factories import NOW, find_staff, make_ask, make_law, make_link, make_person, make_staff
from tests.site import SeededDatabases
from tests.tampering import write_in_first_format
from tracker.cli import database as commands
from tracker.db import migrate
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Revision
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.rules.legislation import Effect
from tracker.rules.people import COMMAND_LINE
from tracker.services import taking_down
from tracker.services.change import Change

# --- tracker db ---

HEAD = migrate.head()
BEFORE = ScriptDirectory.from_config(migrate._config()).get_revision("head").down_revision


@pytest.fixture
def engine(engine: sa.Engine) -> sa.Engine:
    """The engine of a database with three people and an ask."""
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), published=True, responsible_bodies=("The Treasury",))
    return engine


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
        change = Change(session, find_staff(session).ed, NOW)
        make_link(change, session.scalars(sa.select(Ask)).one(), make_law(change), effect=Effect.BACKGROUND)
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


def test_lists_of_before_are_filled_when_a_database_is_upgraded_and_verify_mends_what_it_names(
    engine: sa.Engine, tracker: Tracker
) -> None:
    """Also the next time, where an upgrade stopped before they were filled."""

    def found(**wanted: str) -> list[str]:
        with reading(engine) as session:
            page = public.find_page(session, AskFilter(**wanted))  # type: ignore[arg-type]
            return [line.slug for line in page.lines]

    with writing(engine) as session:
        change = Change(session, find_staff(session).ed, NOW)
        make_link(change, session.scalars(sa.select(Ask)).one(), make_law(change))
        make_ask(change, published=True, slug="other", title="Another")
        write_in_first_format(session)
    tracker("db", "downgrade", "0001")
    engine.dispose()
    migrate.upgrade(engine)
    assert found(text="tax") == []
    assert tracker("db", "upgrade").out.endswith(f"The database is at revision {HEAD}.\n")
    assert found() == ["other", "empty-homes"]
    assert found(law="ukpga/2018/13") == found(body="the-treasury") == ["empty-homes"]
    assert found(text="tax") == ["other", "empty-homes"]
    assert "agree with the asks" in tracker("verify").out
    with writing(engine) as session:
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
    with click.Context(commands.db), commands.open_engine().connect() as connection:
        assert connection.scalar(sa.text("SHOW statement_timeout")) == "0"


# --- tracker backup and tracker restore ---


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The place of a backup, in a folder of its own."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday"


@pytest.fixture
def made(tracker: Tracker, engine: sa.Engine, file: Path) -> Path:
    """A backup of a database with three people and an ask."""
    tracker("backup", file)
    return file


def add_somebody(engine: sa.Engine, name: str = "Dot") -> None:
    with writing(engine) as session:
        make_person(Change(session, COMMAND_LINE, NOW), name=name)


Empty = Callable[[], tuple[sa.Engine, Tracker]]


@pytest.fixture
def empty(tracker: Tracker, databases: Databases, database_engine: str) -> Iterator[Empty]:
    """Makes a database without tables, and the command line on it, in the folder of the other."""
    with ExitStack() as stack:

        def make() -> tuple[sa.Engine, Tracker]:
            url = stack.enter_context(databases.temporary(database_engine, migrated=False))
            return stack.enter_context(open_engine(url)), tracker_on(url)

        yield make


def test_a_backup_comes_back_whole_in_an_empty_place_and_is_its_owners_alone(
    tracker: Tracker, engine: sa.Engine, made: Path, empty: Empty
) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    other, tracker_on_other = empty()
    said = tracker_on_other("restore", made).out
    assert "The database holds 1 asks, 1 updates and 3 members of staff." in said
    assert everything(other) == everything(engine)
    assert "It holds all" in tracker_on_other("verify", "--against", checkpoint_of(tracker)).out
    assert tracker("verify").out.splitlines()[0].rpartition(" ")[2].rstrip(".") in said
    add_somebody(other)  # it works: triggers, sequences and locks are there
    tracker_on_other("verify")
    with pytest.raises(sa.exc.DBAPIError), writing(other) as session:
        session.execute(sa.text("UPDATE event SET actor_name = 'x'"))
    before = made.read_bytes()
    assert "is there already" in tracker("backup", made, code=1).err
    assert made.read_bytes() == before
    add_somebody(engine)
    assert "4 members of staff" in tracker("backup", made, "--force").out
    assert list(made.parent.iterdir()) == [made]


def checkpoint_of(tracker: Tracker) -> str:
    return tracker("verify", "--checkpoint").out.strip()


def test_a_restore_over_data_is_meant_keeps_what_was_there_and_is_an_entry_of_the_log_and_public(
    tracker: Tracker, engine: sa.Engine, made: Path, empty: Empty
) -> None:
    at_backup, kept = everything(engine), checkpoint_of(tracker)
    add_somebody(engine)
    tracker("doctor", code=None)
    before, number = everything(engine), revision(engine)
    assert "its log has" in tracker("restore", made, code=1).err
    assert everything(engine) == before
    tracker("restore", made, "--force")
    assert everything(engine) == at_backup
    assert revision(engine) > number  # no browser may take an old page for a new one
    with reading(engine) as session:
        last = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
        assert last
        assert (last.action, last.subject, last.subject_name) == ("restored", "database", made.name)
        assert last.actor_name == "Command line"
        assert last.after
        assert f"{last.after['entries']}:{last.after['head']}" == kept
        assert public.find_checkpoint(session).number == last.id
    said = tracker("doctor", code=None).out
    assert f"“{made.name}” was put back" in said
    assert not any(line.startswith("log") for line in faults(said))
    (safety,) = (path for path in made.parent.iterdir() if path != made)
    assert stat.S_IMODE(safety.stat().st_mode) == 0o600
    other, tracker_on_other = empty()
    tracker_on_other("restore", safety)
    assert everything(other) == before


def revision(engine: sa.Engine) -> int:
    with reading(engine) as session:
        return session.scalars(sa.select(Revision.number)).one()


def test_a_backup_of_the_schema_before_is_brought_up(
    tracker: Tracker, engine: sa.Engine, file: Path, empty: Empty
) -> None:
    with writing(engine) as session:
        write_in_first_format(session)
    tracker("db", "downgrade", "-1")
    tracker("db", "upgrade")
    whole = everything(engine)  # without what only the newest schema holds
    tracker("db", "downgrade", "-1")
    assert "a restore will verify its log" in tracker("backup", file).out
    other, tracker_on_other = empty()
    tracker_on_other("restore", file)
    assert migrate.current(other) == migrate.head()
    assert everything(other) == whole
    tracker_on_other("verify")


def test_a_damaged_file_is_refused_and_nothing_is_changed(tracker: Tracker, engine: sa.Engine, made: Path) -> None:
    before, whole = everything(engine), made.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-1000], whole[:100], b"", b"something else" * 1000):
        made.write_bytes(damaged)
        assert "Error: " in tracker("restore", made, "--force", code=1).err
        assert everything(engine) == before
    for path in made.parent.iterdir():
        path.unlink()
    made.write_bytes(whole)
    tracker("restore", made, "--force")


def test_a_log_that_was_tampered_with_is_not_put_back(
    tracker: Tracker, engine: sa.Engine, file: Path, empty: Empty
) -> None:
    with writing(engine) as session:
        write_in_first_format(session)
        session.execute(sa.text("UPDATE event SET actor_name = 'Nobody' WHERE id = 2"))
    assert tracker("backup", file, code=1).err.startswith("Error: Entry 2 of the event log was changed")
    assert list(file.parent.iterdir()) == []
    tracker("db", "downgrade", "-1")
    tracker("backup", file)  # an older schema cannot be verified yet
    other, tracker_on_other = empty()
    assert "Entry 2 of the event log was changed" in tracker_on_other("restore", file, code=1).err
    assert migrate.current(other) is None


def test_what_cannot_be_backed_up_or_put_back_is_named(
    tracker: Tracker, engine: sa.Engine, empty: Empty, tmp_path: Path
) -> None:
    _, tracker_on_nothing = empty()
    assert "nothing to back up" in tracker_on_nothing("backup", tmp_path / "none", code=1).err
    assert "could not be written" in tracker("backup", tmp_path / "missing" / "file", code=1).err
    if engine.dialect.name == "postgresql":
        assert "pg_dump is not installed" in tracker("backup", tmp_path / "none", code=1, PATH="/nonexistent").err
    assert not (tmp_path / "none").exists()
    if engine.dialect.name == "sqlite":
        (tmp_path / "dump").write_bytes(b"PGDMP" + bytes(100))
        assert "is a backup of postgresql" in tracker_on_nothing("restore", tmp_path / "dump", code=1).err


def test_words_that_a_restore_brings_back_are_named(tracker: Tracker, engine: sa.Engine, made: Path) -> None:
    with writing(engine) as session:
        wanted = ("Homes that stand empty", "A court ordered it.", "https://tracker.example")
        change = Change(session, find_staff(session).ada, NOW)
        taking_down.take_down(change, *wanted, taking_down.find(session, *wanted).seen)
    assert "words were taken down" in tracker("verify", "--replay").out
    later = made.parent.parent / "later"
    tracker("backup", later)
    said = tracker("restore", made, "--force").out
    assert "Words are back that were taken down on 22 November 2026, because: A court ordered it." in said
    assert "words were taken down" not in tracker("verify", "--replay").out
    assert "Words are back" not in tracker("restore", later, "--force").out
    assert "words were taken down" in tracker("verify", "--replay").out


@pytest.mark.parametrize("database_engine", ["sqlite", "postgresql"])
def test_a_backup_replaces_what_no_migration_could_take_back_or_a_newer_version_made(
    seeded_databases: SeededDatabases, database_engine: str, file: Path
) -> None:
    """As when somebody goes back to the version before: the list has what older schemas cannot hold."""
    with seeded_databases.temporary(database_engine) as url:
        tracker = tracker_on(url)
        tracker("backup", file)
        with open_engine(url) as engine, engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE of_later (id INTEGER PRIMARY KEY)"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = 'newer'"))
        assert "The event log of the backup is whole" in tracker("restore", "--force", file).out
        tracker("db", "check")
        tracker("verify", "--replay")
        with open_engine(url) as engine:
            assert not sa.inspect(engine).has_table("of_later")
