"""Public answers from memory: a WSGI middleware in front of Flask.

What it keeps is right as long as the revision, the day and the build stay the same, so nothing is ever
invalidated and nothing is ever stale; docs/decisions/0011-revision-cache.md has the reasons.

Social networks and newsletters add marks of their own to links (`?fbclid=…`). Whatever is not named in
PUBLIC_PARAMETERS is therefore dropped here, before Flask, so that such a link is the plain page. Staff
pages and the JSON API get their query string whole: the API refuses a name that it does not know.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import closing
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import unquote_plus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from flask import Flask
from werkzeug.wsgi import ClosingIterator

from tracker.clock import today
from tracker.db.revision import Revisions
from tracker.queries.public.filters import FILTER_PARAMETERS
from tracker.settings import Settings
from tracker.web.build import digest
from tracker.web.cache_store import GZIP, Address, CacheStore, Headers, StoredAnswer, accepts_gzip, entity_tag
from tracker.web.security import PUBLIC, VARY

NEVER_KEPT = ("/staff", "/healthz", "/readyz", "/checkpoint.txt")
# Only a whole answer can be kept, so Flask must not hear of these.
CONDITIONS = ("HTTP_IF_", "HTTP_RANGE")
REPLACED = frozenset({"content-length", "etag", "last-modified", "accept-ranges"})
LARGEST_SHARE = 8
# Every parameter that some public page, file or picture reads; one that is new is added here.
PUBLIC_PARAMETERS = frozenset({*FILTER_PARAMETERS, "sort", "after", "on", "entry", "v"})
UNFILTERED = ("/staff", "/api/v1")


class RevisionCache:
    """The middleware. `build` stands for the code, the templates and the settings that show on pages."""

    def __init__(self, app: WSGIApplication, revisions: Revisions, build: bytes, cookie_name: str, room: int) -> None:
        self.app = app
        self.revisions = revisions
        self.build = build
        self.cookie_name = cookie_name
        self.room = room
        self.lock = Lock()
        self.empty(None)

    def empty(self, state: Hashable) -> None:
        """Begin a new store for this state of the content."""
        self.store = CacheStore(state, self.build, self.room)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        query = environ["QUERY_STRING"] = without_marks(path, environ.get("QUERY_STRING", ""))
        # Chosen before anything is rendered: a commit in between costs one more rendering, never a stale page.
        store = self._current_store() if self._is_for_everybody(environ) else None
        if store is None:
            return self.app(environ, start_response)
        address = Address(environ["wsgi.url_scheme"], environ["HTTP_HOST"], path, query)
        answer = store.find(address)
        if answer is None:
            if tag := known_tag(environ, store.digest(address)):
                return not_modified(start_response, tag, PUBLIC)
            with store.find_or_render(address) as answer:
                if answer is None:
                    return self._render(store, address, environ, start_response)
        return send(answer, environ, start_response)

    def _is_for_everybody(self, environ: WSGIEnvironment) -> bool:
        """True if whoever asks like this gets the same answer."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and "HTTP_AUTHORIZATION" not in environ
            and self.cookie_name not in environ.get("HTTP_COOKIE", "")
            and "HTTP_HOST" in environ
            and not environ["PATH_INFO"].startswith(NEVER_KEPT)
        )

    def _current_store(self) -> CacheStore | None:
        """Return the store for what is public now; None when the revision cannot be read."""
        state = self._state()
        if state and state != self.store.state:
            with self.lock:
                # Read again: a thread that was held up here must not bring back a state that is over.
                state = self._state()
                if state and state != self.store.state:
                    self.empty(state)
        return self.store if state else None

    def _state(self) -> tuple[Hashable, ...] | None:
        revision = self.revisions.read()
        return None if revision is None else (revision, today())

    def _render(
        self, store: CacheStore, address: Address, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Let Flask answer, and keep the answer if it may be kept."""
        status, headers, body = self._ask_flask(environ)
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if may_be_kept(status, headers):
            length = [(name, value) for name, value in headers if name.lower() == "content-length"]
            kept = [(name, value) for name, value in headers if name.lower() not in REPLACED]
            largest = self.room // LARGEST_SHARE
            if length and int(length[0][1]) <= largest:
                with closing(body):
                    return send(store.keep(address, kept, b"".join(body)), environ, start_response)
            headers = [*kept, *length, ("ETag", entity_tag(store.digest(address)))]
            if not length and not is_head:  # a file that is sent piece by piece
                body = ClosingIterator(copy(body, largest, partial(store.keep, address, kept)), body.close)
        start_response(status, headers)
        if is_head:
            body.close()
            return []
        return body

    def _ask_flask(self, environ: WSGIEnvironment) -> tuple[str, Headers, ClosingIterator]:
        """Return the status, the headers and the body of the whole answer."""
        asked = {name: value for name, value in environ.items() if not name.startswith(CONDITIONS)}
        started: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _: Any = None, /) -> Any:
            started.append((status, headers))

        body = self.app(asked | {"REQUEST_METHOD": "GET"}, start_response)
        return *started[-1], ClosingIterator(body)


def init_app(app: Flask, engine: sa.Engine, settings: Settings) -> None:
    """Put the cache in front of the app; whatever is put in front of it later comes first."""
    cookie, room = app.config["SESSION_COOKIE_NAME"], settings.cache_mb * 1024 * 1024
    kept = RevisionCache(app.wsgi_app, Revisions(engine), digest(settings), cookie, room)
    app.wsgi_app = kept  # type: ignore[method-assign]


def may_be_kept(status: str, headers: Headers) -> bool:
    """True if an answer is for everybody, and may differ in nothing but its coding."""
    found = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and found.get("cache-control", "").startswith("public")
        and found.get("vary", VARY) == VARY
        and "set-cookie" not in found
    )


def without_marks(path: str, query: str) -> str:
    """Return the query string without the parameters that no public address knows; the others stay as they are."""
    if not query or path.startswith(UNFILTERED):
        return query
    return "&".join(part for part in query.split("&") if unquote_plus(part.partition("=")[0]) in PUBLIC_PARAMETERS)


def known_tag(environ: WSGIEnvironment, digest: str) -> str:
    """Return the tag that the reader sent, if it is ours and of a body that the reader accepts; else empty.

    What our tags have between their quotes occurs nowhere else, so the header need not be taken apart.
    """
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    codings = (GZIP, "") if known and accepts_gzip(environ) else ("",)
    return next((entity_tag(digest, coding) for coding in codings if f'"{digest}{coding}"' in known), "")


def send(answer: StoredAnswer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send the answer in the coding that the reader prefers, or word that the reader has it already."""
    variant = answer.gzipped if accepts_gzip(environ) else answer.plain
    if known := environ.get("HTTP_IF_NONE_MATCH", ""):
        tag = variant.tag if known.strip() == "*" else known_tag(environ, answer.digest)
        if tag:
            return not_modified(start_response, tag, answer.cache_control)
    start_response("200 OK", variant.headers.copy())
    return [variant.body] if environ["REQUEST_METHOD"] == "GET" else []


def not_modified(start_response: StartResponse, tag: str, cache_control: str) -> list[bytes]:
    """Answer 304, with the headers that RFC 9110, 15.4.5 asks for and no others."""
    start_response("304 Not Modified", [("ETag", tag), ("Cache-Control", cache_control), ("Vary", VARY)])
    return []


def copy(body: Iterable[bytes], largest: int, keep: Callable[[bytes], object]) -> Iterator[bytes]:
    """Yield the pieces of a body as they come, and keep them when all have come, unless they are too large."""
    pieces: list[bytes] = []
    left = largest
    for piece in body:
        left -= len(piece)
        if left >= 0:
            pieces.append(piece)
        else:
            pieces.clear()
        yield piece
    if left >= 0:
        keep(b"".join(pieces))
