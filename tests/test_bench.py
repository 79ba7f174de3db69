"""The databases of `make bench` are such as the site itself might hold."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import data, readers
from tests.engines import open_engine
from tracker.db.engine import reading
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.services import derived


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "asks.sqlite3"
    data.make(path, 33)
    return path


def test_copied_asks_are_what_the_site_would_keep_of_them(copied: Path) -> None:
    with open_engine(f"sqlite:///{copied}") as engine, reading(engine) as session:
        assert derived.find_faults(session) == []
        assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert session.scalars(sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).one() > 5
        assert sum(public.count_by_status(session).values()) == 33
        assert public.find_page(session, AskFilter(text="2")).number >= 11
        first, copy = (public.find_ask(session, f"unexplained-wealth-orders{end}") for end in ("", "-2"))
        assert first
        assert copy
        assert (len(copy.story), copy.tests, copy.links) == (len(first.story), first.tests, first.links)


def test_every_page_that_is_measured_is_there(copied: Path) -> None:
    site = data.make_app(copied)
    try:
        browser = site.test_client()
        assert {path: browser.get(path).status_code for path in readers.PAGES} == dict.fromkeys(readers.PAGES, 200)
    finally:
        site.extensions["tracker_engine"].dispose()
