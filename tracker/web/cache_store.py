"""Finished answers in memory, plain and in gzip, least recently used out first."""

import gzip
import re
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from threading import Event, Lock
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment

from werkzeug.http import parse_accept_header

Headers = list[tuple[str, str]]
# What Python needs for the lists and strings around a body, roughly.
OVERHEAD_BYTES = 2048
# Nobody renders for as long as that, and no reader waits for ever for another.
LONGEST_WAIT_SECONDS = 30
MOST_COUNTED = 10_000
GZIP = "-gzip"
LONGEST_HEADER = 500
SMALLEST_BODY = 500
COMPRESSIBLE = re.compile(r"text/|application/(json|xml|[^;]+\+(json|xml))|image/svg\+xml", re.IGNORECASE)
# A page is compressed again after each change of the content, so the last few per cent would cost too much.
LEVEL = 6


class Address(NamedTuple):
    """What an answer is found by."""

    scheme: str
    host: str
    path: str
    query: str


class Variant(NamedTuple):
    """An answer in one content coding, ready to be sent."""

    tag: str
    headers: Headers
    body: bytes


class StoredAnswer(NamedTuple):
    """An answer plain and in gzip; both are the same where gzip gains nothing."""

    digest: str
    cache_control: str
    plain: Variant
    gzipped: Variant
    size: int


class CacheStore:
    """The answers for one state of the content; when the state changes, a new store takes its place.

    An answer that comes late, made for a state that is over, is kept in the old store and so reaches nobody.
    """

    def __init__(self, state: Hashable, build: bytes, room: int) -> None:
        self.state = state
        self.build = build
        self.room = room
        self.used = 0
        self.answers: OrderedDict[Address, StoredAnswer] = OrderedDict()
        self.rendering: dict[Address, Event] = {}
        self.asked: dict[int, int] = {}
        self.lock = Lock()

    def digest(self, address: Address) -> str:
        """Return what the entity tags of an address are made of.

        It fits this address alone and cannot be guessed: whoever sends it back has had this very answer.
        """
        return blake2b(repr((self.state, *address)).encode(), key=self.build, digest_size=12).hexdigest()

    def find(self, address: Address) -> StoredAnswer | None:
        """Return the answer of an address, if it is kept."""
        with self.lock:
            answer = self.answers.get(address)
            if answer:
                self.answers.move_to_end(address)
            return answer

    @contextmanager
    def find_or_render(self, address: Address) -> Iterator[StoredAnswer | None]:
        """Yield the answer of an address, or None to a thread that is to render it inside the block.

        One thread renders and the others wait until it leaves the block. If nothing is kept then, because it failed
        or the answer may not be kept, each of them renders for itself.
        """
        own = Event()
        with self.lock:
            self._count(address)
            finished = self.rendering.setdefault(address, own)
        if finished is not own:
            finished.wait(LONGEST_WAIT_SECONDS)
            yield self.find(address)
            return
        try:
            yield self.find(address)
        finally:
            with self.lock:
                del self.rendering[address]
            own.set()

    def keep(self, address: Address, headers: Headers, body: bytes) -> StoredAnswer:
        """Return an answer ready to be sent, and keep it; one with a query only if it has been asked for twice.

        Else a crawler that walks through all combinations of filters would push out what people read.
        """
        answer = make_answer(self.digest(address), headers, body)
        with self.lock:
            if not address.query or self.asked.get(hash(address), 0) > 1:
                self._remove(address)
                self.answers[address] = answer
                self.used += answer.size
            while self.used > self.room:
                self._remove(next(iter(self.answers)))
        return answer

    def _count(self, address: Address) -> None:
        """Count a request for an answer that is not kept; the addresses counted longest ago are forgotten."""
        number = hash(address)
        self.asked[number] = self.asked.pop(number, 0) + 1
        if len(self.asked) > MOST_COUNTED:
            del self.asked[next(iter(self.asked))]

    def _remove(self, address: Address) -> None:
        if answer := self.answers.pop(address, None):
            self.used -= answer.size


def make_answer(digest: str, headers: Headers, body: bytes) -> StoredAnswer:
    """Return an answer with these headers in both variants."""
    found = {name.lower(): value for name, value in headers}
    small = body if "content-encoding" in found else compress(found.get("content-type", ""), body)
    plain = gzipped = _variant(entity_tag(digest), headers, body)
    size = len(body) + OVERHEAD_BYTES
    if small is not body:
        gzipped = _variant(entity_tag(digest, GZIP), [*headers, ("Content-Encoding", "gzip")], small)
        size += len(small) + OVERHEAD_BYTES
    return StoredAnswer(digest, found["cache-control"], plain, gzipped, size)


def _variant(tag: str, headers: Headers, body: bytes) -> Variant:
    return Variant(tag, [*headers, ("Content-Length", str(len(body))), ("ETag", tag)], body)


def entity_tag(digest: str, coding: str = "") -> str:
    """Return the tag of a body in a coding; a cache in front tells by it which of its copies a 304 is about."""
    return f'W/"{digest}{coding}"'


def accepts_gzip(environ: WSGIEnvironment) -> bool:
    """True if the request's Accept-Encoding allows gzip and does not prefer the plain body."""
    header = environ.get("HTTP_ACCEPT_ENCODING", "")
    return len(header) <= LONGEST_HEADER and _accepts_gzip(header)


@lru_cache(maxsize=512)
def _accepts_gzip(header: str) -> bool:
    return parse_accept_header(header).best_match(("gzip", "identity")) == "gzip"


def compress(content_type: str, body: bytes) -> bytes:
    """Return the body in gzip, the same bytes each time; or the body itself when gzip would gain nothing."""
    if len(body) < SMALLEST_BODY or not COMPRESSIBLE.match(content_type):
        return body
    return min(body, gzip.compress(body, LEVEL, mtime=0), key=len)
