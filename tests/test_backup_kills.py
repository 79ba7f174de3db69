"""Backups while others write, and a kill in the middle of one: no half file, and an unharmed database."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.copies import everything
from tests.engines import Databases, open_engine
from tests.factories import NOW, make_ask, make_person, make_staff
from tests.processes import kill, kill_at, processes, received
from tracker.db import sqlite_backup
from tracker.db.engine import writing
from tracker.rules.people import COMMAND_LINE
from tracker.services import backup
from tracker.services.change import Change

ROUNDS = max(1, int(os.environ.get("TORTURE_ROUNDS", "0")) // 10)
PEOPLE, BACKUPS = 30, 2
BYTES = "bytes copied"
# What a backup and a restore ask of the system, and for the how many-th time: there the process kills itself.
BACKUP_MOMENTS = {
    "sqlite": [("sqlite3.connect", 2), (BYTES, 20), ("sqlite3.connect", 3), ("os.rename", 1)],
    "postgresql": [("subprocess.Popen", 1), (BYTES, 1), ("subprocess.Popen", 2), ("os.rename", 1)],
}
RESTORE_MOMENTS = {
    "sqlite": [("sqlite3.connect", 2), ("sqlite3.connect", 4), ("os.link", 1), (BYTES, 20)],
    "postgresql": [("subprocess.Popen", 1), ("os.link", 1), ("subprocess.Popen", 3), (BYTES, 5)],
}


@pytest.fixture
def engine(engine: sa.Engine) -> sa.Engine:
    """The engine of a database with three people and an ask."""
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), published=True)
    return engine


def add_people(url: str) -> list[str]:
    """Enter one after the other, each in its own transaction."""
    names = [f"Person {number}" for number in range(PEOPLE)]
    with open_engine(url) as engine:
        for name in names:
            with writing(engine) as session:
                make_person(Change(session, COMMAND_LINE, NOW), name=name)
    return names


def test_each_backup_made_while_somebody_writes_is_of_one_moment(
    engine: sa.Engine, database: str, databases: Databases, database_engine: str, tmp_path: Path
) -> None:
    with processes(add_people, [(database,)]) as [(_, pipe)]:
        pipe.send("go")
        made = [backup.make(engine, tmp_path / str(n), replace=False, progress=lambda _: None) for n in range(BACKUPS)]
        assert len(received(pipe)) == PEOPLE
    for number, found in enumerate(made):
        assert found
        assert made[0]
        assert found.entries - found.people == made[0].entries - made[0].people  # each came with its entry
        with databases.temporary(database_engine, migrated=False) as url, open_engine(url) as other:
            assert backup.restore(other, tmp_path / str(number), None, lambda _: None) == found


def moments(known: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The moments once; by `make torture` many times, each time further on in a long copy."""
    for round_ in range(ROUNDS):
        for moment, number in known:
            yield moment, number + 2 * round_ if (moment, number) == (BYTES, 20) else number


def killed_backup(url: str, target: Path, moment: str, number: int) -> str:
    kill_at(moment, number)
    sqlite_backup.STEP_BYTES = 4096
    with open_engine(url) as engine:
        backup.make(engine, target, True, lambda _: sys.audit(BYTES))
    return "not killed"


def killed_restore(url: str, source: Path, safety: Path, moment: str, number: int) -> str:
    kill_at(moment, number)
    sqlite_backup.STEP_BYTES = 4096
    with open_engine(url) as engine:
        backup.restore(engine, source, safety, lambda _: sys.audit(BYTES))
    return "not killed"


def test_a_killed_backup_leaves_no_half_file_and_the_next_works(
    engine: sa.Engine, database: str, tmp_path: Path
) -> None:
    target = tmp_path / "file"
    found = backup.make(engine, target, replace=False, progress=lambda _: None)
    old = target.read_bytes()
    for moment, number in moments(BACKUP_MOMENTS[engine.dialect.name]):
        kill(killed_backup, database, target, moment, number)
        assert target.read_bytes() == old
        assert {path.name for path in tmp_path.iterdir()} == {"file", ".file.part"}
        backup.contents_of(engine)
    assert backup.make(engine, target, replace=True, progress=lambda _: None) == found
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_killed_restore_leaves_the_database_as_it_was(engine: sa.Engine, database: str, tmp_path: Path) -> None:
    backup.make(engine, tmp_path / "file", replace=False, progress=lambda _: None)
    new = everything(engine)
    with writing(engine) as session:
        make_person(Change(session, COMMAND_LINE, NOW), name="Dot")
    old = everything(engine)
    engine.dispose()
    for kills, (moment, number) in enumerate(moments(RESTORE_MOMENTS[engine.dialect.name])):
        kill(killed_restore, database, tmp_path / "file", tmp_path / f"safety-{kills}", moment, number)
        assert everything(engine) == old
        backup.contents_of(engine)
        engine.dispose()
    backup.restore(engine, tmp_path / "file", None, lambda _: None)
    assert everything(engine) == new
