"""tracker backup and tracker restore on both engines: a whole round trip, and what is refused."""

import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tests.cli.test_doctor import faults
from tests.copies import everything
from tests.engines import Databases, open_engine
from tests.factories import NOW, find_staff, make_ask, make_person, make_staff
from tests.site import SeededDatabases
from tests.tampering import write_in_first_format
from tracker.db import migrate
from tracker.db.engine import reading, writing
from tracker.models import Event, Revision
from tracker.queries import public
from tracker.rules.people import COMMAND_LINE
from tracker.services import taking_down
from tracker.services.change import Change


@pytest.fixture
def engine(engine: sa.Engine) -> sa.Engine:
    """The engine of a database with three people and an ask."""
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), published=True)
    return engine


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
