"""tracker doctor finds what is wrong with an installation, says what to do, and exits with 1."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker
from tests.engines import free_port
from tests.factories import NOW, make_ask, make_staff
from tests.tampering import log_unlocked, unlock_log
from tracker.db.engine import writing
from tracker.models import Event
from tracker.services.change import Change
from tracker.services.doctor import Health, examine
from tracker.settings import Settings

ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def engine(engine: sa.Engine) -> sa.Engine:
    """The engine of a database with three people and an ask, in a file that is its owner's."""
    if engine.dialect.name == "sqlite":
        file_of(engine).chmod(0o600)
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), published=True)
    return engine


def file_of(engine: sa.Engine) -> Path:
    return Path(engine.url.database or "")


def faults(said: str) -> list[str]:
    return [line.removeprefix("fault").strip() for line in said.splitlines() if line.startswith("fault")]


def test_a_sound_installation_has_no_faults_but_those_of_the_test_server_and_an_older_schema_is_one(
    tracker: Tracker, engine: sa.Engine
) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    said = tracker("doctor", code=0 if is_sqlite else 1).out
    for about in ("settings", "files", "schema", "clock", "people", "lists", "log", "statuses", "mail"):
        assert f" {about}: " in said
    assert "The index of words and the days of each status agree" in said
    # The server of the tests forgets everything anyway, so it does not wait for the disk: found out.
    off = [] if is_sqlite else ["fsync", "synchronous_commit", "full_page_writes"]
    assert [line.split()[1] for line in faults(said)] == off
    for revision in ("-1", "base"):
        tracker("db", "downgrade", revision)
        assert "tracker db upgrade" in tracker("doctor", code=1).out
    said = tracker("doctor", code=1, DATABASE_URL="postgresql://tracker@127.0.0.1:9/tracker").out
    assert "database: It cannot be used" in said


def test_a_wrong_index_a_log_that_was_tampered_with_and_missing_or_disabled_triggers_are_faults(
    tracker: Tracker, engine: sa.Engine
) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    with writing(engine) as session:
        session.execute(sa.text("DROP TRIGGER evidence_keep_update" + ("" if is_sqlite else " ON evidence")))
    assert "as it is: evidence_keep_update." in "\n".join(faults(tracker("doctor", code=1).out))
    with writing(engine) as session:
        session.execute(sa.text("DELETE FROM ask_search"))
        unlock_log(session)
        session.execute(sa.text("UPDATE event SET reason = 'x' WHERE id = 1"))
    said = "\n".join(faults(tracker("doctor", code=1).out))
    assert "event_keep_row" in said
    assert "personal_detail_keep" in said
    assert "Run: tracker verify --mend" in said
    assert "log: Entry 1 of the event log was changed" in said


@ON_SQLITE
def test_a_trigger_that_refuses_nothing_is_a_fault(tracker: Tracker, engine: sa.Engine) -> None:
    with writing(engine) as session:
        session.execute(sa.text("DROP TRIGGER event_keep_row"))
        session.execute(sa.text("CREATE TRIGGER event_keep_row BEFORE DELETE ON event WHEN 0 BEGIN SELECT 1; END"))
        before = session.scalar(sa.select(sa.func.count(Event.id)))
    assert any("as it is: event." in line for line in faults(tracker("doctor", code=1).out))
    with writing(engine) as session:
        assert session.scalar(sa.select(sa.func.count(Event.id))) == before


@ON_SQLITE
def test_files_that_others_can_read_are_faults(tracker: Tracker, engine: sa.Engine) -> None:
    path = file_of(engine)
    Path(".env").write_text("SECRET_KEY=x\n", encoding="utf-8")
    Path(".env").chmod(0o644)
    path.chmod(0o644)
    path.parent.chmod(0o755)
    said = tracker("doctor", code=1, SECRET_KEY="0123456789abcdef0123456789abcdef").out
    assert "Run: chmod 600 .env" in said
    assert f"Run: chmod 600 {path}" in said
    path.parent.chmod(0o700)  # what nobody can reach nobody can read
    Path(".env").chmod(0o600)
    tracker("doctor")


@ON_SQLITE
def test_a_damaged_file_is_a_fault(tracker: Tracker, engine: sa.Engine) -> None:
    path = file_of(engine)
    engine.dispose()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096 * 3))
    assert any(line.startswith("database: ") for line in faults(tracker("doctor", code=1).out))


@ON_SQLITE
def test_a_clock_that_is_behind_the_log_or_years_back_is_a_fault(engine: sa.Engine, tmp_path: Path) -> None:
    for days in (-30, -4000):
        at = NOW + timedelta(days=days)
        found = examine(Settings(str(engine.url), "x"), engine, [], tmp_path / "kept", at)
        assert [it.health for it in found if it.about == "clock"] == [Health.FAULT]


@ON_SQLITE
def test_a_mail_server_that_is_not_there_is_a_fault_and_its_password_is_not_shown(
    tracker: Tracker, engine: sa.Engine
) -> None:
    server = {"HOST": "127.0.0.1", "PORT": str(free_port()), "FROM": "tracker@example.org", "USER": "tracker"}
    settings = {f"TRACKER_SMTP_{name}": value for name, value in server.items()}
    said = tracker("doctor", code=1, TRACKER_SMTP_PASSWORD="of the mail server", **settings).out
    assert any(line.startswith("mail: 127.0.0.1 does not let us in") for line in faults(said))
    assert "of the mail server" not in said


def test_a_cut_end_and_an_older_file_put_back_by_hand_are_faults(tracker: Tracker, engine: sa.Engine) -> None:
    """Without help from outside: the doctor remembers how far the log had come."""
    assert tracker("doctor", code=None).out.count(" log: It is whole") == 1
    (kept,) = Path("var").glob("checkpoint-*")
    assert (stat.S_IMODE(kept.stat().st_mode), kept.read_text()) == (0o600, tracker("verify", "--checkpoint").out)
    with writing(engine) as session, log_unlocked(session):
        last = sa.select(sa.func.max(Event.id)).scalar_subquery()
        session.execute(sa.delete(Event).where(Event.id == last))
    tracker("verify")
    for _ in range(2):
        (fault,) = (line for line in faults(tracker("doctor", code=1).out) if line.startswith("log"))
        assert "the end of the log was cut off" in fault
    kept.write_text("nonsense")
    assert "cannot be read" in "".join(faults(tracker("doctor", code=1).out))
    kept.unlink()
    kept.mkdir()
    assert "log: It is whole, but how far it has come cannot be read or kept" in tracker("doctor", code=None).out
