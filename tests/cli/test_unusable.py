"""What a command needs is missing or wrong: one sentence that says what to do, exit code 2, never a traceback."""

import builtins
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tracker.db import migrate


def says(command: tuple[str, ...], sentence: str, url: str, **settings: str) -> None:
    said = tracker_on(url)(*command, code=2, **settings)
    assert sentence in said.err
    assert len(said.err.strip().splitlines()) <= 2
    assert said.out == ""


def test_a_file_that_is_no_database_and_a_folder_where_it_should_be(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Not a database, but quite long for a note. " * 200, encoding="utf-8")
    for command in (("serve",), ("db", "upgrade"), ("db", "check"), ("verify",), ("user", "list")):
        says(command, "file is not a database. Name the tracker's own file", f"sqlite:///{tmp_path}/notes.txt")
    says(("db", "upgrade"), "Does the folder of DATABASE_URL exist", f"sqlite:///{tmp_path}")


def test_a_database_of_a_newer_version(tracker: Tracker, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (("serve",), ("db", "upgrade"), ("tidy",)):
        answer = tracker(*command, code=2)
        assert f"made by a newer version (schema 9999; this one knows {migrate.head()})" in answer.err
        assert "db upgrade" not in answer.err
    assert "made by a newer version" in tracker("db", "check", code=1).err
    assert "made by a newer version" in tracker("doctor", code=1).out


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_table_that_an_older_schema_lacks(tracker: Tracker) -> None:
    tracker("db", "downgrade", "0001")
    assert "The schema is at 0001" in tracker("verify", code=2).err


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'psycopg'", name="psycopg"),
        ImportError("no pq wrapper available: psycopg cannot load libpq"),
    ],
)
def test_no_driver_for_postgresql(monkeypatch: pytest.MonkeyPatch, error: ImportError) -> None:
    usual = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "psycopg":
            raise error
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    says(("db", "current"), "pip install 'policy-tracker[postgres]'", "postgresql://tracker@127.0.0.1/tracker")


def test_a_folder_of_data_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    monkeypatch.setattr("tracker.paths.HOME", tmp_path)
    says(("db", "current"), f"{tmp_path}/var: File exists. Name a place", "", SECRET_KEY="")


def test_an_export_into_a_file(tracker: Tracker, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    for folder in (tmp_path / "taken" / "files", Path("/proc/nowhere")):
        said = tracker("export", folder, code=2).err
        assert str(folder) in said
        assert "Name a place where this account may read and write." in said
