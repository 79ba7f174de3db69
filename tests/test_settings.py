"""Settings are read strictly, and everything that is wrong with them is said at once."""

import stat
from pathlib import Path

import pytest

from tracker.settings import SHORTEST_SECRET, Settings, SettingsError

STRONG = "vJ2mQ8xLr5TfWk0ZbY7nHc4PdS9gAe3U"
GOOD = {
    "TRACKER_ENV": "production",
    "SECRET_KEY": STRONG,
    "DATABASE_URL": "postgresql://tracker@db.internal/tracker",
    "TRACKER_SITE_URL": "https://tracker.example.org",
    "TRACKER_CONTACT_EMAIL": "desk@example.org",
}

MAIL = {"TRACKER_SMTP_HOST": "mail.example", "TRACKER_SMTP_FROM": "tracker@example.org"}
LOGIN = {"TRACKER_SMTP_USER": "tracker", "TRACKER_SMTP_PASSWORD": "of the mail server"}


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands in for var/ beside the code; it does not exist yet."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr("tracker.paths.HOME", tmp_path)
    return tmp_path / "var"


def wrong(environ: dict[str, str]) -> list[str]:
    """The names of the settings that are wrong; every one must say what would be right."""
    with pytest.raises(SettingsError) as error:
        Settings.from_env(environ)
    lines = [line for line in str(error.value).splitlines() if not line.startswith(" ")]
    assert all(": " in line for line in lines)
    return [line.partition(":")[0] for line in lines]


