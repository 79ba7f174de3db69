"""Servers as processes of their own: started, asked for pages, measured by what Linux says of them, and stopped."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from bench.data import TRACKER, environment
from tracker.server import THREADS

# What the server itself says of a connection, not of the page.
OF_THE_CONNECTION = {"connection", "date", "keep-alive", "server", "transfer-encoding"}
# What a browser sends, so that a server has as much to read.
BROWSER = {"User-Agent": "Mozilla/5.0", "Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}
OPTIONS = ["--interface", "wsgi", "--http", "1", "--blocking-threads", str(THREADS), "--log-level", "error"]
Clock = Callable[[], float]
Call = Callable[[], object]
Answer = tuple[list[tuple[str, str]], bytes]


@dataclass
class Server:
    """A running server and its children."""

    pid: int
    port: int

    def visit(self, path: str) -> tuple[Clock, Callable[[], Answer]]:
        """Return its clock of CPU, and a call that asks for the path; "{}" in it is a new number each time."""
        connection, number = HTTPConnection("127.0.0.1", self.port, timeout=600), count()
        return self.cpu, lambda: _ask(connection, path.format(next(number)))

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used, by the clock that Linux keeps for each process."""
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self._pids())

    def megabytes(self, file: str, field: str) -> float:
        """Return the sum of a field of its processes' files in /proc, such as VmRSS in status."""
        lines = (line for pid in self._pids() for line in Path(f"/proc/{pid}/{file}").read_text().splitlines())
        return sum(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024

    def _pids(self) -> list[int]:
        found = [self.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found


def _ask(connection: HTTPConnection, path: str) -> Answer:
    """Return headers and body of an answer; raises RuntimeError for an error page."""
    connection.request("GET", path, headers=BROWSER)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{response.status} for {path}")
    return response.getheaders(), body


def tracker(database: Path, cache_mb: int = 64) -> AbstractContextManager[Server]:
    """Start the site as `tracker serve` runs it."""
    return _running([*TRACKER, "serve"], environment(database, cache_mb))


def raw(answer: Answer) -> AbstractContextManager[Server]:
    """Start an app that only hands out this answer, on the site's server."""
    headers = [(name, value) for name, value in answer[0] if name.lower() not in OF_THE_CONNECTION]
    command = [sys.executable, "-m", "granian", *OPTIONS, "--factory", "bench.servers:make_raw_app"]
    return _running(command, os.environ | {"BENCH_ANSWER": pickle.dumps((headers, answer[1])).hex()})


def make_raw_app() -> WSGIApplication:
    """Return an app that answers with the same bytes, whatever is asked."""
    headers, body = pickle.loads(bytes.fromhex(os.environ["BENCH_ANSWER"]))

    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return app


@contextmanager
def _running(command: list[str], settings: dict[str, str]) -> Iterator[Server]:
    """The server that this command starts, from when it answers until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with NamedTemporaryFile() as log:
        ports = {"PORT": str(port), "GRANIAN_PORT": str(port)}
        process = subprocess.Popen(command, env=settings | ports, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not _is_open(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"It did not start: {command!r}\n{Path(log.name).read_text()}")
                time.sleep(0.01)
            yield Server(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
