"""Public answers from memory: a WSGI middleware in front of Flask.

What it keeps is right as long as the revision, the London day and the build stay the same, so nothing is ever
invalidated and nothing is ever stale; docs/decisions/0011-revision-cache.md has the reasons.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from flask import Flask
from werkzeug.wsgi import ClosingIterator

from tracker.clock import today
from tracker.db.revision import Revisions, revisions_of
from tracker.settings import Settings
from tracker.web.build import digest
from tracker.web.encodings import CODINGS, IDENTITY, accepted
from tracker.web.parameters import without_marks
from tracker.web.security import PUBLIC, VARY
from tracker.web.shelf import Address, Headers, Page, Shelf, Tags

NEVER_KEPT = ("/staff", "/healthz", "/readyz")
# Only a whole answer can be kept, so Flask must not hear of these.
CONDITIONS = frozenset(
    {
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
        "HTTP_IF_RANGE",
    }
)
REPLACED = frozenset({"content-length", "etag", "last-modified", "accept-ranges"})
LARGEST_SHARE = 8
Keep = Callable[[Headers, bytes], Page]


class RevisionCache:
    """The middleware. `build` stands for the code, the templates and the settings that show on pages."""

    def __init__(self, app: WSGIApplication, revisions: Revisions, build: bytes, cookie_name: str, room: int) -> None:
        self.app = app
        self.revisions = revisions
        self.build = build
        self.cookie_name = cookie_name
        self.room = room
        self.shelf = Shelf(None, room)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["QUERY_STRING"] = without_marks(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        # Read before anything is rendered: a commit in between costs one more rendering, never a stale page.
        state = self.revisions.read() if self._is_for_everybody(environ) else None
        if state is None:
            return self.app(environ, start_response)
        shelf = self._shelf_for((state, today()))
        address = (
            environ["wsgi.url_scheme"],
            environ["HTTP_HOST"],
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
        )
        codings = accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        page = shelf.find(address)
        if page is None:
            tags = self._tags(shelf.state, address)
            if known and (tag := matching(known, tags, codings)):
                return not_modified(start_response, tag)
            made = self._make(partial(shelf.put, address, tags), tags[IDENTITY], environ, start_response)
            if not isinstance(made, Page):
                return made
            page = made
        if known and (tag := matching(known, page.tags, codings, or_any=True)):
            return not_modified(start_response, tag, page.cache_control)
        form = shelf.form(page, codings[0])
        start_response("200 OK", form.headers.copy())
        return form.body if environ["REQUEST_METHOD"] == "GET" else []

    def _is_for_everybody(self, environ: WSGIEnvironment) -> bool:
        """Whether whoever asks like this gets the same answer."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and "HTTP_AUTHORIZATION" not in environ
            and self.cookie_name not in environ.get("HTTP_COOKIE", "")
            and "HTTP_HOST" in environ
            and not environ["PATH_INFO"].startswith(NEVER_KEPT)
        )

    def _shelf_for(self, state: Hashable) -> Shelf:
        shelf = self.shelf
        if shelf.state != state:
            shelf = self.shelf = Shelf(state, self.room)
        return shelf

    def _tags(self, state: Hashable, address: Address) -> Tags:
        """The entity tag of each coding.

        It fits this address alone and cannot be guessed: whoever sends it back has had this very answer.
        """
        digest = blake2b(repr((state, address)).encode(), key=self.build, digest_size=12).hexdigest()
        return {coding: f'W/"{digest}"' if coding == IDENTITY else f'W/"{digest}-{coding}"' for coding in CODINGS}

    def _make(
        self, keep: Keep, tag: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Page | Iterable[bytes]:
        """Ask Flask: the page when it may be kept whole, else the answer as it is passed on."""
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        asked = {name: value for name, value in environ.items() if name not in CONDITIONS}
        started: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, _: Any = None, /) -> Any:
            started.append((status, headers))

        body = self.app(asked | {"REQUEST_METHOD": "GET"}, note)
        status, headers = started[-1]
        if may_be_kept(status, headers):
            length = [(name, value) for name, value in headers if name.lower() == "content-length"]
            headers = [(name, value) for name, value in headers if name.lower() not in REPLACED]
            if length and int(length[0][1]) <= self._largest:
                return keep(headers, whole(body))
            if not length and not is_head:
                body = ClosingIterator(self._copied(body, partial(keep, headers.copy())), partial(close, body))
            headers += [*length, ("ETag", tag)]
        start_response(status, headers)
        if is_head:
            close(body)
            return []
        return body

    @property
    def _largest(self) -> int:
        return self.room // LARGEST_SHARE

    def _copied(self, body: Iterable[bytes], keep: Callable[[bytes], Page]) -> Iterator[bytes]:
        """The pieces of a body of unknown length as they come; kept when all have come, and fit."""
        pieces: list[bytes] = []
        left = self._largest
        for piece in body:
            left -= len(piece)
            if left >= 0:
                pieces.append(piece)
            else:
                pieces.clear()
            yield piece
        if left >= 0:
            keep(b"".join(pieces))


def init_app(app: Flask, engine: sa.Engine, settings: Settings) -> None:
    """Put the cache in front of the app; whatever is put in front of it later comes first."""
    cookie, room = app.config["SESSION_COOKIE_NAME"], settings.cache_mb * 1024 * 1024
    kept = RevisionCache(app.wsgi_app, revisions_of(engine), digest(settings), cookie, room)
    app.wsgi_app = kept  # type: ignore[method-assign]


def may_be_kept(status: str, headers: Headers) -> bool:
    """Whether an answer is for everybody, and may differ in nothing but its coding."""
    found = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and found.get("cache-control", "").startswith("public")
        and found.get("vary", VARY) == VARY
        and "set-cookie" not in found
    )


def matching(known: str, tags: Tags, codings: tuple[str, ...], *, or_any: bool = False) -> str:
    """The tag of an acceptable form that an If-None-Match header names, compared weakly; else empty.

    What our tags have between their quotes occurs nowhere else, so the header need not be taken apart.
    """
    if or_any and known.strip() == "*":
        return tags[codings[0]]
    return next((tags[coding] for coding in codings if tags[coding].removeprefix("W/") in known), "")


def not_modified(start_response: StartResponse, tag: str, cache_control: str = PUBLIC) -> list[bytes]:
    """Answer 304, with the headers that RFC 9110, 15.4.5 asks for and no others."""
    start_response("304 Not Modified", [("ETag", tag), ("Cache-Control", cache_control), ("Vary", VARY)])
    return []


def whole(body: Iterable[bytes]) -> bytes:
    """All pieces in one, and the body closed."""
    try:
        return b"".join(body)
    finally:
        close(body)


def close(body: Iterable[bytes]) -> None:
    """End an answer's body, as WSGI asks."""
    if hasattr(body, "close"):
        body.close()
