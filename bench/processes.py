"""Servers as processes of their own: started, measured by what Linux says of them in /proc, and stopped."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 60
PROC = Path("/proc")


class Server:
    """A running server and its children."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], port: int, started_in: float) -> None:
        self.name = name
        self.process = process
        self.port = port
        self.started_in = started_in

    def cpu(self) -> float:
        """The seconds of CPU that it has used."""
        nanoseconds = 0
        for pid in self._pids():
            for task in (PROC / str(pid) / "task").glob("*/schedstat"):
                nanoseconds += int(task.read_text().split()[0])
        return nanoseconds / 1e9

    def memory(self) -> int:
        """The bytes of memory that it holds."""
        return self._status("VmRSS")

    def peak(self) -> int:
        """The most bytes of memory that it held since the last `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        for pid in self._pids():
            (PROC / str(pid) / "clear_refs").write_text("5")

    def _pids(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            for task in (PROC / str(pid) / "task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found

    def _status(self, field: str) -> int:
        lines = (line for pid in self._pids() for line in (PROC / str(pid) / "status").read_text().splitlines())
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


@contextmanager
def running(name: str, command: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The server that this command starts, from when it answers on the port until the end of the block."""
    begun = time.perf_counter()
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(name, process, port, log.name)
            yield Server(name, process, port, time.perf_counter() - begun)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(name: str, process: subprocess.Popen[bytes], port: int, log: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.005)
    raise RuntimeError(f"{name} did not start:\n{Path(log).read_text(errors='replace')}")
