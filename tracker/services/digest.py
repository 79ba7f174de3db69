"""The e-mail digest, in plain text: each member of staff hears what waits for them."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

import sqlalchemy as sa
from jinja2 import StrictUndefined, Template
from sqlalchemy.orm import Session

from tracker.models import Person
from tracker.paths import resource_dir
from tracker.queries.waiting import waits_for
from tracker.settings import MailServer, Settings

PATIENCE_SECONDS = 20


class Digest(NamedTuple):
    """What one person is told; `site` is our name."""

    name: str
    email: str
    subject: str
    text: str
    site: str


def digests(session: Session, settings: Settings, at: datetime) -> Iterator[Digest]:
    """Yield the digest of each active person for whom something waits."""
    source = (resource_dir("templates") / "mail/digest.txt").read_text(encoding="utf-8")
    template = Template(
        source, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    for person in session.scalars(sa.select(Person).where(Person.is_active).order_by(Person.email)):
        if parts := waits_for(session, person, at, settings.four_eyes):
            number = sum(len(part.lines) + part.more for part in parts)
            subject = "One thing waits for you" if number == 1 else f"{number} things wait for you"
            text = template.render(subject=subject, parts=parts, site_url=settings.site_url, name=settings.face.name)
            yield Digest(person.name, person.email, subject, text, settings.face.name)


def send(digest: Digest, server: MailServer, at: datetime) -> None:
    """Mail a digest, on a connection of its own; raises OSError or ValueError when that fails."""
    local, _, domain = digest.email.rpartition("@")
    message = EmailMessage()
    message["Subject"] = digest.subject
    message["From"] = Address(digest.site, addr_spec=server.sender)
    message["To"] = Address(digest.name, local, domain)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest.text)
    with connected(server) as client:
        client.send_message(message)


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in as the settings say; raises OSError (SMTPException is one)."""
    context = ssl.create_default_context()
    if server.tls == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_SECONDS, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
    with client:
        if server.tls == "starttls":
            client.starttls(context=context)  # raises when the server does not offer it
        if server.user:
            client.login(server.user, server.password)
        yield client
