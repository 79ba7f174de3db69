"""The server that `tracker serve` embeds."""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tracker.settings import Settings

# A long download holds a thread, and so does a form while it arrives; a page must still find one (web/gate.py).
THREADS = 16


def run_server(settings: Settings) -> None:
    """Serve the app until SIGTERM or Ctrl-C; requests under way are finished first."""
    Granian(
        "tracker.app:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=THREADS,
        backlog=1024,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()
