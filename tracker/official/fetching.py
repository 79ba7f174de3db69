"""Answers of official records, asked for politely and kept, or read from a folder in which somebody saved them.

One request a second, conditional, with a contact, time limits and three tries. Requests go only to the hosts of
official records, and a redirect is judged like the first address. What is read is limited after it is unpacked. XML
that declares a document type is refused, and with it all entities: no record that we read has one (decision 0031).
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import urllib3

from tracker.rules.text import showable
from tracker.services.files import part_of
from tracker.settings import LOOPBACK

MOST_BYTES = 64 * 1024**2
CHUNK = 65536
MOST_REDIRECTS = 5
MOST_SECONDS = 180
TIMES = urllib3.Timeout(connect=10, read=30)
PACE_SECONDS = 1.0
WAITS = (0.0, 2.0, 6.0)  # before each try
LONGEST_WAIT = 60
BUSY = (429, 500, 502, 503, 504)
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_LENGTH = 120
# All that may stand before the first element of XML.
BEGINNING = re.compile(rb"(\xef\xbb\xbf)?\s*(?>(<\?.*?\?>|<!--.*?-->)\s*)*+<[A-Za-z]", re.DOTALL)
LONGEST_BEGINNING = 65536
Conditions = Mapping[str, str]  # "etag" and "last_modified" of an answer


class Unreadable(Exception):
    """A record, or a whole source, cannot be read; the message says in one sentence why. Nothing is changed."""


class Unreachable(Unreadable):
    """A source gives no answer, though it was asked three times."""


@dataclass(frozen=True)
class Answer:
    """An answer in a file; not `is_new` if it is as it was the last time, `is_saved` if the file is somebody's own."""

    path: Path
    address: str
    is_new: bool = True
    etag: str = ""
    last_modified: str = ""
    is_saved: bool = False

    def json(self) -> Any:
        """Return what the answer says in JSON, its texts as pages and the database can have them; raises Unreadable."""
        try:
            return json.loads(self.path.read_bytes(), object_hook=_showable)
        except (ValueError, RecursionError):
            self.forget()
            raise Unreadable(f"{self.address} did not answer in JSON.") from None

    def elements(self, root: str, *tags: str) -> Iterator[ET.Element]:
        """Yield each element of the XML with one of these tags, whole, as soon as it ends; raises Unreadable.

        `root` is the tag that the document must have, with its namespace in braces.
        """
        try:
            with self.path.open("rb") as file:
                begins = file.read(LONGEST_BEGINNING)
                if not BEGINNING.match(begins):
                    raise Unreadable("it declares a document type" if b"<!DOCTYPE" in begins else "it begins otherwise")
                file.seek(0)
                events = ET.iterparse(file, events=("start", "end"))  # noqa: S314 (entities were refused above)
                _, top = next(events)
                if top.tag != root:
                    raise Unreadable(f"it is a document of the kind “{top.tag.rpartition('}')[2]}”")
                for event, element in events:
                    if event == "end" and element.tag in tags:
                        yield element
                        element.clear()
                        top.clear()
        except (ET.ParseError, LookupError, ValueError, Unreadable) as error:  # the middle two: an unknown encoding
            self.forget()
            raise Unreadable(f"{self.address} is no whole XML of this record: {error}.") from None

    def forget(self) -> None:
        """Delete the answer, which is of no use any longer; the next question is asked without conditions."""
        if not self.is_saved:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class SavedAnswers:
    """Answers that somebody saved in a folder."""

    folder: Path

    def get(self, source: str, path: str, seen: Conditions | None = None) -> Answer:
        """Return the saved answer; raises Unreadable when there is none."""
        name = file_name(source, path)
        if not (self.folder / name).is_file():
            raise Unreadable(f"There is no file {name}.")
        return Answer(self.folder / name, name, is_saved=True)


