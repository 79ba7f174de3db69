"""A real server, and strangers who say nothing or flood its sign-in: readers and staff go on.

Here once and briefly; `make torture` waits until the server has hung up on all of them.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from select import select
from urllib.parse import urlencode, urlsplit

import pytest

from tests.chromium import Served, tracker_process
from tests.site import ED, LOCAL, PASSWORD, SeededDatabases, email_of
from tracker.services.sessions import MOST_FAILURES
from tracker.web.limits import STRANGERS_OF_ONE_NETWORK

IS_TORTURE = "TORTURE_ROUNDS" in os.environ
SILENT, IDLE = 8, 1100
GUESSERS, SIGN_INS = 8, 15 if IS_TORTURE else 3
SIGN_IN = "/staff/sign-in"
HEAD = "POST /staff/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n"


class Client:
    """Keeps cookies as a browser does; every request has a connection of its own."""

    def __init__(self, served: Served, address: str = "") -> None:
        self.place = urlsplit(served.url).netloc
        self.headers = {"X-Forwarded-For": address} if address else {}
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, **form: str) -> tuple[int, str]:
        connection = HTTPConnection(self.place, timeout=60)
        try:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = self.headers | ({"Cookie": cookie} if cookie else {})
            if form:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def token(self, path: str) -> str:
        (token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', self.send("GET", path)[1]))
        return str(token)

    def sign_in(self, password: str = PASSWORD, email: str = email_of(ED)) -> int:
        """Sign in as somebody who is not signed in, on this device."""
        self.cookies.pop("tracker", None)
        form = {"csrf_token": self.token(SIGN_IN), "email": email, "password": password}
        return self.send("POST", SIGN_IN, **form)[0]


@contextmanager
def connections(served: Served, number: int, says: str = "") -> Iterator[list[socket.socket]]:
    place = urlsplit(served.url)
    with ExitStack() as stack:
        opened = []
        for _ in range(number):
            opened.append(stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=60)))
            opened[-1].sendall(says.encode())
        yield opened


def send_bodies_that_never_come(served: Served) -> None:
    staff, stranger = Client(served), Client(served)
    assert staff.sign_in() == 303
    token = staff.token("/staff/asks/1/notes/new")
    with connections(served, SILENT, HEAD) as silent:
        answered: list[socket.socket] = []
        while len(answered) < SILENT - STRANGERS_OF_ONE_NETWORK:
            answered = select(silent, [], [], 60)[0]
        assert [one.recv(12) for one in answered] == [b"HTTP/1.1 503"] * len(answered)
        assert stranger.send("GET", "/")[0] == 200
        assert staff.send("POST", "/staff/asks/1/notes/new", csrf_token=token, text="Saved meanwhile.")[0] == 303
        assert staff.sign_in() == 303
        if IS_TORTURE:  # fifteen seconds later
            while (status := stranger.sign_in()) == 503:
                pass
            assert status == 303
        served.process.terminate()  # while they still hold on
        assert served.process.wait(timeout=60) == 0


def say_nothing(served: Served) -> None:
    with connections(served, IDLE) as idle:
        assert Client(served).send("GET", "/")[0] == 200
        if IS_TORTURE:
            assert [one.recv(1) for one in idle] == [b""] * IDLE


def guess_passwords(served: Served) -> None:
    """A network that guesses is counted as one, and keeps no known device out."""
    staff = Client(served, "192.0.2.1")
    assert staff.sign_in() == 303
    statuses: list[int] = []

    def guess(number: int) -> None:
        guesser = Client(served, f"2001:db8:0:1::{number:x}")
        while 429 not in statuses:
            statuses.append(guesser.sign_in("not the password of anybody", f"{number}@example.org"))

    guessers = [threading.Thread(target=guess, args=(number,)) for number in range(1, GUESSERS + 1)]
    for guesser in guessers:
        guesser.start()
    assert [staff.sign_in() for _ in range(SIGN_INS)] == [303] * SIGN_INS
    for guesser in guessers:
        guesser.join()
    assert set(statuses) <= {422, 429, 503}
    assert statuses.count(422) <= MOST_FAILURES["address"] + GUESSERS
    assert Client(served, "2001:db8:0:1:ffff::1").sign_in() == 429
    assert Client(served, "2001:db8:0:2::1").sign_in() == 303


@pytest.mark.slow
def test_strangers_keep_nobody_from_reading_signing_in_and_saving(seeded_databases: SeededDatabases) -> None:
    with seeded_databases.temporary("sqlite") as url:
        settings = {"DATABASE_URL": url, "SECRET_KEY": LOCAL.secret_key, "TRACKER_TRUSTED_PROXIES": "1"}
        with tracker_process(settings) as served:
            say_nothing(served)
            guess_passwords(served)
            send_bodies_that_never_come(served)
