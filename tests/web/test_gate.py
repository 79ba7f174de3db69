"""Requests that send something slowly hold up one another, but never a page."""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIEnvironment

from playwright.sync_api import Page
from werkzeug.test import Client

from tests.site import Site
from tracker import server
from tracker.web.gate import MOST_AT_ONCE, Gate


class Arriving(BytesIO):
    """A body of which nothing arrives until it is let go."""

    def __init__(self, go: threading.Event, waits: threading.Semaphore) -> None:
        super().__init__(b"a=b")
        self.go, self.waits = go, waits

    def read(self, size: int | None = -1, /) -> bytes:
        self.waits.release()
        self.go.wait()
        return super().read(size)


def reading(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b"read"]


def test_half_of_the_threads_are_kept_for_readers() -> None:
    assert MOST_AT_ONCE <= server.THREADS // 2


def test_forms_that_do_not_arrive_hold_up_other_forms_and_no_page() -> None:
    go, waits = threading.Event(), threading.Semaphore(0)
    client = Client(Gate(reading, is_production=True, most=2))
    slow = [
        threading.Thread(target=client.post, kwargs={"input_stream": Arriving(go, waits), "content_length": 3})
        for _ in range(2)
    ]
    for thread in slow:
        thread.start()
    for _ in slow:
        waits.acquire()
    refused = client.post(data={"a": "b"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert {"Content-Security-Policy", "Strict-Transport-Security"} <= set(refused.headers.keys())
    assert client.get().text == "read"
    go.set()
    for thread in slow:
        thread.join()
    assert client.post(data={"a": "b"}).text == "read"


def form(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A form that is never stored, and what was sent by it."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
    if environ["REQUEST_METHOD"] == "POST":
        return [b"got ", environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]
    return [b"<form method=post><textarea name=text></textarea><button>Send</button></form>"]


def test_what_was_typed_is_sent_again_by_reloading_as_the_busy_page_says(
    page: Page, live_server: Callable[[Gate], str]
) -> None:
    gate = Gate(form, is_production=False, most=1)
    gate.free.acquire()
    page.goto(live_server(gate))
    page.fill("textarea", "typed for an hour")
    page.click("button")
    assert "reload this page" in page.inner_text("body")
    gate.free.release()
    page.reload()
    assert page.inner_text("body") == "got text=typed+for+an+hour"


def test_an_error_opens_the_gate_again(sqlite_site: Site) -> None:
    browser = sqlite_site.browser()
    for _ in range(MOST_AT_ONCE + 2):
        assert browser.send("POST", "/no-such-page", data={}).status_code == 404
