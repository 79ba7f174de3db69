"""Whether the process lives, and whether it can do its work: for those who operate it."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.full_disk import full_disk
from tests.site import ED, LOCAL, PASSWORD, PRODUCTION, WEALTH_ORDERS, MakeSite, Site, email_of, open_app
from tracker.clock import now
from tracker.db.engine import WRITE_LOCK
from tracker.models import StaffSession
from tracker.web import health


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", 0)


def test_however_many_ask_the_write_lock_is_taken_once_a_second(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", 3600)
    writes: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        writes.extend([statement] if statement.startswith("UPDATE") else [])

    sa.event.listen(site.engine, "before_cursor_execute", count)
    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: site.app.test_client().get("/readyz").status_code, range(64)))
    assert codes == [200] * 64
    assert len(writes) == 1


def test_probes_ask_by_address_and_change_nothing(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    browser = site.browser()
    for host in ("10.0.0.5:8000", "[::1]:8000", "pod-7", ""):
        for path in ("/healthz", "/readyz"):
            with site.unchanged():
                answer = browser.send("GET", path, headers={"Host": host})
            assert (answer.status_code, answer.text) == (200, "ok\n")
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert browser.send("GET", "/", headers={"Host": host}).status_code == 400


def test_a_full_disk_or_another_version_or_no_tables_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client, is_sqlite = site.browser().client, site.engine.dialect.name == "sqlite"
    with monkeypatch.context() as full:
        full.setattr(health, "LEAST_FREE_BYTES", 2**62)
        assert client.get("/readyz").status_code == (503 if is_sqlite else 200)
    with full_disk(512):  # which keeps nothing
        assert client.get("/readyz").status_code == (503 if is_sqlite else 200)
    assert client.get("/readyz").status_code == 200
    for statement in ("UPDATE alembic_version SET version_num = '9999'", "DROP TABLE alembic_version"):
        with site.engine.begin() as connection:
            connection.execute(sa.text(statement))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "not ready\n")
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("url", ["sqlite:////nowhere/tracker.sqlite3", "postgresql+psycopg://x@127.0.0.1:1/x"])
def test_a_database_that_is_not_there_is_a_busy_site(url: str) -> None:
    asked: list[object] = []
    with open_app(replace(LOCAL, database_url=url)) as app:
        sa.event.listen(app.extensions["tracker_engine"], "do_connect", lambda *args: asked.append(args))
        client = app.test_client()
        assert client.get("/healthz").text == "ok\n"
        assert asked == [], "health asks no database"
        assert client.get("/readyz").status_code == 503
        for path in ("/", "/asks.csv"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
            assert "The site is busy" in answer.text
            assert "nowhere/tracker" not in answer.text
        assert client.get("/method").status_code == 200


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else holds the write lock."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(url.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        yield


def test_a_locked_database_answers_readers_and_tells_writers_to_come_back(site: Site) -> None:
    # It waits for a lock a tenth of a second and not ten.
    hurry = "PRAGMA busy_timeout = 100" if site.engine.dialect.name == "sqlite" else "SET lock_timeout = '100ms'"

    def set_wait(connection: Any, _record: object) -> None:
        connection.cursor().execute(hurry)
        connection.commit()

    site.engine.dispose()
    sa.event.listen(site.engine, "connect", set_wait)
    url = site.engine.url.render_as_string(hide_password=False)
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}/edit")
    with locked(url):
        assert site.browser().get(f"/asks/{WEALTH_ORDERS}").status == 200
        assert site.browser().client.get("/readyz").status_code == 503
        refused = form.browser.client.post(form.path, data=dict(form.sent("Keep", deadline_note="Typed")))
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert "nothing was changed" in refused.text
    assert site.browser().send("GET", "/readyz").status_code == 200
    assert form.submit("Keep", deadline_note="Typed").hops == [303, 200]

    # What waits beside a sign-in waits on.
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}/edit")
    site.execute(sa.update(StaffSession).values(ended_at=now()))
    asked = form.submit("Keep", deadline_note="Typed for an hour")
    typed = asked.sent("Sign in", email=email_of(ED), password=PASSWORD)
    with locked(url):
        refused = asked.browser.client.post("/staff/sign-in", data=MultiDict(typed))
    assert refused.status_code == 503
    assert "The site is busy" in refused.text
    assert "Typed for an hour" in refused.text
    assert PASSWORD not in refused.text


def test_a_file_that_the_disk_gives_in_part_is_a_busy_site(sqlite_site: Site) -> None:
    path, page_size = Path(sqlite_site.engine.url.database or ""), 4096
    whole = path.read_bytes()
    sqlite_site.engine.dispose()
    path.write_bytes(whole[:page_size] + b"\xff" * (len(whole) - page_size))
    answer = sqlite_site.browser().client.get("/")
    assert answer.status_code == 503
    assert "Its disk is full or fails" in answer.text
    path.write_bytes(whole)
    sqlite_site.engine.dispose()
    assert sqlite_site.browser().get("/").status == 200
