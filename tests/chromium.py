"""Debian's own Chromium for tests, and the site on a port for it to look at."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    WebError,
    sync_playwright,
)
from werkzeug.serving import make_server

from tests.engines import free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OpenContext = Callable[..., BrowserContext]  # what the fixture new_context is
Serve = Callable[["WSGIApplication"], str]  # what the fixture live_server is
CHECKOUT = Path(__file__).resolve().parent.parent


@cache
def chromium_program() -> str | None:
    return shutil.which("chromium", path=f"{os.environ.get('PATH', '')}:/usr/bin")


def missing() -> list[str]:
    """What cannot be tested here for want of a program, in words for the person who runs the tests."""
    return [] if chromium_program() else ["Chromium — install chromium"]


# --- pages ---


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium_program()
    if program is None:
        pytest.skip("NOT TESTED: " + missing()[0])
    # The site needs nothing from elsewhere: a page that asks for it gets an error, and the test fails.
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser complained about, script errors and refused styles among it."""

    found: list[str]
    documents: set[str]

    def watch(self, context: BrowserContext) -> None:
        context.on("response", self.on_response)
        context.on("console", self.on_console)
        context.on("weberror", self.on_script_error)

    def on_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.documents.add(response.url)

    def on_script_error(self, error: WebError) -> None:
        self.found.append(f"{error.page.url if error.page else 'a closed page'}: {error.error}")

    def on_console(self, message: ConsoleMessage) -> None:
        address = message.location["url"]
        # A page that answers 404 or 409 is reported too, and whether it should is for the test to say.
        own_status = message.text.startswith("Failed to load resource") and address in self.documents
        if message.type in {"error", "warning"} and not own_status:
            self.found.append(f"{address}: {message.text}")


@pytest.fixture
def new_context(browser: Browser) -> Iterator[OpenContext]:
    """Opens browsers of different people: new_context(viewport=…, java_script_enabled=False, …).

    Anything that the console of one of their pages complains about fails the test at its end.
    """
    complaints = Complaints(found=[], documents=set())
    with ExitStack() as opened:

        def open_context(**options: object) -> BrowserContext:
            context = browser.new_context(**options)  # type: ignore[arg-type]  # playwright checks them
            opened.callback(context.close)
            context.set_default_timeout(10_000)
            complaints.watch(context)
            return context

        yield open_context
    if complaints.found:
        pytest.fail("The browser complained:\n" + "\n".join(complaints.found))


@pytest.fixture
def page(new_context: OpenContext) -> Page:
    """An empty page of a browser that has never been anywhere."""
    return new_context().new_page()


# --- the site on a port ---


@contextmanager
def served_here(app: "WSGIApplication") -> Iterator[str]:
    """The address at which the app answers, in a thread, until the block ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture
def live_server() -> Iterator[Serve]:
    """live_server(app) -> the address at which the app answers until the test ends."""
    with ExitStack() as opened:
        yield lambda app: opened.enter_context(served_here(app))


@dataclass(frozen=True)
class Served:
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def tracker_process(
    environment: Mapping[str, str], *options: str, working_folder: Path | None = None
) -> Iterator[Served]:
    """`tracker serve` as a program of its own, answering; ended when the block ends, if it still lives.

    It sees the variables given, a file .env in the working folder, and none of the caller's settings. What it prints is
    in `log`.
    """
    port = free_port()
    settings = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(CHECKOUT),
        "SECRET_KEY": os.urandom(32).hex(),
        **environment,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    with tempfile.TemporaryDirectory(prefix="tracker-serve-", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tracker", "serve", *options],
                env=settings, cwd=working_folder or folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        served = Served(f"http://127.0.0.1:{port}", process, log)
        try:
            wait_until_it_answers(served)
            yield served
        finally:
            end(process)


def wait_until_it_answers(served: Served, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.url}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            pytest.fail(f"/healthz answers {answer.code}:\n{served.said()}")
        except OSError:
            time.sleep(0.05)
    ended = served.process.poll()
    state = "does not answer" if ended is None else f"ended with {ended}"
    pytest.fail(f"tracker serve {state}:\n{served.said()}")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
