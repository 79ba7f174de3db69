"""Settings, read from the environment once, strictly, and passed on as one frozen value."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from tracker.face import Face
from tracker.paths import kept_secret, var_dir

SHORTEST_SECRET, LONGEST_FILE = 32, 65_536
SITE_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]+)?")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Where official records answer, by the source that `tracker look --only` names.
RECORD_ADDRESSES: Mapping[str, str] = {
    "bills": "https://bills-api.parliament.uk/api/v1",
    "law": "https://www.legislation.gov.uk",
    "instruments": "https://statutoryinstruments-api.parliament.uk/api/v2",
    "sanctions": "https://sanctionslist.fcdo.gov.uk/docs",
}
RECORD_ADDRESS = re.compile(r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/[^\s?#]*)?")
WEAK_SECRETS = re.compile(r"(?i)change|secret|example|password|^(.)\1+$")


class SettingsError(Exception):
    """One or more settings are wrong; the message lists them all."""


@dataclass(frozen=True)
class MailServer:
    """By which server mail is sent, and from which address."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """How this installation runs. README.md, "Configuration", explains each for operators.

    `variables` holds what was read under which name, secrets as `***`; empty in settings that no environment gave.
    """

    database_url: str
    secret_key: str
    is_production: bool = False
    site_url: str = "http://127.0.0.1:8000"
    is_site_url_guessed: bool = False
    contact_email: str = ""
    publisher: str = ""
    funding: str = ""
    four_eyes: bool = False
    read_only: bool = False
    trusted_proxies: int = 0
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    cache_mb: int = 64
    import_rows: int = 600
    upload_mb: int = 2
    evidence_pages: int = 100
    mail: MailServer | None = None
    face: Face = field(default_factory=Face)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    record_addresses: Mapping[str, str] = field(default_factory=lambda: RECORD_ADDRESSES)

    @property
    def trusted_hosts(self) -> list[str] | None:
        """The names under which the site may be asked for; locally any (None)."""
        site = urlsplit(self.site_url).hostname
        return [site, "127.0.0.1", "localhost"] if self.is_production and site else None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; raises SettingsError that lists every wrong setting at once."""
        reader = _Reader(os.environ if environ is None else environ)
        is_production = reader.choice("TRACKER_ENV", ("local", "production")) == "production"
        host, port = reader.text("HOST", "127.0.0.1").strip("[]"), reader.number("PORT", 8000, 65535)
        site_url = reader.site_url()
        settings = cls(
            database_url=reader.database_url(),
            secret_key=reader.secret_key(is_production),
            is_production=is_production,
            site_url=site_url or f"http://{in_address(host)}:{port}",
            is_site_url_guessed=not site_url,
            contact_email=reader.text("TRACKER_CONTACT_EMAIL", ""),
            publisher=reader.text("TRACKER_PUBLISHER", ""),
            funding=reader.text("TRACKER_FUNDING", ""),
            four_eyes=reader.choice("TRACKER_FOUR_EYES", ("off", "on")) == "on",
            read_only=reader.choice("TRACKER_READ_ONLY", ("off", "on")) == "on",
            trusted_proxies=reader.number("TRACKER_TRUSTED_PROXIES", 0, 10),
            host=host,
            port=port,
            workers=reader.number("TRACKER_WORKERS", 1, 64, least=1),
            cache_mb=reader.number("TRACKER_CACHE_MB", 64, 65536),
            import_rows=reader.number("TRACKER_IMPORT_ROWS", 600, 10_000, least=1),
            upload_mb=reader.number("TRACKER_UPLOAD_MB", 2, 64, least=2),
            evidence_pages=reader.number("TRACKER_EVIDENCE_PAGES", 100, 1000),
            mail=reader.mail(),
            face=reader.face(),
            variables=reader.variables,
            record_addresses={source: reader.record_address(source) for source in RECORD_ADDRESSES},
        )
        if is_production and not settings.site_url.startswith("https://"):
            reader.wrong.append("TRACKER_SITE_URL: give the public address, beginning with https://")
        if is_production and "@" not in settings.contact_email:
            reader.wrong.append("TRACKER_CONTACT_EMAIL: give the address for reports of errors")
        reader.name_unknown()
        if reader.wrong:
            raise SettingsError("\n".join(reader.wrong))
        return settings


