"""Limits how many requests may send a body at once, and for how long.

The server hands a request over as soon as its head is there, and whoever reads the body then waits without end. So the
body is read here before the app begins: within a deadline, in so few threads that pages find others, and with places
that strangers cannot take from people who have signed in before.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from tempfile import SpooledTemporaryFile
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import get_content_length

from tracker.services.sessions import network_of
from tracker.web.security import security_headers

# In all two thirds of the threads of tracker.server.
KNOWN, STRANGERS, STRANGERS_OF_ONE_NETWORK = 8, 8, 4
# A late body of a stranger keeps the thread that reads it, and nothing else, until its client hangs up.
READERS, READERS_OF_ONE_NETWORK = 500, 20
DEADLINE_SECONDS, KNOWN_DEADLINE_SECONDS = 15.0, 60.0
IN_MEMORY, PIECE = 1024 * 1024, 64 * 1024
# Going back is no good advice: pages for staff are never stored, so the form would come anew and be empty.
ADVICE = (
    "Nothing was changed.\n\n"
    "Wait a few seconds, then reload this page: your browser sends once more what you typed. "
    "Do not go back or close it; what you typed is kept nowhere else.\n"
)
BUSY = "503 Service Unavailable", f"The site is busy. {ADVICE}"
BROKEN = "503 Service Unavailable", f"The form did not arrive whole. {ADVICE}"
LATE_ANSWER = "408 Request Timeout", f"The form arrived too slowly. {ADVICE}"
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": "5",
    "Connection": "close",
}


class Places:
    """So many places, of which one network gets only some."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.most, self.most_of_one = most, most_of_one
        self.taken: Counter[str] = Counter()
        self.lock = threading.Lock()

    def take(self, network: str) -> bool:
        """Take a place; False when there is none left."""
        with self.lock:
            is_free = self.taken.total() < self.most and self.taken[network] < self.most_of_one
            self.taken[network] += is_free
            return is_free

    def give_back(self, network: str) -> None:
        """Give a place back."""
        with self.lock:
            self.taken -= Counter([network])


class BodyLimit:
    """The middleware; `largest` is the size above which the app refuses a body unread."""

    def __init__(
        self,
        app: WSGIApplication,
        is_known: Callable[[WSGIEnvironment], bool],
        is_production: bool,
        largest: int,
        seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.app = app
        self.is_known = is_known
        self.headers = security_headers(is_production) | HEADERS
        self.largest = largest
        self.seconds = seconds
        self.known, self.strangers = Places(KNOWN, KNOWN), Places(STRANGERS, STRANGERS_OF_ONE_NETWORK)
        self.readers = Places(READERS, READERS_OF_ONE_NETWORK)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = get_content_length(environ)
        if length == 0 or (length is None and "HTTP_TRANSFER_ENCODING" not in environ):
            return self.app(environ, start_response)
        is_known, network = self.is_known(environ), network_of(environ.get("REMOTE_ADDR", ""))
        places = self.known if is_known else self.strangers
        if not places.take(network):
            return self._refuse(BUSY, start_response)
        try:
            if length is not None and length > self.largest:
                return self.app(environ, start_response)  # which refuses it unread
            return self._answer(environ, start_response, length, network, is_known)
        finally:
            places.give_back(network)

    def _answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, length: int | None, network: str, is_known: bool
    ) -> Iterable[bytes]:
        if not is_known and not self.readers.take(network):
            return self._refuse(BUSY, start_response)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            # Of a body without a length, one byte more than the most tells the app that it is too large.
            expected = self.largest + 1 if length is None else length
            end = partial(self.readers.give_back, network) if not is_known else lambda: None
            reader = Reader(environ["wsgi.input"], body, expected, end)
            reader.start()
            reader.join(KNOWN_DEADLINE_SECONDS if is_known else self.seconds)
            if reader.is_alive():
                return self._refuse(LATE_ANSWER, start_response)
            if reader.missing and length is not None:
                return self._refuse(BROKEN, start_response)
            body.seek(0)
            return self.app(environ | {"wsgi.input": body}, start_response)  # which reads it before it answers

    def _refuse(self, answer: tuple[str, str], start_response: StartResponse) -> Iterable[bytes]:
        status, text = answer
        page = text.encode()
        start_response(status, list((self.headers | {"Content-Length": str(len(page))}).items()))
        return [page]


class Reader(threading.Thread):
    """Copies a body; once the copy is closed, it ends with the next piece."""

    def __init__(
        self, stream: InputStream, body: SpooledTemporaryFile[bytes], missing: int, end: Callable[[], None]
    ) -> None:
        super().__init__(daemon=True)
        self.stream, self.body, self.missing, self.end = stream, body, missing, end

    def run(self) -> None:
        try:
            with suppress(OSError, ValueError):  # the client is gone, the disk is full, or the copy is closed
                while self.missing and (piece := self.stream.read(min(self.missing, PIECE))):
                    self.body.write(piece)
                    self.missing -= len(piece)
        finally:
            self.end()