@dataclass
class Fetcher:
    """Asks the sources, and keeps each answer in the folder with what makes the next question conditional.

    Answers that were saved since `since` are taken as they are: a look that was interrupted goes on there.
    """

    bases: Mapping[str, str]
    folder: Path
    agent: str
    at: datetime
    since: datetime | None = None
    most_bytes: int = MOST_BYTES

    def __post_init__(self) -> None:
        self.pool = urllib3.PoolManager(timeout=TIMES, retries=False)
        self.hosts = {urlsplit(base)[:2] for base in self.bases.values()}
        self.asked_at = 0.0

    def get(self, source: str, path: str, seen: Conditions | None = None) -> Answer:
        """Return what the source says now; raises Unreadable, and then keeps the answer that was there before.

        It is asked for what is new since the answer that is kept, or since `seen`; then there may be no file.
        """
        file = self.folder / file_name(source, path)
        asked = file.with_name(f"{file.name}.asked")
        kept = json.loads(asked.read_text(encoding="utf-8")) if file.exists() and asked.exists() else {}
        address = self.bases[source].rstrip("/") + path
        if kept and self.since and datetime.fromisoformat(kept["at"]) >= self.since:
            return Answer(file, address)
        known = kept if seen is None else seen
        response = self._ask(address, known)
        try:
            is_new = response.status != 304
            if not is_new and known:
                etag, modified = known["etag"], known["last_modified"]
            elif response.status == 200:
                self._save(response, file, address)
                etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
            else:
                raise Unreadable(f"{address} answered with the code {response.status}.")
        finally:
            response.close()  # a body that was read whole has given its connection back already
        if seen is None:
            with part_of(asked, replace=True) as part:
                said = {"at": self.at.isoformat(), "etag": etag, "last_modified": modified}
                part.write_text(json.dumps(said), encoding="utf-8")
        return Answer(file, address, is_new, etag, modified)

    def _ask(self, address: str, known: Conditions) -> urllib3.BaseHTTPResponse:
        """Return the response, after redirects that stay with the hosts of official records."""
        conditions = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last_modified")}
        headers = {"User-Agent": self.agent, "Accept-Encoding": "gzip"}
        headers |= {name: value for name, value in conditions.items() if value}
        for _ in range(MOST_REDIRECTS):
            parts = urlsplit(address)
            if parts[:2] not in self.hosts:
                raise Unreadable(f"It led to {parts.scheme}://{parts.netloc}, which is no official record that we ask.")
            response = self._try(address, headers)
            location = response.get_redirect_location()
            if not location:
                return response
            response.close()
            address = urljoin(address, location)
        raise Unreadable(f"{address} is a redirect without end.")

    def _try(self, address: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Ask three times with growing waits, and longer ones where a busy source asks for them."""
        host, reason, asked_to_wait = urlsplit(address), "", 0
        for wait in WAITS:
            time.sleep(max(wait, asked_to_wait))
            if host.hostname not in LOOPBACK:  # this machine itself need not be spared
                time.sleep(max(0.0, self.asked_at + PACE_SECONDS - time.monotonic()))
            self.asked_at = time.monotonic()
            try:
                response = self.pool.request("GET", address, headers=headers, redirect=False, preload_content=False)
            except urllib3.exceptions.HTTPError as error:
                reason = f"gave no answer ({type(error).__name__})"
                continue
            if response.status not in BUSY:
                return response
            reason = f"answered with the code {response.status} three times"
            asked = response.headers.get("Retry-After", "")
            asked_to_wait = min(int(asked), LONGEST_WAIT) if asked.isdecimal() else 0
            response.close()
        raise Unreachable(f"{host.netloc} {reason}.")

    def _save(self, response: urllib3.BaseHTTPResponse, file: Path, address: str) -> None:
        """Write the body into its file, whole or not at all."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        size, until = 0, time.monotonic() + MOST_SECONDS
        try:
            with part_of(file, replace=True) as part, part.open("wb") as out:
                for chunk in response.stream(CHUNK, decode_content=True):
                    size += len(chunk)
                    if size > self.most_bytes:
                        raise Unreadable(f"{address} answered with more than {self.most_bytes // 1024**2} MB.")
                    if time.monotonic() > until:
                        raise Unreadable(f"{address} took more than {MOST_SECONDS} seconds.")
                    out.write(chunk)
        except urllib3.exceptions.HTTPError as error:
            raise Unreadable(f"The answer of {address} broke off ({type(error).__name__}).") from None


Answers = Fetcher | SavedAnswers


def file_name(source: str, path: str) -> str:
    """Return where the answer of a source at a path is saved, such as "bills/Bills-4210-Stages"."""
    name = UNSAFE.sub("-", path).strip("-")
    if len(name) > NAME_LENGTH:
        name = f"{name[:NAME_LENGTH]}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    return f"{source}/{name}"


def _showable(said: dict[str, Any]) -> dict[str, Any]:
    return {name: showable(value) if isinstance(value, str) else value for name, value in said.items()}
