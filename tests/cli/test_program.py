"""tracker as a program of its own: help, settings, .env, exit codes, and one sentence for what is missing or wrong."""

import builtins
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa

from tests.chromium import tracker_process
from tests.cli.commands import SECRET, Tracker, run_program, tracker_on
from tracker.cli import main
from tracker.cli.installation import load_env_file
from tracker.db import migrate
from tracker.settings import SettingsError


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


# --- settings ---

ADDRESS = "postgresql://ada:hunter2@db.internal/tracker"


def test_what_is_set_stands_there_and_what_is_as_usual_behind_a_sign(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    lines = tracker_on(url)("config", PORT="8123", TRACKER_STANCE="We campaign.").out.splitlines()
    assert {f"DATABASE_URL={url}", "PORT=8123", "SECRET_KEY=***", "TRACKER_STANCE=We campaign."} <= set(lines)
    assert {"# HOST=127.0.0.1", "# TRACKER_SITE_URL=http://127.0.0.1:8123", "# TRACKER_WORKERS=1"} <= set(lines)
    assert "# TRACKER_SMTP_PASSWORD=" in lines
    assert not (tmp_path / "site.sqlite3").exists()


def test_what_is_printed_can_be_read_again(tmp_path: Path) -> None:
    said = tracker_on(f"sqlite:///{tmp_path}/x")("config", TRACKER_ACCENT="#005f3c").out
    (tmp_path / ".env").write_text(said, encoding="utf-8")
    read: dict[str, str] = {}
    load_env_file(tmp_path / ".env", read)
    assert read == {"DATABASE_URL": f"sqlite:///{tmp_path}/x", "SECRET_KEY": "***", "TRACKER_ACCENT": "#005f3c"}


def test_no_password_is_shown() -> None:
    mail = {"TRACKER_SMTP_HOST": "mail.example", "TRACKER_SMTP_FROM": "a@example.org"}
    login = {"TRACKER_SMTP_USER": "ada", "TRACKER_SMTP_PASSWORD": "hunter2"}
    for address, shown in (
        (ADDRESS, "ada:***@db.internal/tracker"),
        ("postgresql://ada:hun:hunter2@db/tracker", "ada:***@db/tracker"),
        ("postgresql://ada:hun@hunter2@db/tracker", "ada:***@db/tracker"),
        ("postgresql://db/x?user=a&password=hunter2&a=b", "db/x?user=a&password=***&a=b"),
        ("postgresql://ada@db/tracker", "ada@db/tracker"),
    ):
        said = tracker_on(address)("config", **mail, **login).out
        assert f"\nDATABASE_URL=postgresql+psycopg://{shown}\n" in f"\n{said}"
        assert "TRACKER_SMTP_PASSWORD=***" in said
        assert "hunter2" not in said
        assert SECRET not in said
    wrong = tracker_on("mysql://ada:hunter2@db")("config", code=2)
    assert "DATABASE_URL: " in wrong.err
    assert wrong.out == ""
    assert "hunter2" not in wrong.err


def test_secrets_of_files_stay_there(tmp_path: Path) -> None:
    for name, value in (("key", SECRET), ("url", ADDRESS)):
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
    files = {"SECRET_KEY_FILE": f"{tmp_path}/key", "DATABASE_URL_FILE": f"{tmp_path}/url"}
    said = tracker_on("")("config", SECRET_KEY="", **files).out.splitlines()
    assert {f"{name}={path}" for name, path in files.items()} <= set(said)
    assert {"# SECRET_KEY=***", "# DATABASE_URL=postgresql+psycopg://ada:***@db.internal/tracker"} <= set(said)


def read(tmp_path: Path, text: str | bytes) -> dict[str, str]:
    path = tmp_path / ".env"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found: dict[str, str] = {}
    load_env_file(path, found)
    return found


READ = {
    "A=b": "b", "A=": "", "  A = b  ": "b", "A='b c'": "b c", 'A="b c"': "b c", "A='b # c'": "b # c",
    "A='b\"c'": 'b"c', "A=b c": "b c", "A=b#c": "b#c", "A=b$c": "b$c", "A='$b'": "$b", "A=Ada's": "Ada's",
    "A=b=c==": "b=c==", "A=Škoda": "Škoda", "A=b\r": "b",
}  # fmt: skip
REFUSED = [
    "A=b # c", "A=b\t#c", "A=#b", "A= #b", "A=;b", "; a comment", "# a comment that goes on \\", "export A=b", "A",
    "A: b", "1A=b", "A=b\\c", "A='b\\c'", 'A="b\\$c"', "A=${B}", "A='${B}'", "A='b'c", "A='b' 'c'", "A='b",
    "A='b' # c", "A=b\u00a0", "A=b\u200bc", "\ufeffA=b", "Ä=b",
]  # fmt: skip


def test_a_line_that_reads_one_way_is_read(tmp_path: Path) -> None:
    found = {line: read(tmp_path, f"# a comment\n\n{line}\n  # another\n") for line in READ}
    assert found == {line: {"A": value} for line, value in READ.items()}


def test_lines_that_programs_read_differently_are_refused_at_once_with_their_places(tmp_path: Path) -> None:
    for line in REFUSED:
        with pytest.raises(SettingsError, match=r"\.env, line 3: programs read this line") as refused:
            read(tmp_path, f"# a comment\nB=secret\n{line}\n")
        assert "secret" not in str(refused.value), line
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, "A=b # c\nB=c\nB=d\n")
    assert [line.partition(":")[0].rpartition(" ")[2] for line in str(refused.value).splitlines()] == ["1", "3"]


def test_what_the_environment_says_wins_and_only_a_file_that_is_there_and_unreadable_is_a_fault(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("A=b\nB=c\n", encoding="utf-8")
    found = {"A": "mine"}
    load_env_file(tmp_path / ".env", found)
    load_env_file(tmp_path / "none", found)
    assert found == {"A": "mine", "B": "c"}
    with pytest.raises(SettingsError, match="it is not UTF-8"):
        read(tmp_path, b"A=\xff\n")
    with pytest.raises(SettingsError, match=r": cannot be read: Is a directory\. Mend it"):
        load_env_file(tmp_path, {})


def test_the_start_stops_at_a_key_that_systemd_would_read_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"SECRET_KEY={SECRET}   # made on Monday\n", encoding="utf-8")
    said = tracker_on("")("serve", code=2)
    assert said.out == ""
    assert ".env, line 1: " in said.err
    assert SECRET not in said.err
    assert list(tmp_path.iterdir()) == [tmp_path / ".env"]


# --- what is missing or wrong ---


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