class _Reader:
    """Reads one variable after another and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.variables: dict[str, str] = {}
        self.wrong: list[str] = []

    def text(self, name: str, default: str) -> str:
        self.variables[name] = self.environ.get(name, "").strip() or default
        return self.variables[name]

    def secret(self, name: str) -> str | None:
        """Return the value of a variable, or what stands in the file that NAME_FILE names; None if that is wrong."""
        value, file = self.environ.get(name, ""), self.text(f"{name}_FILE", "")
        self.variables[name] = "***" if value or file else ""
        if not file:
            return value
        try:
            with Path(file).open(encoding="utf-8") as opened:  # a device may never end
                kept = opened.read(LONGEST_FILE + 1)
            fault = f"{name} is given too; give one of them" if value else "" if kept.strip() else f"{file} is empty"
            fault = fault or (f"{file} has more than {LONGEST_FILE} characters" if len(kept) > LONGEST_FILE else "")
        except (OSError, UnicodeDecodeError):
            fault = f"{file} cannot be read"
        if not fault:
            return kept.strip()
        self.wrong.append(f"{name}_FILE: {fault}")
        return None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, allowed[0])
        if value not in allowed:
            self.wrong.append(f"{name}: must be one of {', '.join(allowed)}, not “{value}”")
        return value

    def number(self, name: str, default: int, most: int, least: int = 0) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
            self.wrong.append(f"{name}: must be a whole number from {least} to {most}, not “{value[:20]}”")
            return default
        return int(value)

    def name_unknown(self) -> None:
        """Find fault with each variable of ours that nothing has read; call it last."""
        for name in sorted(name for name in self.environ.keys() - self.variables.keys() if name.startswith("TRACKER_")):
            nearest = get_close_matches(name, sorted(self.variables), 1, 0)[0]
            self.wrong.append(f"{name}: there is no such setting. Is {nearest} meant?")

    def site_url(self) -> str:
        """The address under which readers find the site, without a slash at its end; empty when none is given."""
        value = self.text("TRACKER_SITE_URL", "").removesuffix("/")
        try:
            is_right = not value or (SITE_URL.fullmatch(value) and urlsplit(value).port != 0)
        except ValueError:
            is_right = False
        if not is_right:
            example = "https://tracker.example.org"
            self.wrong.append(f"TRACKER_SITE_URL: give scheme and host without a path, as in {example}, not “{value}”")
        return value if is_right else ""

    def record_address(self, source: str) -> str:
        """The address under which a part of the official record answers."""
        name, usual = f"TRACKER_{source.upper()}_ADDRESS", RECORD_ADDRESSES[source]
        value = self.text(name, usual)
        if not RECORD_ADDRESS.fullmatch(value):
            self.wrong.append(f"{name}: give an address that begins with https://, as in {usual}")
            return usual
        return value

    def face(self) -> Face:
        usual = Face()
        names = (each.name for each in fields(Face) if each.name != "licence_url")
        plain = {name: self.text(f"TRACKER_{name.upper()}", getattr(usual, name)) for name in names}
        licence, _, licence_url = self.text("TRACKER_LICENCE", f"{usual.licence} {usual.licence_url}").rpartition(" ")
        face = Face(**plain | {"licence": licence.rstrip(", "), "licence_url": licence_url})
        self.wrong += face.faults()
        return face

    def mail(self) -> MailServer | None:
        mail = MailServer(
            host=self.text("TRACKER_SMTP_HOST", ""),
            port=self.number("TRACKER_SMTP_PORT", 587, 65535, least=1),
            sender=self.text("TRACKER_SMTP_FROM", ""),
            tls=self.choice("TRACKER_SMTP_TLS", ("starttls", "tls", "off")),
            user=self.text("TRACKER_SMTP_USER", ""),
            password=self.secret("TRACKER_SMTP_PASSWORD") or "",
        )
        if not mail.host:
            if given := sorted(
                name for name in self.environ if name.startswith("TRACKER_SMTP_") and self.environ[name].strip()
            ):
                self.wrong.append(f"TRACKER_SMTP_HOST: name the mail server, or leave out {', '.join(given)}")
            return None
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", mail.sender):
            self.wrong.append("TRACKER_SMTP_FROM: give the address that mail comes from, and nothing else")
        if bool(mail.user) != bool(mail.password):
            self.wrong.append("TRACKER_SMTP_USER: give it together with TRACKER_SMTP_PASSWORD, or neither")
        if mail.password and mail.tls == "off" and mail.host not in LOOPBACK:
            self.wrong.append("TRACKER_SMTP_TLS: must not be off for a password that leaves this machine")
        return mail

    def database_url(self) -> str:
        given = self.secret("DATABASE_URL")
        if given is None:
            return ""
        value = given.strip() or f"sqlite:///{var_dir()}/tracker.sqlite3"
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.partition("://")[2]
        if not re.match(r"sqlite:///.|postgresql\+psycopg://", value):
            self.wrong.append("DATABASE_URL: must begin with sqlite:/// and a path, or with postgresql://")
        return value

    def secret_key(self, is_production: bool) -> str:
        value = self.secret("SECRET_KEY")
        if value is None:
            return ""
        if value or is_production:
            if len(value) < SHORTEST_SECRET or WEAK_SECRETS.search(value):
                self.wrong.append(
                    f"SECRET_KEY: must be {SHORTEST_SECRET} or more random characters; make one with\n"
                    "    python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
                )
            return value
        return kept_secret()


def in_address(host: str) -> str:
    """Return a host as an address has it: in brackets where it is one of IPv6."""
    return f"[{host}]" if ":" in host else host
