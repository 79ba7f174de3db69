"""Finished answers in memory, least recently used out first."""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from threading import Lock
from typing import NamedTuple

from tracker.web.encodings import CODINGS, IDENTITY, encode, is_worth_compressing

Headers = list[tuple[str, str]]
Address = tuple[str, str, str, str]  # scheme, host, path, query
Tags = dict[str, str]  # coding -> entity tag
# What Python needs for the lists and strings around a body, roughly.
OVERHEAD_BYTES = 2048


class Form(NamedTuple):
    """An answer in one coding, ready to be sent."""

    headers: Headers
    body: list[bytes]


class Page:
    """The answer of one address and its forms; each coding is made when somebody first asks for it."""

    def __init__(self, address: Address, tags: Tags, headers: Headers, body: bytes) -> None:
        found = {name.lower(): value for name, value in headers}
        has_codings = "content-encoding" not in found and is_worth_compressing(found.get("content-type", ""), body)
        self.address = address
        self.headers = headers
        self.cache_control = found["cache-control"]
        self.tags = tags if has_codings else dict.fromkeys(CODINGS, tags[IDENTITY])
        plain = self.form(IDENTITY, body)
        self.forms = {IDENTITY: plain} if has_codings else dict.fromkeys(CODINGS, plain)
        self.size = len(body) + sum(map(len, address)) + OVERHEAD_BYTES

    def form(self, coding: str, body: bytes) -> Form:
        """The body, which is in this coding, with its headers."""
        own = [("Content-Length", str(len(body))), ("ETag", self.tags[coding])]
        if coding != IDENTITY:
            own.append(("Content-Encoding", coding))
        return Form([*self.headers, *own], [body])


class Shelf:
    """The answers for one state of the content; when the state changes, a new shelf takes its place.

    Looking up takes no lock. An answer that comes late, made for a state that is over, lands on the old shelf.
    """

    def __init__(self, state: Hashable, room: int) -> None:
        self.state = state
        self.room = room
        self.used = 0
        self.pages: OrderedDict[Address, Page] = OrderedDict()
        self.lock = Lock()

    def find(self, address: Address) -> Page | None:
        page = self.pages.get(address)
        if page is not None:
            with suppress(KeyError):  # another thread has just thrown it out
                self.pages.move_to_end(address)
        return page

    def put(self, address: Address, tags: Tags, headers: Headers, body: bytes) -> Page:
        """Keep an answer; it is given back ready to be sent, even if there is no room for it."""
        page = Page(address, tags, headers, body)
        with self.lock:
            self._remove(self.pages.get(address))
            self.pages[address] = page
            self._take(page.size)
        return page

    def form(self, page: Page, coding: str) -> Form:
        """The page in this coding."""
        return page.forms.get(coding) or self._encode(page, coding)

    def _encode(self, page: Page, coding: str) -> Form:
        plain = page.forms[IDENTITY]
        body = encode(coding, plain.body[0])
        form = page.form(coding, body) if len(body) < len(plain.body[0]) else plain
        with self.lock:
            if coding not in page.forms:
                page.forms[coding] = form
                added = OVERHEAD_BYTES + (len(body) if form is not plain else 0)
                page.size += added
                if self.pages.get(page.address) is page:
                    self._take(added)
        return form

    def _take(self, size: int) -> None:
        self.used += size
        while self.used > self.room and self.pages:
            self._remove(next(iter(self.pages.values())))

    def _remove(self, page: Page | None) -> None:
        if page is not None:
            del self.pages[page.address]
            self.used -= page.size
