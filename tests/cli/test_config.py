"""tracker config says which settings are in force, and no secret."""

from pathlib import Path

import pytest

from tests.cli.commands import SECRET, tracker_on
from tracker.cli.installation import load_env_file

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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (ADDRESS, "postgresql+psycopg://ada:***@db.internal/tracker"),
        ("postgresql://ada:hun:hunter2@db/tracker", "postgresql+psycopg://ada:***@db/tracker"),
        ("postgresql://ada:hun@hunter2@db/tracker", "postgresql+psycopg://ada:***@db/tracker"),
        ("postgresql://db/x?user=a&password=hunter2&a=b", "postgresql+psycopg://db/x?user=a&password=***&a=b"),
        ("postgresql://ada@db/tracker", "postgresql+psycopg://ada@db/tracker"),
    ],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    mail = {"TRACKER_SMTP_HOST": "mail.example", "TRACKER_SMTP_FROM": "a@example.org"}
    login = {"TRACKER_SMTP_USER": "ada", "TRACKER_SMTP_PASSWORD": "hunter2"}
    said = tracker_on(address)("config", **mail, **login).out
    assert f"\nDATABASE_URL={shown}\n" in f"\n{said}"
    assert "TRACKER_SMTP_PASSWORD=***" in said
    assert "hunter2" not in said
    assert SECRET not in said


def test_secrets_of_files_stay_there(tmp_path: Path) -> None:
    for name, value in (("key", SECRET), ("url", ADDRESS)):
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
    files = {"SECRET_KEY_FILE": f"{tmp_path}/key", "DATABASE_URL_FILE": f"{tmp_path}/url"}
    said = tracker_on("")("config", SECRET_KEY="", **files).out.splitlines()
    assert {f"{name}={path}" for name, path in files.items()} <= set(said)
    assert {"# SECRET_KEY=***", "# DATABASE_URL=postgresql+psycopg://ada:***@db.internal/tracker"} <= set(said)


def test_wrong_settings_are_named_and_nothing_is_printed() -> None:
    answer = tracker_on("mysql://ada:hunter2@db")("config", code=2)
    assert "DATABASE_URL: " in answer.err
    assert answer.out == ""
    assert "hunter2" not in answer.err
