"""With the cache and without it the site says the same, whatever is asked and changed, in whatever order."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from tests.engines import ENGINES
from tests.factories import make_update
from tests.site import ED, WEALTH_ORDERS, SeededDatabases, Site, open_site
from tests.web.test_cache_forms import DECODE
from tracker import clock
from tracker.models import Ask

PATHS = ("/", f"/asks/{WEALTH_ORDERS}", "/asks.csv", "/?q=number", "/nowhere", "/static/site.css", "/about?x=%00")
CODINGS = ("", "gzip", "br, gzip;q=0.5")
requests = st.tuples(st.just("ask"), st.sampled_from(PATHS), st.sampled_from(CODINGS), st.sampled_from(("GET", "HEAD")))
changes = st.sampled_from([("post",), ("retitle",), ("sleep",), ("restart",)])
numbers = count()


@pytest.fixture(scope="module", params=ENGINES)
def site(seeded_databases: SeededDatabases, request: pytest.FixtureRequest) -> Iterator[Site]:
    with open_site(seeded_databases, engine=request.param) as site:
        yield site


class Reader:
    """A browser that keeps what it got and asks whether it has changed; compares each answer with the plain app's."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cached = site.app.test_client()
        self.plain = Client(partial(Flask.wsgi_app, site.app), site.app.response_class)
        self.had: dict[tuple[str, str], TestResponse] = {}

    def ask(self, path: str, coding: str, method: str) -> None:
        had = self.had.get((path, coding))
        headers = {"Accept-Encoding": coding} | ({"If-None-Match": had.headers["ETag"]} if had else {})
        answer = self.cached.open(path, method=method, headers=headers, buffered=True)
        plain = self.plain.get(path, buffered=True)
        if answer.status_code == 304:
            assert had is not None
            assert self.body(had) == plain.data
            return
        assert answer.status_code == plain.status_code
        assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
        if method == "HEAD":
            assert answer.data == b""
        else:
            assert self.body(answer) == plain.data
            if "ETag" in answer.headers:
                self.had[path, coding] = answer

    @staticmethod
    def body(answer: TestResponse) -> bytes:
        return DECODE[answer.headers.get("Content-Encoding")](answer.data)

    def post(self) -> None:
        with self.site.change(ED) as change:
            ask = change.session.get_one(Ask, self.site.ask_id())
            make_update(change, ask, text=f"A word, number {next(numbers)}.")

    def retitle(self) -> None:
        title = f"Title number {next(numbers)}"
        self.site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=title))

    def sleep(self) -> None:
        """Until the next day."""
        moment = clock.now() + timedelta(days=1)
        self.monkeypatch.setattr(clock, "now", lambda: moment)

    def restart(self) -> None:
        self.site.forget()

    monkeypatch: pytest.MonkeyPatch


@given(steps=st.lists(st.one_of(requests, requests, requests, changes), min_size=3, max_size=14))
@settings(max_examples=15)
def test_any_sequence_of_requests_and_changes_reads_the_same_without_the_cache(
    site: Site, steps: list[tuple[str, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)
        reader = Reader(site)
        reader.monkeypatch = monkeypatch
        for name, *arguments in steps:
            getattr(reader, name)(*arguments)
