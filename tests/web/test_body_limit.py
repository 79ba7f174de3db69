"""Requests that send something slowly hold up one another, but no page and nobody who was signed in before."""

import threading
from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.test import Client, TestResponse

from tests.site import ED, Site
from tracker import server
from tracker.services.sessions import network_of
from tracker.web.devices import was_signed_in
from tracker.web.limits import (
    MOST_DOWNLOADS,
    PAGES,
    READERS,
    READERS_OF_ONE_NETWORK,
    STRANGERS,
    STRANGERS_OF_ONE_NETWORK,
    BodyLimit,
    Places,
)
from tracker.web.security import security_headers

OURS, OTHERS = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.1"}


class Silent(BytesIO):
    """A body of which nothing arrives until it is let go."""

    def __init__(self, go: threading.Event, waits: threading.Semaphore) -> None:
        super().__init__(b"a=b")
        self.go, self.waits = go, waits

    def read(self, size: int | None = -1, /) -> bytes:
        self.waits.release()
        self.go.wait()
        return super().read(size)


class Strangers:
    """Clients of which nothing arrives; let go at the end of the block."""

    def __init__(self, limit: BodyLimit) -> None:
        self.client, self.go, self.waits = Client(limit), threading.Event(), threading.Semaphore(0)
        self.threads: list[threading.Thread] = []
        self.answers: list[TestResponse] = []

    def __enter__(self) -> "Strangers":
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        for thread in self.threads:
            thread.join()

    def send(self, environ: dict[str, str]) -> None:
        body = Silent(self.go, self.waits)
        self.answers.append(self.client.post(input_stream=body, content_length=3, environ_overrides=environ))

    def wait(self, number: int, environ: dict[str, str]) -> None:
        """So many hold a place."""
        for _ in range(number):
            thread = threading.Thread(target=self.send, args=(environ,))
            thread.start()
            self.threads.append(thread)
            self.waits.acquire()


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"read ", environ["wsgi.input"].read()]


def make_limit(seconds: float = 60) -> BodyLimit:
    return BodyLimit(echo, lambda environ: "HTTP_X_KNOWN" in environ, security_headers(True, []), 100, seconds)


def test_silent_strangers_hold_up_strangers_of_their_network_only() -> None:
    assert 2 * READERS + PAGES + MOST_DOWNLOADS < server.THREADS, "threads are left for pages"
    with Strangers(make_limit()) as strangers:
        strangers.wait(STRANGERS_OF_ONE_NETWORK, OURS)
        client = strangers.client
        refused = client.post(data={"a": "b"}, environ_overrides=OURS)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert "Nothing was changed." in refused.text
        assert "reload this page" in refused.text
        assert {"Content-Security-Policy", "Strict-Transport-Security"} <= set(refused.headers.keys())
        assert client.post(data={"a": "b"}, environ_overrides=OTHERS).text == "read a=b"
        assert client.post(data={"a": "b"}, environ_overrides=OURS, headers={"X-Known": "yes"}).text == "read a=b"
        assert client.get(environ_overrides=OURS).status_code == 200
    assert client.post(data={"a": "b"}, environ_overrides=OURS).text == "read a=b"


def test_silent_strangers_of_many_networks_hold_up_nobody_who_was_signed_in() -> None:
    with Strangers(make_limit()) as strangers:
        for network in range(STRANGERS):
            strangers.wait(1, {"REMOTE_ADDR": f"2001:db8:0:{network}::1"})
        assert strangers.client.post(data={"a": "b"}, environ_overrides=OURS).status_code == 503
        known = strangers.client.post(data={"a": "b"}, environ_overrides=OURS, headers={"X-Known": "yes"})
        assert known.text == "read a=b"


def test_a_late_body_gives_its_place_back_and_is_refused_when_it_comes() -> None:
    limit = make_limit(seconds=0)
    with Strangers(limit) as strangers:
        for _ in range(READERS_OF_ONE_NETWORK):
            strangers.wait(1, OURS)
            while limit.strangers.taken.total():
                assert strangers.threads[-1].is_alive()
        # Threads that wait for late bodies are bounded too, for each network.
        assert strangers.client.post(data={"a": "b"}, environ_overrides=OURS).status_code == 503
        limit.seconds = 60
        assert strangers.client.post(data={"a": "b"}, environ_overrides=OTHERS).text == "read a=b"
    assert {(answer.status_code, answer.headers["Connection"]) for answer in strangers.answers} == {(408, "close")}
    assert "arrived too slowly" in strangers.answers[0].text
    assert limit.strangers.taken.total() == limit.readers.taken.total() == 0
    assert strangers.client.post(data={"a": "b"}, environ_overrides=OURS).text == "read a=b"


def test_a_body_that_breaks_off_never_reaches_the_app_and_of_one_no_more_is_read_than_a_byte_too_many() -> None:
    broken = Client(make_limit()).post(input_stream=BytesIO(b"a="), environ_overrides={"CONTENT_LENGTH": "3"})
    assert broken.status_code == 503
    assert "did not arrive whole" in broken.text
    chunked = {"environ_overrides": {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}}
    client = Client(limit := make_limit())
    assert client.post(input_stream=BytesIO(b"a=b"), **chunked).text == "read a=b"
    assert client.post(input_stream=BytesIO(b"a" * 200), **chunked).text == "read " + "a" * 101
    too_large = client.post(input_stream=BytesIO(b"a" * 101), content_length=101)
    assert too_large.text == "read " + "a" * 101, "it is left to the app, unread"
    limit.strangers = Places(0, 0)
    assert client.get(data={"a": "b"}).status_code == 503, "a page that is asked for with a body is limited too"
    # One network is what one client can use.
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert network_of("no address") == "no address"


def test_who_has_signed_in_is_known_and_an_invented_cookie_is_not(sqlite_site: Site) -> None:
    cookie = sqlite_site.browser(ED).cookie
    for sent, is_known in (
        (f"tracker={cookie}", True),
        ("", False),
        ("tracker=eyJ0b2tlbiI6ICJ4In0.invented.signature; device=invented", False),
    ):
        environ = sqlite_site.app.test_request_context("/staff/sign-in", headers={"Cookie": sent}).request.environ
        assert was_signed_in(sqlite_site.app, environ) is is_known
    for _ in range(STRANGERS + 2):  # an error gives the place back
        assert sqlite_site.browser().send("POST", "/no-such-page", data={}).status_code == 404
