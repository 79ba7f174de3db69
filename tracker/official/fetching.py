"""Answers of official records, asked for politely and kept, or read from a folder in which somebody saved them.

One request a second, conditional, with a contact, time limits and three tries. Answers go only to the hosts of
official records, and a redirect is judged like the first address. What is read is limited after it is unpacked.
"""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

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
LONGEST_WAIT = 60
BUSY = (429, 500, 502, 503, 504)
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_LENGTH = 120


Conditions = Mapping[str, str]  # "etag" and "last_modified" of an answer


class Unreadable(Exception):
    """A record cannot be read; the message says in one sentence why."""


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

    @property
    def sha256(self) -> str:
        """The SHA-256 of the answer, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def json(self) -> Any:
        """Return what the answer says in JSON; raises Unreadable."""
        try:
            return _shown(json.loads(self.path.read_bytes()))
        except (ValueError, RecursionError):
            self.forget()
            raise Unreadable(f"{self.address} did not answer in JSON.") from None

    def forget(self) -> None:
        """Delete the answer, which is of no use any longer; the next question is asked without conditions."""
        if not self.is_saved:
            self.path.unlink(missing_ok=True)
            _particulars(self.path).unlink(missing_ok=True)


class Answers(Protocol):
    """Where answers come from: the sources themselves, or a folder."""

    def get(self, source: str, path: str, seen: Conditions | None = None) -> Answer:
        """Return what a source says at this path; raises Unreadable.

        It is asked for what is new since the answer that is kept, or since `seen`, and then there may be no file.
        """


@dataclass(frozen=True)
class SavedAnswers:
    """Answers that somebody saved in a folder."""

    folder: Path

    def get(self, source: str, path: str, seen: Conditions | None = None) -> Answer:
        """Return the saved answer; raises Unreadable when there is none."""
        file = self.folder / file_name(source, path)
        if not file.is_file():
            raise Unreadable(f"There is no file {file.relative_to(self.folder)}.")
        return Answer(file, str(file.relative_to(self.folder)), is_saved=True)


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
    wait_seconds: float = 2.0
    asked_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.pool = urllib3.PoolManager(timeout=TIMES, retries=False)
        self.hosts = {(urlsplit(base).scheme, urlsplit(base).netloc) for base in self.bases.values()}

    def get(self, source: str, path: str, seen: Conditions | None = None) -> Answer:
        """Return what the source says now; raises Unreadable, and then keeps the answer that was there before."""
        file = self.folder / file_name(source, path)
        kept = _kept(file)
        if kept and self.since and datetime.fromisoformat(kept["at"]) >= self.since:
            return Answer(file, kept["address"], True, kept["etag"], kept["last_modified"])
        known = kept if seen is None else seen
        conditions = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last_modified")}
        address = self.bases[source].rstrip("/") + path
        response = self._ask(address, {name: value for name, value in conditions.items() if value})
        try:
            if response.status == 304 and known:
                if seen is None:
                    self._keep(file, kept | {"at": self.at.isoformat()})
                return Answer(file, address, False, known["etag"], known["last_modified"])
            if response.status != 200:
                raise Unreadable(f"{address} answered with the code {response.status}.")
            return self._save(response, file, address)
        finally:
            response.close()  # a body that was read whole has given its connection back already

    def _ask(self, address: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Return the response, after redirects that stay with the hosts of official records."""
        for _ in range(MOST_REDIRECTS):
            parts = urlsplit(address)
            if (parts.scheme, parts.netloc) not in self.hosts:
                raise Unreadable(f"It led to {parts.scheme}://{parts.netloc}, which is no official record that we ask.")
            response = self._try(address, parts.netloc, headers)
            location = response.headers.get("Location") if response.status in (301, 302, 303, 307, 308) else None
            if location is None:
                return response
            response.close()
            address = urljoin(address, location)
        raise Unreadable(f"{address} is a redirect without end.")

    def _try(self, address: str, host: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Ask three times with growing waits, and longer ones where a busy source asks for them."""
        reason, asked_to_wait = "", 0
        headers = {"User-Agent": self.agent, "Accept-Encoding": "gzip"} | headers
        for wait in (0, self.wait_seconds, 3 * self.wait_seconds):
            time.sleep(max(wait, asked_to_wait))
            if host.partition(":")[0] not in LOOPBACK:  # this machine itself need not be spared
                time.sleep(max(0.0, self.asked_at + PACE_SECONDS - time.monotonic()))
            self.asked_at = time.monotonic()
            try:
                response = self.pool.request("GET", address, headers=headers, redirect=False, preload_content=False)
            except urllib3.exceptions.HTTPError as error:
                reason = f"gave no answer: {_reason(error)}"
                continue
            if response.status not in BUSY:
                return response
            reason = f"answered with the code {response.status} three times"
            asked = response.headers.get("Retry-After", "")
            asked_to_wait = min(int(asked), LONGEST_WAIT) if asked.isdecimal() else 0
            response.close()
        raise Unreachable(f"{host} {reason}.")

    def _save(self, response: urllib3.BaseHTTPResponse, file: Path, address: str) -> Answer:
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
            raise Unreadable(f"The answer of {address} broke off: {_reason(error)}.") from None
        etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        self._keep(file, {"at": self.at.isoformat(), "address": address, "etag": etag, "last_modified": modified})
        return Answer(file, address, True, etag, modified)

    def _keep(self, file: Path, particulars: Mapping[str, str]) -> None:
        with part_of(_particulars(file), replace=True) as part:
            part.write_text(json.dumps(particulars), encoding="utf-8")


def file_name(source: str, path: str) -> str:
    """Return where the answer of a source at a path is saved, such as "bills/Bills-4210-Stages"."""
    name = UNSAFE.sub("-", path).strip("-") or "index"
    if len(name) > NAME_LENGTH:
        name = f"{name[:NAME_LENGTH]}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    return f"{source}/{name}"


def _shown(value: Any) -> Any:
    """A value of JSON, its texts without the characters that no page and no database can have."""
    match value:
        case str():
            return showable(value)
        case list():
            return [_shown(part) for part in value]
        case dict():
            return {showable(name): _shown(part) for name, part in value.items()}
    return value


def _kept(file: Path) -> dict[str, str]:
    """Return what is known of a kept answer; nothing where one of the two files is missing or damaged."""
    with suppress(OSError, ValueError):
        kept = json.loads(_particulars(file).read_text(encoding="utf-8"))
        if file.is_file() and {"at", "address", "etag", "last_modified"} <= kept.keys():
            return dict(kept)
    return {}


def _particulars(file: Path) -> Path:
    return file.with_name(f"{file.name}.asked")


def _reason(error: Exception) -> str:
    """The shortest words for what went wrong."""
    cause = getattr(error, "reason", None) or error
    return re.sub(r"^.*?: ", "", str(cause)).strip("'()") or type(cause).__name__
