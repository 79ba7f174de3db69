"""tracker as a program of its own: help, settings, exit codes."""

import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
import sqlalchemy as sa

from tests.chromium import tracker_process
from tests.cli.commands import run_program, tracker_on
from tracker.cli import main


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words by which it is called."""
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_command_teaches_what_it_does_and_every_option_is_explained() -> None:
    assert sorted(" ".join(words) for words, _ in commands()) == [
        "backup", "config", "db", "db check", "db current", "db downgrade", "db upgrade", "digest", "doctor",
        "export", "import", "init", "log", "log export", "log script", "look", "publish", "restore", "seed", "serve",
        "tidy", "user", "user add", "user deactivate", "user link", "user list", "user report",
        "user reset-second-factor", "user set-password", "user set-role", "verify",
    ]  # fmt: skip
    for words, command in commands():
        for flag in ("--help", "-h"):
            said = tracker_on("sqlite:///unused")(*words, flag).out
            assert said.startswith(f"Usage: main {' '.join(words)}")
            explained = said.splitlines()[2].strip()
            assert len(explained.split()) > 3
            assert explained[0].isupper()
        assert not command.get_short_help_str(limit=70).endswith("..."), words
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert {option.opts[0] for option in options if not option.help} <= {"--role"}  # its choices explain it


def test_the_package_runs_as_a_program_whose_help_needs_no_settings_and_no_database(tmp_path: Path) -> None:
    said = run_program("--help", cwd=tmp_path, TRACKER_ENV="nonsense", DATABASE_URL="nonsense")
    assert said.code == 0
    assert "Usage: python -m tracker [OPTIONS]" in said.out
    assert "Track what became of policy asks" in said.out
    said = run_program("serve", cwd=tmp_path, TRACKER_ENV="production")
    assert said.code == 2
    assert "SECRET_KEY: must be 32 or more random characters" in said.err
    assert "Traceback" not in said.err + said.out
    assert list(tmp_path.iterdir()) == []


def test_wrong_use_and_wrong_settings_which_are_all_named_end_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ("nonsense", "db nonsense", "user add", "export", "verify more"):
        assert "Error: " in tracker_on("sqlite:///unused")(*words.split(), code=2).err
    for words in ("serve", "db upgrade", "db check", "seed", "user list", "export files", "verify"):
        answer = tracker_on("mysql://db/x")(*words.split(), SECRET_KEY="short", TRACKER_FOUR_EYES="maybe", code=2)
        assert answer.err.startswith("Error: These settings are wrong:\n")
        assert all(f"\n{name}: " in answer.err for name in ("DATABASE_URL", "SECRET_KEY", "TRACKER_FOUR_EYES"))
    assert list(tmp_path.iterdir()) == []


def test_two_servers_that_prepare_at_once_make_the_database_and_load_the_list_once(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3"}
    with ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            servers = [*pool.map(lambda _: stack.enter_context(tracker_process(settings, "--prepare")), range(2))]
        assert sorted(served.said().count("Brought in.") for served in servers) == [0, 1]
        for served in servers:
            with urllib.request.urlopen(f"{served.url}/readyz") as answer:
                assert answer.read() == b"ok\n"
            with urllib.request.urlopen(f"{served.url}/asks/unexplained-wealth-orders") as answer:
                assert answer.status == 200


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
def test_production_is_not_served_from_a_database_that_can_lose_what_was_saved(
    database: str, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(f'ALTER DATABASE "{engine.url.database}" SET synchronous_commit = off'))
    production = {
        "TRACKER_ENV": "production",
        "TRACKER_SITE_URL": "https://tracker.example",
        "TRACKER_CONTACT_EMAIL": "errors@tracker.example",
        "SECRET_KEY": "3f9d0c1b7a6e5d4c8b2a1f0e9d8c7b6a",
    }
    said = tracker_on(database)("serve", code=1, **production).err
    assert "can lose what was saved" in said
    assert "synchronous_commit" in said
