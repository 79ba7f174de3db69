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
requests = st.tuples(st.sampled_from(PATHS), st.sampled_from(CODINGS), st.sampled_from(("GET", "HEAD")))
changes = st.sampled_from(["post", "retitle", "sleep", "restart"])
numbers = count()
Had = dict[tuple[str, str], TestResponse]


@pytest.fixture(scope="module", params=ENGINES)
def site(seeded_databases: SeededDatabases, request: pytest.FixtureRequest) -> Iterator[Site]:
    with open_site(seeded_databases, engine=request.param) as site:
        yield site


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
    site: Site, steps: list[str | tuple[str, str, str]]
) -> None:
    had: Had = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)
        for step in steps:
            if isinstance(step, str):
                change(site, step, monkeypatch)
            else:
                ask(site, had, *step)