def test_without_settings_the_site_is_for_this_machine_only(var: Path) -> None:
    read = Settings.from_env({})
    assert read.database_url == f"sqlite:///{var}/tracker.sqlite3"
    assert (read.host, read.port, read.site_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (read.is_production, read.four_eyes, read.trusted_proxies) == (False, False, 0)
    assert read.trusted_hosts is None


def test_a_complete_production_setting_is_accepted(var: Path) -> None:
    read = Settings.from_env(GOOD)
    assert read.is_production
    assert read.secret_key == STRONG
    assert read.trusted_hosts == ["tracker.example.org", "127.0.0.1", "localhost"]
    assert not (var / "secret_key").exists()


def test_the_environment_of_the_process_is_read_when_no_other_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACKER_ENV", "DATABASE_URL", "TRACKER_SITE_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", STRONG)
    monkeypatch.setenv("PORT", "8123")
    assert Settings.from_env().port == 8123


def test_every_wrong_setting_is_named_at_once() -> None:
    environ = {
        "TRACKER_ENV": "production",
        "SECRET_KEY": "short",
        "DATABASE_URL": "mysql://db/tracker",
        "PORT": "http",
        "TRACKER_FOUR_EYES": "maybe",
        "TRACKER_TRUSTED_PROXIES": "11",
        "TRACKER_SITE_URL": "http://tracker.example.org",
        "TRACKER_CONTACT_EMAIL": "nobody",
    }
    assert sorted(wrong(environ)) == sorted({*environ} - {"TRACKER_ENV"})
    assert sorted(wrong({"TRACKER_ENV": "production"})) == ["SECRET_KEY", "TRACKER_CONTACT_EMAIL", "TRACKER_SITE_URL"]


def test_what_is_wrong_is_said_with_a_way_out_and_without_what_is_secret() -> None:
    with pytest.raises(SettingsError, match=r"secrets\.token_urlsafe") as error:
        Settings.from_env({"SECRET_KEY": "short", "DATABASE_URL": "mysql://ada:hunter2@db/tracker"})
    assert "short" not in str(error.value)
    assert "hunter2" not in str(error.value)


WRONG: dict[str, list[str]] = {
    "DATABASE_URL": [
        "mysql://db/tracker", "tracker.sqlite3", "sqlite://", "postgresql+psycopg2://db/x", "sqlite+pysqlite:///x", "x",
    ],
    "PORT": ["-1", "1.5", "1_0", "٣", "0x10", "eight", "1 2", "9" * 5000, "+1", "65536"],
    "TRACKER_TRUSTED_PROXIES": ["-1", "11"],
    "TRACKER_CACHE_MB": ["65537"],
    "TRACKER_WORKERS": ["0"],
    "TRACKER_FOUR_EYES": ["true", "ON", "1"],
    "TRACKER_ENV": ["prod", "PRODUCTION", "development"],
    "TRACKER_SITE_URL": [
        "tracker.example.org", "//tracker.example.org", "https://tracker.example.org/asks", "https://a.example/?x=1",
        "https://a.example/#x", "https://ada@a.example", "ftp://a.example", "https://", "https://a.example:x",
        "https://a.example:99999", "https://a b.example", "http://[evil", "http://::1",
    ],
    "TRACKER_TIME_ZONE": [
        "Europe", "London", "../../etc/passwd", "/etc/localtime", "Europe/London\x00", "x" * 5000,
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_slip_is_named(name: str) -> None:
    for value in WRONG[name]:
        assert wrong({"SECRET_KEY": STRONG, name: value}) == [name], value


@pytest.mark.parametrize(
    "secret",
    [
        "", " ", "x", STRONG[: SHORTEST_SECRET - 1], "a" * 64, "changeme" * 8, "CHANGE-THIS-" + STRONG,
        "my-secret-key-my-secret-key-my-secret-key", "example" + STRONG, "password" * 8,
    ],
)  # fmt: skip
def test_a_missing_or_weak_secret_is_refused_in_production(secret: str) -> None:
    assert wrong(GOOD | {"SECRET_KEY": secret}) == ["SECRET_KEY"]


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("DATABASE_URL", "sqlite:////srv/tracker.sqlite3", "database_url", "sqlite:////srv/tracker.sqlite3"),
        ("DATABASE_URL", "postgres://ada@db/tracker", "database_url", "postgresql+psycopg://ada@db/tracker"),
        ("DATABASE_URL", "postgresql://a:p%40s@db:5/x?s=r", "database_url", "postgresql+psycopg://a:p%40s@db:5/x?s=r"),
        ("DATABASE_URL", "postgresql+psycopg://ada@db/x", "database_url", "postgresql+psycopg://ada@db/x"),
        ("DATABASE_URL", "  postgres://ada@db/x\n", "database_url", "postgresql+psycopg://ada@db/x"),
        ("PORT", "65535", "port", 65535),
        ("PORT", " 8001 ", "port", 8001),
        ("PORT", "", "port", 8000),
        ("TRACKER_TRUSTED_PROXIES", "2", "trusted_proxies", 2),
        ("TRACKER_WORKERS", "", "workers", 1),
        ("TRACKER_WORKERS", "64", "workers", 64),
        ("TRACKER_CACHE_MB", "", "cache_mb", 64),
        ("TRACKER_CACHE_MB", "0", "cache_mb", 0),
        ("TRACKER_PUBLISHER", " Friends of the Tracker ", "publisher", "Friends of the Tracker"),
        ("TRACKER_FUNDING", "", "funding", ""),
        ("TRACKER_FOUR_EYES", "on", "four_eyes", True),
        ("TRACKER_FOUR_EYES", "off", "four_eyes", False),
        ("TRACKER_FOUR_EYES", "", "four_eyes", False),
        ("TRACKER_READ_ONLY", "on", "read_only", True),
        ("TRACKER_ENV", "local", "is_production", False),
        ("TRACKER_SITE_URL", "http://tracker.test/", "site_url", "http://tracker.test"),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
    ],
)
def test_a_setting_is_read_as_it_is_meant(name: str, value: str, field: str, read: object) -> None:
    assert getattr(Settings.from_env({name: value}), field) == read


# --- the secret that a local installation keeps ---


def test_a_local_secret_is_made_once_and_only_its_owner_can_read_it(var: Path) -> None:
    first = Settings.from_env({}).secret_key
    kept = var / "secret_key"
    assert len(first) >= SHORTEST_SECRET
    assert kept.read_text(encoding="ascii") == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert Settings.from_env({}).secret_key == first
    assert [path.name for path in var.iterdir()] == ["secret_key"]


def test_a_given_secret_is_used_and_none_is_kept(var: Path) -> None:
    assert Settings.from_env({"SECRET_KEY": STRONG}).secret_key == STRONG
    assert not (var / "secret_key").exists()


def test_outside_a_checkout_the_data_is_kept_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert Settings.from_env({}).database_url == f"sqlite:///{tmp_path}/here/var/tracker.sqlite3"
    assert (tmp_path / "here/var/secret_key").exists()


def test_of_two_processes_that_start_at_once_the_first_ones_secret_stays(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_secret_while_another_process_is_quicker(_: int) -> str:
        (var / "secret_key").write_text("the secret of the first", encoding="ascii")
        return "the secret of the second"

    monkeypatch.setattr("tracker.paths.secrets.token_urlsafe", make_secret_while_another_process_is_quicker)
    assert Settings.from_env({}).secret_key == "the secret of the first"
    assert [path.name for path in var.iterdir()] == ["secret_key"]


def test_an_ipv6_address_stands_in_brackets() -> None:
    read = Settings.from_env({"HOST": "::1", "PORT": "8123"})
    assert (read.host, read.site_url, read.is_site_url_guessed) == ("::1", "http://[::1]:8123", True)
    read = Settings.from_env({"TRACKER_SITE_URL": "http://[::1]:8123/"})
    assert (read.site_url, read.is_site_url_guessed) == ("http://[::1]:8123", False)


def test_a_setting_that_does_not_exist_is_named_with_the_nearest_that_does() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env({"TRACKER_FOUREYES": "on", "TRACKER_SMTP_PASWORD": "x", "TRACKER_SMTP_PASSWORD": ""})
    assert "TRACKER_FOUREYES: there is no such setting. Is TRACKER_FOUR_EYES meant?" in str(error.value)
    assert "TRACKER_SMTP_PASWORD: there is no such setting. Is TRACKER_SMTP_PASSWORD meant?" in str(error.value)


# --- secrets in files ---


def test_the_key_and_the_database_may_stand_in_files(tmp_path: Path, var: Path) -> None:
    (tmp_path / "key").write_text(f"{STRONG}\n", encoding="utf-8")
    (tmp_path / "url").write_text("postgres://ada:hunter2@db/tracker\n", encoding="utf-8")
    given = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    read = Settings.from_env(GOOD | {"SECRET_KEY": "", "DATABASE_URL": ""} | given)
    assert (read.secret_key, read.database_url) == (STRONG, "postgresql+psycopg://ada:hunter2@db/tracker")
    assert not var.exists()


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "TRACKER_SMTP_PASSWORD"])
@pytest.mark.parametrize(
    ("content", "value", "said"),
    [
        (None, "", "cannot be read"),
        (b"\xff", "", "cannot be read"),
        (b" \n", "", "is empty"),
        (STRONG.encode(), STRONG, "is given too; give one of them"),
    ],
)
def test_a_file_that_says_nothing_or_too_much_is_named_and_nothing_is_made(
    name: str, content: bytes | None, value: str, said: str, var: Path
) -> None:
    file = var.parent / "file"
    if content is not None:
        file.write_bytes(content)
    environ = {**GOOD, **MAIL, "TRACKER_ENV": "local", name: value, f"{name}_FILE": str(file)}
    with pytest.raises(SettingsError) as error:
        Settings.from_env(environ)
    assert f"{name}_FILE: " in str(error.value)
    assert said in str(error.value)
    assert STRONG not in str(error.value)
    assert not var.exists()


