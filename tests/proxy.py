"""A place between the site and PostgreSQL where the network can be bad: slow, silent, cut, or gone."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import sleep

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
PIECE = 65536


class Proxy:
    """Passes on what comes to its port.

    It can hold back each piece for `delay` seconds, and cut the line in place of the answer to a word.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.delay = 0.0
        self.answer_lost_to: bytes | None = None
        self.is_lost = False
        self.open = threading.Event()
        self.open.set()
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Connections come about and stay, but nothing arrives any more, not even their end."""
        self.open.clear()
        yield
        self.open.set()

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        self.delay = seconds
        yield
        self.delay = 0

    def reset(self) -> None:
        """Cut every connection that there is, and none that comes about meanwhile, without a word."""
        ends, self.ends = self.ends, []
        for end in ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.open.set()
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                site, _ = self.listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.upstream))
                except OSError:
                    site.close()
                    continue
                self.ends.extend((site, server))
                for source, target in ((site, server), (server, site)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), self._its_end(target):
            while piece := source.recv(PIECE):
                if self.is_lost and self.answer_lost_to:  # else an answer is meant that nobody waits for any more
                    self.is_lost = False
                    self.reset()
                    return
                self.is_lost = self.answer_lost_to is not None and self.answer_lost_to in piece
                sleep(self.delay)
                self.open.wait()
                target.sendall(piece)

    @contextmanager
    def _its_end(self, target: socket.socket) -> Iterator[None]:
        """Pass on as well that nothing more will come."""
        try:
            yield
        finally:
            self.open.wait()
            target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
