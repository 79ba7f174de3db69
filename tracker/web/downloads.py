"""Files that are sent piece by piece: few at once, since each holds a thread until its reader has it all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from flask import abort, current_app
from werkzeug.wrappers import Response

CSV = "text/csv; charset=utf-8; header=present"
# Of the threads of tracker.server; forms may hold others (web/body_limit.py), and the rest is always left for pages.
MOST_AT_ONCE = 4
BUSY = "Others are downloading at the moment, and pages come first. Nothing is wrong with the file."
free = BoundedSemaphore(MOST_AT_ONCE)


def download(pieces: Iterable[str | bytes], content_type: str, name: str) -> Response:
    """Return a response that sends a file under this name; its place is free again when the response closes."""
    body = _holding_a_place(pieces)
    next(body)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return current_app.response_class(body, content_type=content_type, headers=headers)


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places for downloads during the block; 503 when all are taken."""
    if not free.acquire(blocking=False):
        abort(503, BUSY)
    try:
        yield
    finally:
        free.release()


def _holding_a_place(pieces: Iterable[Any]) -> Iterator[Any]:
    with place():
        yield ""  # the place is taken
        yield from pieces
