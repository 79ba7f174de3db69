"""The revision is read quickly and beside SQLAlchemy; what cannot be read is never guessed."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.engines import open_engine
from tests.site import WEALTH_ORDERS, Site
from tracker.db import engine as engines
from tracker.db import revision
from tracker.db.engine import reading, writing
from tracker.db.revision import Revisions
from tracker.models import Ask, Revision

only_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
THREADS = 8
END_OTHERS = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def revisions(engine: sa.Engine) -> Revisions:
    return Revisions(engine)


def commit(engine: sa.Engine, number: object = Revision.number + 1) -> None:
    with writing(engine) as session:
        session.execute(sa.update(Revision).values(number=number))


def file_of(engine: sa.Engine) -> Path:
    return Path(engine.url.database or "")


def test_each_commit_makes_another_state_and_nothing_else_does(engine: sa.Engine, revisions: Revisions) -> None:
    seen = []
    for _ in range(3):
        seen.append(revisions.read())
        with writing(engine) as session:
            session.execute(sa.update(Revision).values(number=99))
            assert revisions.read() == seen[-1]
            session.rollback()
        with reading(engine) as session:
            session.execute(sa.select(Revision.number)).all()
        assert revisions.read() == seen[-1]
        commit(engine)
    assert None not in seen
    assert len(set(seen)) == 3


def test_many_threads_share_a_few_connections(engine: sa.Engine, revisions: Revisions) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        seen = set(pool.map(lambda _: revisions.read(), range(THREADS * 50)))
    assert len(seen) == 1
    assert 1 <= len(revisions.idle) <= THREADS
    engine.dispose()
    assert revisions.idle == []
    assert {revisions.read()} == seen


def test_what_is_not_there_has_no_revision_and_is_not_made(
    empty_database: str, engine: sa.Engine, revisions: Revisions
) -> None:
    for url in (empty_database, "postgresql+psycopg://nobody@127.0.0.1:1/nothing"):
        with open_engine(url) as other:
            assert Revisions(other).read() is None
    with writing(engine) as session:
        session.execute(sa.delete(Revision))
    assert revisions.read() is None
    if engine.dialect.name == "sqlite":
        file_of(engine).unlink()
        assert revisions.read() is None
        assert not file_of(engine).exists()


@only_postgresql
def test_a_lost_connection_is_opened_again_and_the_same_number_after_a_restore_is_another_state(
    engine: sa.Engine, revisions: Revisions
) -> None:
    commit(engine, 7)
    before = revisions.read()
    with engine.connect() as connection:
        connection.execute(END_OTHERS)
    assert revisions.read() is None
    assert revisions.read() == before
    commit(engine, 6)
    commit(engine, 7)
    assert revisions.read() != before


# --- with the site on top ---


@only_sqlite
def test_a_file_that_is_replaced_is_read(site: Site) -> None:
    file = file_of(site.engine)
    backup = file.with_suffix(".backup")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Regretted"))
    assert "Regretted" in site.browser().get("/").text
    backup.replace(file)
    for journal in file.parent.glob(f"{file.name}-*"):
        journal.unlink()
    for path in ("/", f"/asks/{WEALTH_ORDERS}"):
        for _ in range(2):
            assert "Regretted" not in site.browser().get(path).text
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Thought over"))
    assert "Thought over" in site.browser().get("/").text
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM ask WHERE title = 'Thought over'").fetchone() == (1,)


@only_sqlite
def test_another_journal_makes_no_difference_and_a_copy_that_takes_the_place_is_another_state(
    engine: sa.Engine, revisions: Revisions
) -> None:
    seen = [revisions.read()]
    for mode in ("WAL", "DELETE", "WAL", "TRUNCATE"):
        engine.dispose()
        with closing(sqlite3.connect(file_of(engine))) as connection:
            assert connection.execute(f"PRAGMA journal_mode = {mode}").fetchone() == (mode.lower(),)
            for _ in range(3):
                assert revisions.read() == seen[-1]
                with connection:
                    connection.execute("UPDATE revision SET number = number + 1")
                seen.append(revisions.read())
    copy = file_of(engine).with_suffix(".copy")
    shutil.copy(file_of(engine), copy)
    copy.replace(file_of(engine))
    seen.append(revisions.read())
    assert None not in seen
    assert len(set(seen)) == 1 + 4 * 3 + 1


@only_sqlite
def test_a_locked_file_is_a_busy_site_and_not_a_broken_or_an_old_one(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Seen before"))
    assert "Seen before" in site.browser().get("/").text
    monkeypatch.setattr(revision, "WAIT_SECONDS", 0)
    monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", 0)
    site.engine.dispose()
    with closing(sqlite3.connect(file_of(site.engine), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert site.browser().client.get("/").status_code == 503
        other.execute("UPDATE ask SET title = 'Seen after'")
        other.execute("UPDATE revision SET number = number + 1")
        other.execute("COMMIT")
    assert "Seen after" in site.browser().get("/").text
    site.execute(sa.update(Ask).values(title="In the lists, too"))
