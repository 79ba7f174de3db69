"""PostgreSQL slow, silent, cut off and killed: readers and writers are told, nothing is lost, and it passes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.browser import Page
from tests.proxy import Proxy, proxy_to
from tests.site import ED, LOCAL, SeededDatabases, Site, open_app
from tracker.db import engine as engines
from tracker.db import postgresql
from tracker.models import Note

PATH = "/staff/asks/1/notes/new"
LEAST_CONNECT_SECONDS = 2  # psycopg waits no shorter


@dataclass
class FarSite:
    """A site whose database is reached through a proxy."""

    site: Site
    proxy: Proxy

    def form(self) -> Page:
        return self.site.browser(ED).get(PATH)

    def read(self) -> TestResponse:
        return self.site.browser().client.get("/")

    def notes(self) -> set[str]:
        with self.site.reading() as session:
            return set(session.scalars(sa.select(Note.text)))

    def check_well(self) -> None:
        """A page comes, and what is saved is there."""
        self.site.forget()
        assert self.read().status_code == 200
        assert self.form().submit("Write the note", text="All is well.").hops == [303, 200]
        assert "All is well." in self.notes()


@pytest.fixture
def far(seeded_databases: SeededDatabases, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarSite]:
    """It is less patient than others, so that the tests are short."""
    monkeypatch.setattr(engines, "CONNECT_SECONDS", LEAST_CONNECT_SECONDS)
    monkeypatch.setattr(postgresql, "GRACE_SECONDS", 0)
    port = seeded_databases.cluster.port
    with seeded_databases.temporary("postgresql") as url, proxy_to(port) as proxy:
        far = replace(LOCAL, database_url=url.replace(f":{port}/", f":{proxy.port}/"))
        with open_app(far) as app:
            yield FarSite(Site(app), proxy)


def post(form: Page, text: str) -> TestResponse:
    """Press the button, and stay where that leads."""
    return form.browser.client.post(PATH, data=dict(form.sent("Write the note", text=text)))


def check_given_back(refused: TestResponse, text: str) -> None:
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Your typed text is kept" in refused.text
    assert text in refused.text


def test_slow_and_cut_connections_are_lived_with_and_nobody_notices(far: FarSite) -> None:
    far.check_well()
    with far.proxy.slow(0.3):
        assert far.read().status_code == 200  # from memory, after one question
    form = far.form()
    far.proxy.reset()
    far.site.forget()
    assert far.read().status_code == 200
    far.proxy.reset()
    with far.proxy.slow(0.03):
        assert post(form, "Written from afar after the cut.").status_code == 303
    assert "Written from afar after the cut." in far.notes()


def test_when_the_answer_to_a_commit_is_lost_nobody_is_told_that_nothing_was_saved(far: FarSite) -> None:
    form = far.form()
    far.proxy.answer_lost_to = b"COMMIT\0"
    refused = post(form, "Who knows?")
    check_given_back(refused, "Who knows?")
    assert "We cannot tell whether that was saved" in refused.text
    assert "Nothing was" not in refused.text
    far.proxy.answer_lost_to = None
    assert "Who knows?" in far.notes()
    far.check_well()


def test_nobody_waits_for_ever_for_a_server_that_says_nothing(far: FarSite) -> None:
    far.check_well()
    form = far.form()
    with far.proxy.silence(), ThreadPoolExecutor() as threads:
        reader, writer = threads.submit(far.read), threads.submit(post, form, "Typed for an hour.")
        assert reader.result().status_code == 503
        check_given_back(writer.result(), "Typed for an hour.")
        assert far.site.browser().send("GET", "/healthz").status_code == 200
    far.check_well()
    assert "Typed for an hour." not in far.notes()


def test_a_server_that_is_killed_loses_nothing_acknowledged_and_is_used_again(
    seeded_databases: SeededDatabases, far: FarSite
) -> None:
    cluster = seeded_databases.cluster
    cluster.execute("ALTER DATABASE {name} SET synchronous_commit = on", name=far.site.engine.url.database or "")
    far.proxy.reset()
    form = far.form()
    saved: list[str] = []
    enough = threading.Semaphore(0)

    def write() -> None:
        while (answer := post(form, f"Note {len(saved)}.")).status_code == 303:
            saved.append(f"Note {len(saved)}.")
            enough.release()
        check_given_back(answer, f"Note {len(saved)}.")

    try:
        with ThreadPoolExecutor(1) as threads:
            writer = threads.submit(write)
            for _ in range(5):
                assert enough.acquire(timeout=30)
            cluster.kill()
            writer.result()
        far.site.forget()
        assert far.read().status_code == 503
        check_given_back(post(form, "Too late."), "Too late.")
    finally:
        cluster.start_again()
    assert set(saved) <= far.notes()
    far.check_well()
