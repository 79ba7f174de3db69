"""The server that `tracker serve` embeds."""

import logging

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tracker.app import create_app
from tracker.settings import Settings
from tracker.web import log_lines

log = logging.getLogger(__name__)

# A long download holds a thread, and so does a form while it arrives; a page must still find one (web/gate.py).
THREADS = 16


def make_app() -> Flask:
    """The app as each worker of the server makes it."""
    log_lines.begin()
    log.info("started")
    return create_app()


def run_server(settings: Settings) -> None:
    """Serve the app until SIGTERM or Ctrl-C; requests under way are finished first."""
    Granian(
        "tracker.server:make_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=THREADS,
        backlog=1024,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()
