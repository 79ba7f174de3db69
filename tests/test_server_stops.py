"""The server is stopped, and killed, while people save: what they were told is saved is there.

Once each on SQLite here; `make torture ROUNDS=200` thirty times each on both engines.
"""

import http.client
import os
import queue
import signal
import threading
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa

from tests.chromium import Served, tracker_process
from tests.engines import ENGINES
from tests.site import ED, LOCAL, Site
from tests.test_raw_http import workers
from tracker.models import Note
from tracker.services import proof

TORTURE = int(os.environ.get("TORTURE_ROUNDS", "0"))
ROUNDS = max(1, TORTURE * 3 // 20)
WRITERS, ENOUGH = 4, 12
PATH = "/staff/asks/1/notes/new"
FORM = "application/x-www-form-urlencoded"


class Writer(threading.Thread):
    """Somebody who writes one note after the other, and tells which of them were saved."""

    def __init__(self, served: Served, name: str, cookie: str, token: str, saved: "queue.Queue[str]") -> None:
        super().__init__(name=name, daemon=True)
        self.address, self.cookie, self.token, self.saved = urlsplit(served.url), cookie, token, saved
        self.ended = "still at it"

    def run(self) -> None:
        number = 0
        while True:
            text = f"{self.name}, note {number}."
            try:
                status, said = self.post(text)
            except (OSError, http.client.HTTPException) as error:
                self.ended = repr(error)
                return
            if status != 303:
                self.ended = f"{status} {said}"
                return
            self.saved.put(text)
            number += 1

    def post(self, text: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=30)
        try:
            body = urlencode({"csrf_token": self.token, "text": text})
            connection.request("POST", PATH, body, {"Content-Type": FORM, "Cookie": f"tracker={self.cookie}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def wait_for(saved: "queue.Queue[str]", crew: list[Writer], served: Served) -> list[str]:
    """Return what was saved first; fails, and tells why each writer ended, when nothing more comes."""
    found: list[str] = []
    while len(found) < ENOUGH:
        try:
            found.append(saved.get(timeout=30))
        except queue.Empty:
            log = served.log.read_text(encoding="utf-8")
            pytest.fail("\n".join([f"{len(found)} saved", *(f"{w.name}: {w.ended}" for w in crew), log]))
    return found


def stop(served: Served, how: signal.Signals) -> None:
    """End the server: politely, or all of its processes at once."""
    everyone = [*workers(served), served.process.pid] if how == signal.SIGKILL else [served.process.pid]
    for pid in everyone:
        os.kill(pid, how)
    code = served.process.wait(timeout=60)
    assert code == (0 if how == signal.SIGTERM else -how), served.log.read_text(encoding="utf-8")


def check_replaced(served: Served) -> None:
    """A worker that dies is replaced."""
    (first,) = workers(served)
    os.kill(first, signal.SIGKILL)
    address, status = urlsplit(served.url), 0
    while status != 200:
        assert served.process.poll() is None, served.log.read_text(encoding="utf-8")
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
            connection.close()
    assert first not in workers(served)


@pytest.mark.parametrize("database_engine", ENGINES if TORTURE else ["sqlite"], indirect=True)
def test_what_was_acknowledged_is_there_after_the_server_has_ended(site: Site) -> None:
    browser = site.browser(ED)
    token = dict(browser.get(PATH).sent("Write the note"))["csrf_token"]
    settings = {"DATABASE_URL": site.engine.url.render_as_string(hide_password=False), "SECRET_KEY": LOCAL.secret_key}
    acknowledged: list[str] = []
    for round_, how in enumerate([signal.SIGTERM, signal.SIGKILL] * ROUNDS):
        saved: queue.Queue[str] = queue.Queue()
        with tracker_process(settings) as served:
            if not round_:
                check_replaced(served)
            crew = [Writer(served, f"r{round_}w{n}", browser.cookie or "", token, saved) for n in range(WRITERS)]
            for writer in crew:
                writer.start()
            acknowledged += wait_for(saved, crew, served)
            stop(served, how)
            for writer in crew:
                writer.join(timeout=30)
            acknowledged += list(saved.queue)
        with site.reading() as session:
            assert set(acknowledged) <= set(session.scalars(sa.select(Note.text)))
            proof.verify(session)
