"""Sending mail through the server of the settings."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.settings import MailServer

PATIENCE_SECONDS = 20


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
