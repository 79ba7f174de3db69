"""Keeps threads free for readers: only so many requests that send something are let in at once.

A thread waits for as long as the body of a request takes to arrive, and a stranger can take all day over it. With the
gate such strangers hold up one another and other forms, but never a page.
"""

from collections.abc import Iterable
from threading import BoundedSemaphore
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tracker.web.security import SAFE_METHODS, security_headers

# Half of the threads of tracker.server.
MOST_AT_ONCE = 8
# Going back is no good advice: pages for staff are never stored, so the form would come anew and be empty.
BUSY = (
    b"The site is busy. Nothing was changed.\n\n"
    b"Wait a few seconds, then reload this page: your browser sends once more what you typed. "
    b"Do not go back or close it; what you typed is kept nowhere else.\n"
)
BUSY_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": str(len(BUSY)),
    "Cache-Control": "no-store",
    "Retry-After": "5",
    "Connection": "close",
}


class Gate:
    """The middleware."""

    def __init__(self, app: WSGIApplication, is_production: bool, most: int = MOST_AT_ONCE) -> None:
        self.app = app
        self.headers = list((security_headers(is_production) | BUSY_HEADERS).items())
        self.free = BoundedSemaphore(most)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            return self.app(environ, start_response)
        if not self.free.acquire(blocking=False):
            start_response("503 Service Unavailable", self.headers)
            return [BUSY]
        try:
            return self.app(environ, start_response)  # which reads the body, if at all, before it answers
        finally:
            self.free.release()
