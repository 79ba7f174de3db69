"""The settings: `tracker config` prints no secret, and .env says the same to us and to systemd or stops the start."""

from pathlib import Path

import pytest

from tests.cli.commands import SECRET, tracker_on
from tracker.cli.installation import load_env_file
from tracker.settings import SettingsError

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
