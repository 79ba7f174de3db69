"""The settings of the mail server are read strictly."""

from pathlib import Path

import pytest

from tracker.settings import Settings, SettingsError

LOCAL = {"SECRET_KEY": "vJ2mQ8xLr5TfWk0ZbY7nHc4PdS9gAe3U", "DATABASE_URL": "sqlite:////srv/tracker.sqlite3"}
MAIL = {"TRACKER_SMTP_HOST": "mail.example", "TRACKER_SMTP_FROM": "tracker@example.org"}
LOGIN = {"TRACKER_SMTP_USER": "tracker", "TRACKER_SMTP_PASSWORD": "of the mail server"}


def test_without_a_mail_server_there_is_none() -> None:
    assert Settings.from_env(LOCAL).mail is None


def test_mail_goes_encrypted_unless_that_is_switched_off() -> None:
    mail = Settings.from_env(LOCAL | MAIL).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.tls, mail.sender) == ("mail.example", 587, "starttls", "tracker@example.org")


def test_a_password_may_stand_in_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("of the mail server\n", encoding="utf-8")
    login = {"TRACKER_SMTP_USER": "tracker", "TRACKER_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    for given in (login, LOGIN):
        settings = Settings.from_env(LOCAL | MAIL | given)
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
def test_a_slip_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env(LOCAL | given)
    assert f"{named}: " in str(error.value)
    assert "of the mail server" not in str(error.value)
