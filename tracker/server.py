"""The server that `tracker serve` embeds, and the lines that it writes on standard error."""

import errno
import gc
import json
import logging
import resource
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from flask import Flask, g, has_request_context, request
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from tracker.app import create_app
from tracker.settings import Settings

log = logging.getLogger(__name__)

# Made when they are needed. Most would only wait for bodies; web/limits.py bounds how many work at once.
THREADS = 1100
# Then a worker that still waits for a body is killed; what was acknowledged is on the disk.
STOP_SECONDS = 10
# From the first byte that is due to the end of the head. Only with HTTP/1 alone does the server look at the clock:
# while it listens for the version first, it waits for ever.
HEAD_SECONDS = 15
# A connection that says nothing costs little, and must not take the place of one that asks for a page.
MOST_CONNECTIONS, MOST_FILES = 10_000, 65_536
# By granian 2.8 the first request to stop is sometimes lost. A worker that is stopping may be asked again.
ASK_AGAIN_SECONDS = 1


class CannotListen(Exception):
    """The port is taken, or the host is not one of this machine's."""


class Server(MPServer):
    """Granian, which asks its workers to stop until they do."""

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]
        Thread(target=self._ask_again, daemon=True).start()

    def _ask_again(self) -> None:
        while True:
            time.sleep(ASK_AGAIN_SECONDS)
            for worker in self.wrks:
                worker.terminate()  # type: ignore[no-untyped-call]


def make_app() -> Flask:
    """The app as each worker of the server makes it."""
    log_to_standard_error()
    log.info("started")
    app = create_app()
    gc.collect()
    gc.freeze()  # else now and then a reader waits while all that stays for good is searched for garbage
    return app


def run_server(settings: Settings, announce: Callable[[], None]) -> None:
    """Serve the app until SIGTERM or Ctrl-C; requests under way are finished first.

    `announce` is called once the server accepts connections. Raises CannotListen.
    """
    address = find_free_address(settings.host, settings.port)
    _allow_many_connections()
    server = Server(
        "tracker.server:make_app",
        factory=True,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        address=address,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        backlog=1024,
        backpressure=MOST_CONNECTIONS,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    server.on_startup(Thread(target=_announce_when_open, args=(address, settings.port, announce), daemon=True).start)
    server.serve()


def find_free_address(host: str, port: int) -> str:
    """Return the numeric address of a host of this machine, an IPv4 one first; raises CannotListen.

    The port is looked at here since granian's workers share theirs (SO_REUSEPORT), and would share another server's.
    """
    free = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotListen(f"HOST: “{host}” is not known here: {error.strerror}.") from None
    for family, _, _, _, address in sorted(found):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
                free.append(str(address[0]))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    remedy = "Stop the program that uses it, or choose another port, for example PORT=8001."
                    raise CannotListen(f"Port {port} of {host}: {error.strerror}. {remedy}") from None
    if not free:
        raise CannotListen(f"HOST: “{host}” is no address of this machine; 0.0.0.0 means all of its addresses.")
    return free[0]


def _allow_many_connections() -> None:
    """Use as many open files as the system lets us: connections that say nothing must not take them all."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, MOST_FILES), most))


def _announce_when_open(address: str, port: int, announce: Callable[[], None]) -> None:
    while True:
        with suppress(OSError):
            socket.create_connection((address, port), timeout=1).close()
            return announce()
        time.sleep(0.05)


class Lines(logging.Formatter):
    """Writes a record as a line of JSON, in UTC; line breaks in it are escaped, so that nobody can make up a line.

    It says who asked for what, but names people by number and pages as the code does: an address can hold a token. No
    password, no cookie and no network address is in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "about": record.name,
            "what": record.getMessage(),
        }
        if has_request_context():
            actor = g.get("actor")
            said |= {"method": request.method, "page": request.endpoint}
            said |= {"person": actor.id, "request": actor.request_id} if actor else {}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said)


def log_to_standard_error() -> None:
    """Let the tracker's own messages from "info" on, and the warnings of all else, go to standard error as lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    ours = logging.getLogger("tracker")
    ours.handlers.clear()  # Flask adds one of its own, if it is asked first
    ours.setLevel(logging.INFO)
