"""Many readers at once: one thread renders an address, and the others get what it made, or go their own way.

And in whatever order things are asked and changed: with the cache and without it the site says the same.
"""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from threading import Event, Semaphore

import pytest
import sqlalchemy as sa
from flask import Flask, Response
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from tests.factories import make_update
from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.test_cache import DECODE
from tracker import clock
from tracker.models import Ask
from tracker.web import cache_store
from tracker.web.cache_store import Address, CacheStore

READERS = 8
SECONDS = 60
View = Callable[[], Response]


class Rendering:
    """Holds up whoever renders the page "About" until it is let go."""

    def __init__(self, site: Site, view: View) -> None:
        self.begun = Semaphore(0)
        self.go_on = Event()
        self.count = 0
        self.view = view
        site.app.view_functions["public.about"] = self

    def __call__(self) -> Response:
        self.count += 1
        self.begun.release()
        assert self.go_on.wait(SECONDS)
        return self.view()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Released whenever somebody begins to wait for an event of the store."""
    somebody = Semaphore(0)

    class Told(Event):
        def wait(self, timeout: float | None = None) -> bool:
            somebody.release()
            return super().wait(timeout)

    monkeypatch.setattr(cache_store, "Event", Told)
    return somebody


def read(site: Site, path: str = "/about") -> TestResponse:
    return site.app.test_client().get(path, buffered=True)


@contextmanager
def readers(
    site: Site, rendering: Rendering, waiting: Semaphore, path: str = "/about"
) -> Iterator[list[Future[TestResponse]]]:
    """One reader renders and the others wait for it, until the end of the block."""
    with ThreadPoolExecutor(READERS) as pool:
        try:
            asked = [pool.submit(read, site, path)]
            assert rendering.begun.acquire(timeout=SECONDS)
            asked += [pool.submit(read, site, path) for _ in range(READERS - 1)]
            for _ in range(READERS - 1):
                assert waiting.acquire(timeout=SECONDS)
            yield asked
        finally:
            rendering.go_on.set()


def crowd(site: Site, rendering: Rendering, waiting: Semaphore, path: str = "/about") -> list[TestResponse]:
    """What each of the readers gets once the first may go on; nobody is left waiting."""
    with readers(site, rendering, waiting, path) as asked:
        rendering.go_on.set()
        answers = [answer.result(SECONDS) for answer in asked]
    assert not site.cache.store.rendering
    return answers


def test_one_thread_renders_for_all_who_ask_at_once(sqlite_site: Site, waiting: Semaphore) -> None:
    rendering = Rendering(sqlite_site, lambda: Response("the page" * 200))
    answers = crowd(sqlite_site, rendering, waiting, "/about?q=magnitsky")
    assert {answer.text for answer in answers} == {"the page" * 200}
    assert rendering.count == 1


def test_when_rendering_fails_or_is_not_kept_each_who_waited_tries_for_itself(
    sqlite_site: Site, waiting: Semaphore
) -> None:
    def fail_once() -> Response:
        if rendering.count == 1:
            raise RuntimeError("broken")
        return Response("mended")

    rendering = Rendering(sqlite_site, fail_once)
    answers = crowd(sqlite_site, rendering, waiting)
    assert [answer.status_code for answer in answers] == [500] + [200] * (READERS - 1)
    sqlite_site.forget()
    rendering = Rendering(sqlite_site, lambda: Response(str(rendering.count), headers={"Cache-Control": "private"}))
    assert len(crowd(sqlite_site, rendering, waiting)) == rendering.count == READERS


def test_a_thread_that_dies_releases_those_who_wait(waiting: Semaphore) -> None:
    store, address = CacheStore(None, b"", 1000), Address("http", "localhost", "/", "")

    def wait() -> None:
        with store.find_or_render(address) as answer:
            assert answer is None

    with ThreadPoolExecutor(1) as pool, suppress(SystemExit), store.find_or_render(address):
        waiter = pool.submit(wait)
        assert waiting.acquire(timeout=SECONDS)
        raise SystemExit
    waiter.result(SECONDS)
    assert not store.rendering


def test_a_file_that_is_sent_piece_by_piece_holds_up_nobody(sqlite_site: Site) -> None:
    sqlite_site.app.view_functions["public.about"] = lambda: Response(iter(["a", "b"]))
    client = sqlite_site.app.test_client()
    with client.get("/about", buffered=False) as slow:
        body = slow.iter_encoded()
        assert next(iter(body)) == b"a"
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(read, sqlite_site).result(SECONDS).data == b"ab"
        assert b"".join(body) == b"b"
    assert not sqlite_site.cache.store.rendering


def test_a_commit_while_a_page_is_rendered_is_on_the_next_answer(site: Site, waiting: Semaphore) -> None:
    def title() -> str:
        return str(site.scalar(sa.select(Ask.title).where(Ask.slug == WEALTH_ORDERS)))

    before = title()
    rendering = Rendering(site, lambda: Response(before))
    with readers(site, rendering, waiting) as asked:
        site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Another title"))
        site.app.view_functions["public.about"] = title
        for _ in range(2):
            assert read(site).text == "Another title"
        rendering.go_on.set()
        assert {answer.result(SECONDS).text for answer in asked} == {before}
    assert read(site).text == "Another title"


def test_a_thread_that_comes_late_does_not_bring_back_what_is_over(sqlite_site: Site) -> None:
    """It has read the old revision, is held up, and meanwhile another has begun the store of the new one."""
    cache, asked = sqlite_site.cache, 0
    read(sqlite_site)
    old = cache.revisions.read()
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Another title"))
    read(sqlite_site)
    store, usual = cache.store, cache.revisions.read

    def read_late() -> tuple[Hashable, ...] | None:
        nonlocal asked
        asked += 1
        return old if asked == 1 else usual()

    cache.revisions.read = read_late  # type: ignore[method-assign]
    assert read(sqlite_site).status_code == 200
    assert cache.store is store


# --- a crawler ---


def test_an_address_with_a_query_is_kept_at_its_second_request_and_a_crawler_pushes_nothing_out(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_store, "MOST_COUNTED", 5)
    for expected in (0, 1, 1):
        read(sqlite_site, "/?family=met")
        assert len(sqlite_site.cache.store.answers) == expected
    read(sqlite_site)
    for number in range(20):
        read(sqlite_site, f"/about?q={number}")
    store = sqlite_site.cache.store
    assert [address.path + address.query for address in store.answers] == ["/family=met", "/about"]
    assert len(store.asked) == 5


# --- in any order ---

PATHS = ("/", f"/asks/{WEALTH_ORDERS}", "/asks.csv", "/?q=number", "/nowhere", "/static/site.css", "/about?x=%00")
CODINGS = ("", "gzip", "br, gzip;q=0.5")
requests = st.tuples(st.sampled_from(PATHS), st.sampled_from(CODINGS), st.sampled_from(("GET", "HEAD")))
changes = st.sampled_from(["post", "retitle", "sleep", "restart"])
numbers = count()
Had = dict[tuple[str, str], TestResponse]


def body(answer: TestResponse) -> bytes:
    return DECODE[answer.headers.get("Content-Encoding")](answer.data)


def ask(site: Site, had: Had, path: str, coding: str, method: str) -> None:
    """Ask as a browser that keeps what it got and asks whether it has changed; compare with the plain app's answer."""
    known = had.get((path, coding))
    headers = {"Accept-Encoding": coding} | ({"If-None-Match": known.headers["ETag"]} if known else {})
    answer = site.app.test_client().open(path, method=method, headers=headers, buffered=True)
    plain = Client(partial(Flask.wsgi_app, site.app), site.app.response_class).get(path, buffered=True)
    if answer.status_code == 304:
        assert known is not None
        assert body(known) == plain.data
        return
    assert answer.status_code == plain.status_code
    assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
    assert answer.data == b"" if method == "HEAD" else body(answer) == plain.data
    if method == "GET" and "ETag" in answer.headers:
        had[path, coding] = answer


def change(site: Site, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if what == "post":
        with site.change(ED) as change:
            make_update(change, change.session.get_one(Ask, site.ask_id()), text=f"A word, number {next(numbers)}.")
    elif what == "retitle":
        title = f"Title number {next(numbers)}"
        site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=title))
    elif what == "sleep":  # until the next day
        moment = clock.now() + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: moment)
    else:
        site.forget()


@given(steps=st.lists(st.one_of(requests, requests, requests, changes), min_size=3, max_size=14))
@settings(max_examples=15)
def test_any_sequence_of_requests_and_changes_reads_the_same_without_the_cache(
    shared_site: Site, steps: list[str | tuple[str, str, str]]
) -> None:
    had: Had = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)
        for step in steps:
            if isinstance(step, str):
                change(shared_site, step, monkeypatch)
            else:
                ask(shared_site, had, *step)
