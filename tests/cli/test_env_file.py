"""The file .env says the same to us and to systemd, or the start stops and names the line."""

from pathlib import Path

import pytest

from tests.cli.commands import SECRET, tracker_on
from tracker.cli.installation import load_env_file
from tracker.settings import SettingsError


def read(tmp_path: Path, text: str | bytes) -> dict[str, str]:
    path = tmp_path / ".env"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found: dict[str, str] = {}
    load_env_file(path, found)
    return found


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("A=", ""),
        ("  A = b  ", "b"),
        ("A='b c'", "b c"),
        ('A="b c"', "b c"),
        ("A='b # c'", "b # c"),
        ("A='b\"c'", 'b"c'),
        ("A=b c", "b c"),
        ("A=b#c", "b#c"),
        ("A=b$c", "b$c"),
        ("A='$b'", "$b"),
        ("A=Ada's", "Ada's"),
        ("A=b=c==", "b=c=="),
        ("A=Škoda", "Škoda"),
        ("A=b\r", "b"),
    ],
)
def test_a_line_that_reads_one_way_is_read(tmp_path: Path, line: str, value: str) -> None:
    assert read(tmp_path, f"# a comment\n\n{line}\n  # another\n") == {"A": value}


@pytest.mark.parametrize(
    "line",
    [
        "A=b # c",
        "A=b\t#c",
        "A=#b",
        "A= #b",
        "A=;b",
        "; a comment",
        "# a comment that goes on \\",
        "export A=b",
        "A",
        "A: b",
        "1A=b",
        "A=b\\c",
        "A='b\\c'",
        'A="b\\$c"',
        "A=${B}",
        "A='${B}'",
        "A='b'c",
        "A='b' 'c'",
        "A='b",
        "A='b' # c",
        "A=b\u00a0",
        "A=b\u200bc",
        "\ufeffA=b",
        "Ä=b",
    ],
)
def test_a_line_that_programs_read_differently_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, f"# a comment\nB=secret\n{line}\n")
    assert f".env, line 3: {'programs read this line'}" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_every_wrong_line_is_named_at_once_and_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, "A=b # c\nB=c\nB=d\n")
    assert [line.partition(":")[0].rpartition(" ")[2] for line in str(refused.value).splitlines()] == ["1", "3"]


def test_what_the_environment_says_wins_and_no_file_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=b\nB=c\n", encoding="utf-8")
    found = {"A": "mine"}
    load_env_file(tmp_path / ".env", found)
    load_env_file(tmp_path / "none", found)
    assert found == {"A": "mine", "B": "c"}


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
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