def test_a_file_that_never_ends_is_named() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY_FILE: /dev/zero has more than 65536 characters"):
        Settings.from_env(GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": "/dev/zero"})


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_what_a_file_says_must_be_right_too(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("short\n", encoding="utf-8")
    assert wrong({**GOOD, name: "", f"{name}_FILE": str(tmp_path / "file")}) == [name]


# --- the mail server ---


def test_mail_goes_encrypted_unless_that_is_switched_off_and_nowhere_without_a_server() -> None:
    assert Settings.from_env({}).mail is None
    mail = Settings.from_env(MAIL).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.tls, mail.sender) == ("mail.example", 587, "starttls", "tracker@example.org")


def test_a_password_may_stand_in_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("of the mail server\n", encoding="utf-8")
    login = {"TRACKER_SMTP_USER": "tracker", "TRACKER_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    for given in (login, LOGIN):
        settings = Settings.from_env(MAIL | given)
        assert settings.mail is not None
        assert settings.mail.password == "of the mail server"
        assert "of the mail server" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TRACKER_SMTP_FROM": "tracker@example.org"}, "TRACKER_SMTP_HOST"),
        (LOGIN, "TRACKER_SMTP_HOST"),
        ({"TRACKER_SMTP_HOST": "mail.example"}, "TRACKER_SMTP_FROM"),
        (MAIL | {"TRACKER_SMTP_FROM": "tracker"}, "TRACKER_SMTP_FROM"),
        (MAIL | {"TRACKER_SMTP_FROM": "a@example.org\nBcc: b@example.org"}, "TRACKER_SMTP_FROM"),
        (MAIL | {"TRACKER_SMTP_USER": "tracker"}, "TRACKER_SMTP_USER"),
        (MAIL | {"TRACKER_SMTP_PASSWORD": "alone"}, "TRACKER_SMTP_USER"),
        (MAIL | LOGIN | {"TRACKER_SMTP_TLS": "off"}, "TRACKER_SMTP_TLS"),
        (MAIL | {"TRACKER_SMTP_TLS": "yes"}, "TRACKER_SMTP_TLS"),
        (MAIL | {"TRACKER_SMTP_PORT": "0"}, "TRACKER_SMTP_PORT"),
        (MAIL | {"TRACKER_SMTP_USER": "a", "TRACKER_SMTP_PASSWORD_FILE": "/missing"}, "TRACKER_SMTP_PASSWORD_FILE"),
    ],
)
def test_a_slip_in_the_settings_of_mail_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env(given)
    assert f"{named}: " in str(error.value)
    assert "of the mail server" not in str(error.value)
