"""tracker db: to the newest schema and back, on both engines."""

from pathlib import Path

import pytest

from tests.cli.commands import Tracker, tracker_on
from tracker.db import migrate

HEAD = migrate.head()
BEFORE = f"{int(HEAD or 0) - 1:04}"


def test_upgrade_and_downgrade_say_where_the_database_is(tracker_on_nothing: Tracker) -> None:
    tracker = tracker_on_nothing
    assert tracker("db", "current").out == "base (empty)\n"
    assert tracker("db", "upgrade").out == f"The database is at revision {HEAD}.\n"
    assert tracker("db", "current").out == f"{HEAD}\n"
    assert tracker("db", "upgrade").out == f"The database is at revision {HEAD}.\n"
    assert tracker("db", "downgrade", "-1").out == f"The database is at revision {BEFORE}.\n"
    assert tracker("db", "downgrade", "base").out == "The database is at revision base (empty).\n"
    assert tracker("db", "current").out == "base (empty)\n"
    assert tracker("db", "upgrade", "0001").out == "The database is at revision 0001.\n"


def test_check_ends_with_1_until_the_schema_is_the_newest(tracker_on_nothing: Tracker) -> None:
    tracker = tracker_on_nothing
    assert "tracker db upgrade" in tracker("db", "check", code=1).err
    tracker("db", "upgrade")
    assert tracker("db", "check").out == f"The database is at {HEAD}, as it should be.\n"
    tracker("db", "downgrade", "base")
    tracker("db", "check", code=1)


@pytest.mark.parametrize(
    "command", [("seed",), ("verify",), ("user", "list"), ("export", "files"), ("user", "deactivate", "a@example.org")]
)
def test_without_tables_a_command_says_what_to_do(tracker_on_nothing: Tracker, command: tuple[str, ...]) -> None:
    answer = tracker_on_nothing(*command, code=1)
    assert answer.err.startswith("Error: ")
    assert "tracker db " in answer.err


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", [("upgrade", "9999"), ("downgrade", "nonsense"), ("downgrade", "-7")])
def test_a_revision_that_does_not_exist_is_refused(tracker: Tracker, command: tuple[str, ...]) -> None:
    assert tracker("db", *command, code=1).err.startswith("Error: ")
    assert tracker("db", "current").out == f"{HEAD}\n"


def test_a_database_in_a_missing_folder_cannot_be_used(tmp_path: Path) -> None:
    answer = tracker_on(f"sqlite:///{tmp_path}/missing/tracker.sqlite3")("db", "upgrade", code=1)
    assert "unable to open database file" in answer.err


def test_a_database_server_that_does_not_answer_is_named_without_a_traceback() -> None:
    answer = tracker_on("postgresql://tracker@127.0.0.1:9/tracker")("db", "current", code=1)
    assert answer.err.startswith("Error: The database cannot be used: ")
