"""Limits how many requests may send a body at once, and for how long, and how many may download.

The server hands a request over as soon as its head is there, and whoever reads the body then waits without end. So the
body is read here before the app begins. It holds a place for its deadline and no longer; strangers cannot take the
places of people who have signed in before. A thread that waits for a late body cannot be called back: granian stands
still when a request is answered while its body is being read. Such threads are bounded, and there are enough others.

A file that is sent piece by piece holds a thread until its reader has it all.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from flask import abort, current_app
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_content_length

from tracker.services.sessions import network_of

KNOWN, STRANGERS, STRANGERS_OF_ONE_NETWORK = 8, 8, 4
# How many threads may wait for what strangers send, late bodies among them.
READERS, READERS_OF_ONE_NETWORK = 500, 20
# How many requests without a body are worked on at once.
PAGES = 16
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
LATE = "408 Request Timeout", f"The form arrived too slowly. {ADVICE}"
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": "5",
    "Connection": "close",
}
CSV = "text/csv; charset=utf-8; header=present"
# Of the threads of tracker.server; forms may hold others, and the rest is always left for pages.
MOST_DOWNLOADS = 4
DOWNLOADS_BUSY = "Others are downloading at the moment, and pages come first. Nothing is wrong with the file."
free_downloads = threading.BoundedSemaphore(MOST_DOWNLOADS)


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
        headers: Mapping[str, str],
        largest: int,
        seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.app = app
        self.is_known = is_known
        self.headers = {**headers, **HEADERS}
        self.largest = largest
        self.seconds = seconds
        self.known, self.strangers = Places(KNOWN, KNOWN), Places(STRANGERS, STRANGERS_OF_ONE_NETWORK)
        self.readers, self.known_readers = Places(READERS, READERS_OF_ONE_NETWORK), Places(READERS, READERS)
        self.pages = threading.BoundedSemaphore(PAGES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = get_content_length(environ)
        has_body = length or (length is None and "HTTP_TRANSFER_ENCODING" in environ)
        if not has_body or (length or 0) > self.largest:  # which the app refuses unread
            with self.pages:
                return self.app(environ, start_response)
        is_known, network = self.is_known(environ), network_of(environ.get("REMOTE_ADDR", ""))
        places, readers = (self.known, self.known_readers) if is_known else (self.strangers, self.readers)
        if not places.take(network):
            return self._refuse(BUSY, start_response)
        if not readers.take(network):
            places.give_back(network)
            return self._refuse(BUSY, start_response)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            deadline = Deadline(
                KNOWN_DEADLINE_SECONDS if is_known else self.seconds, partial(places.give_back, network)
            )
            try:
                is_whole = self._read(environ["wsgi.input"], length, body)
            finally:
                deadline.end()
                readers.give_back(network)
            if deadline.has_passed:
                return self._refuse(LATE, start_response)
            try:
                if not is_whole:
                    return self._refuse(BROKEN, start_response)
                body.seek(0)
                return self.app(environ | {"wsgi.input": body}, start_response)  # which reads it before it answers
            finally:
                places.give_back(network)

    def _read(self, stream: InputStream, length: int | None, body: SpooledTemporaryFile[bytes]) -> bool:
        """Copy a body; False when it breaks off. One of unknown length is read to a byte more than the most."""
        missing = self.largest + 1 if length is None else length
        with suppress(OSError, ValueError):  # the client is gone, or the disk is full
            while missing and (piece := stream.read(min(missing, PIECE))):
                body.write(piece)
                missing -= len(piece)
            return not missing or length is None
        return False

    def _refuse(self, answer: tuple[str, str], start_response: StartResponse) -> Iterable[bytes]:
        status, text = answer
        page = text.encode()
        start_response(status, list((self.headers | {"Content-Length": str(len(page))}).items()))
        return [page]


class Deadline:
    """Calls `expire` after so many seconds, unless it ends before."""

    def __init__(self, seconds: float, expire: Callable[[], None]) -> None:
        self.has_passed = False
        self.expire = expire
        self.timer = threading.Timer(seconds, self._pass)
        self.timer.daemon = True
        self.timer.start()

    def end(self) -> None:
        """After this it has passed, or never will."""
        self.timer.cancel()
        self.timer.join()

    def _pass(self) -> None:
        self.has_passed = True
        self.expire()


def download(pieces: Iterable[str | bytes], content_type: str, name: str) -> Response:
    """Return a response that sends a file under this name; its place is free again when the response closes."""
    body = _holding_a_place(pieces)
    next(body)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return current_app.response_class(body, content_type=content_type, headers=headers)


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places for downloads during the block; 503 when all are taken."""
    if not free_downloads.acquire(blocking=False):
        abort(503, DOWNLOADS_BUSY)
    try:
        yield
    finally:
        free_downloads.release()


def _holding_a_place(pieces: Iterable[Any]) -> Iterator[Any]:
    with place():
        yield ""  # the place is taken
        yield from pieces
