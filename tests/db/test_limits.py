"""What takes too long where strangers ask is stopped; what must take long is not."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from tests.engines import open_engine
from tests.site import Site
from tracker.db.engine import Limits, reading, writing
from tracker.db.errors import took_too_long
from tracker.web.session import db

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT max(i) FROM n"
FOR_EVER, LONG = sa.text(COUNT.format(10**9)), sa.text(COUNT.format(10**6))


@pytest.fixture
def hurried(database: str) -> Iterator[sa.Engine]:
    """An engine that stops what a page asks for after a hundredth of a second."""
    with open_engine(database, Limits(reading=0.01)) as engine:
        yield engine


def test_a_statement_of_a_page_is_stopped_and_the_next_one_is_not(hurried: sa.Engine) -> None:
    for _ in range(2):
        with reading(hurried) as session, pytest.raises(OperationalError) as stopped:
            session.scalar(FOR_EVER)
        assert took_too_long(stopped.value.orig)
        with reading(hurried) as session:
            assert session.scalar(sa.text("SELECT 1")) == 1


def test_writers_and_downloads_may_take_longer(hurried: sa.Engine) -> None:
    with reading(hurried, is_patient=True) as session:
        assert session.scalar(LONG) == 10**6
    with writing(hurried) as session:
        assert session.scalar(LONG) == 10**6
    with reading(hurried) as session, pytest.raises(OperationalError):
        session.scalar(FOR_EVER)


def test_a_page_that_takes_too_long_says_what_to_do(sqlite_site: Site) -> None:
    sqlite_site.app.view_functions["public.about"] = lambda: str(db().scalar(FOR_EVER))
    answer = sqlite_site.browser().client.get("/about")
    assert answer.status_code == 503
    assert "That takes too long to look up" in answer.text
    assert "Narrow it" in answer.text
    assert sqlite_site.browser().get("/").status == 200
