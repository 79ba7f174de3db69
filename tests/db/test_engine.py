"""Transactions and columns on both engines: who may write, who waits, what a reader sees and how long it may take."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from tests.engines import open_engine
from tests.factories import NOW, make_ask, make_staff
from tests.site import Site
from tracker.db.base import UtcDateTime
from tracker.db.engine import Limits, has_safe_wal, reading, writing
from tracker.db.errors import took_too_long
from tracker.models import Event, FormerSlug, Revision, Source, StaffSession
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services.change import Change
from tracker.web.session import db

ON_SQLITE, ON_POSTGRESQL = (
    pytest.mark.parametrize("database_engine", [name], indirect=True) for name in ("sqlite", "postgresql")
)


def raise_revision() -> sa.Update:
    return sa.update(Revision).values(number=Revision.number + 1)


def test_what_is_written_is_kept_at_the_end_and_undone_by_an_error(engine: sa.Engine) -> None:
    for expected in (1, 2):  # on a connection that has read, too
        with writing(engine) as session:
            session.execute(raise_revision())
        assert number(engine) == expected
    with suppress(DBAPIError), writing(engine) as session:
        session.execute(raise_revision())
        session.execute(sa.text("SELECT nothing"))
    assert number(engine) == 2


def number(engine: sa.Engine) -> int:
    with reading(engine) as session:
        return session.scalars(sa.select(Revision.number)).one()


def test_a_reading_transaction_cannot_write(engine: sa.Engine) -> None:
    for statement in (
        "UPDATE revision SET number = 7",
        "INSERT INTO source (key, title) VALUES ('a', 'A')",
        "DELETE FROM revision",
        "CREATE TABLE mine (id INTEGER)",
        "DROP TABLE evidence",
    ):
        with writing(engine) as session:
            session.execute(raise_revision())
        for _ in range(2):  # on a connection that has written, and on one that has read
            with reading(engine) as session, pytest.raises(DBAPIError, match=r"readonly|read-only"):
                session.execute(sa.text(statement))
    assert number(engine) == 5


@ON_POSTGRESQL
def test_a_reader_sees_one_moment_and_the_next_reader_the_next(engine: sa.Engine) -> None:
    with reading(engine) as session:
        before = session.scalars(sa.select(Revision.number)).one()
        with writing(engine) as writer:
            writer.execute(raise_revision())
        assert session.execute(sa.select(Revision.number)).scalar_one() == before
    assert number(engine) == before + 1


@contextmanager
def impatient_engine(database: str) -> Iterator[sa.Engine]:
    """An engine that gives up at once where ours waits ten seconds for the lock."""
    with open_engine(database) as engine:

        def hurry(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout = 0" if engine.dialect.name == "sqlite" else "SET lock_timeout = 1")
            connection.commit()

        sa.event.listen(engine, "connect", hurry)
        yield engine


def test_the_first_statement_of_a_writer_takes_the_write_lock_and_readers_do_not_wait_for_it(
    engine: sa.Engine, database: str
) -> None:
    """Else two could read the same row, and the second to write would undo the first."""
    with impatient_engine(database) as impatient:
        with writing(engine) as session:
            session.scalars(sa.select(Revision.number)).one()  # only reads, so far
            with pytest.raises(OperationalError, match="lock"), writing(impatient) as second:
                second.scalars(sa.select(Revision.number)).one()
            session.execute(raise_revision())
            assert number(engine) == 0
        with writing(impatient) as second:
            assert second.scalars(sa.select(Revision.number)).one() == 1


def test_a_savepoint_undoes_its_own_part_only_and_foreign_keys_are_enforced(engine: sa.Engine) -> None:
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW))
        session.add(Source(key="kept", title="Kept"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(sa.insert(Source), [{"key": key, "title": "Undone"} for key in ("undone", "kept")])
        for wrong in (sa.insert(FormerSlug).values(slug="old", ask_id=999_999), sa.delete(Source)):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(wrong)
        session.add(Source(key="kept-too", title="Kept too"))
    with reading(engine) as session:
        found = session.scalars(sa.select(Source.key).order_by(Source.key))
        assert list(found) == ["kept", "kept-too", "the-article"]


# --- SQLite ---


@ON_SQLITE
def test_every_connection_of_the_pool_keeps_what_it_acknowledged_even_when_the_power_fails(engine: sa.Engine) -> None:
    prepared = {
        "journal_mode": "wal" if has_safe_wal(sqlite3.sqlite_version_info) else "persist",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }
    with ExitStack() as opened:
        drivers = [opened.enter_context(engine.connect()).connection.driver_connection for _ in range(3)]
        assert len(set(map(id, drivers))) == 3
        for driver in drivers:
            assert driver
            assert driver.isolation_level is None  # we say BEGIN, and not the driver
            assert {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in prepared} == prepared


def test_a_write_ahead_log_is_used_only_where_it_cannot_damage_the_file() -> None:
    safe = [(3, 44, 6), (3, 44, 7), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)]
    other = [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 49, 9), (3, 50, 6), (3, 51, 0), (3, 51, 2)]
    assert [version for version in sorted(safe + other) if has_safe_wal(version)] == safe


def test_a_new_database_and_its_journal_are_for_their_owner_alone(tmp_path: Path) -> None:
    with open_engine(f"sqlite:///{tmp_path}/new.sqlite3") as engine, writing(engine) as session:
        session.execute(sa.text("CREATE TABLE thing (id INTEGER)"))
        names = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert names.keys() >= {"new.sqlite3"}
    assert set(names.values()) == {0}


@ON_SQLITE
def test_a_commit_that_a_reader_holds_up_leaves_nobody_locked_out(engine: sa.Engine, database: str) -> None:
    with impatient_engine(database) as impatient:
        with reading(engine) as session:
            session.execute(sa.select(Revision.number)).all()
            with pytest.raises(OperationalError, match="database is locked"), writing(impatient) as writer:
                writer.execute(raise_revision())
        with impatient.connect() as connection:
            assert not connection.connection.driver_connection.in_transaction  # type: ignore[union-attr]
        with open_engine(database) as another, writing(another) as writer:
            writer.execute(raise_revision())
    assert number(engine) == 1


def test_no_connection_goes_back_with_a_transaction_open(engine: sa.Engine) -> None:
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    driver.cursor().execute("BEGIN")
    connection.close()
    with engine.connect() as again:
        held: Any = again.connection.driver_connection
        assert held is driver
        is_open = held.in_transaction if engine.dialect.name == "sqlite" else held.info.transaction_status
        assert not is_open


# --- what takes too long where strangers ask is stopped; what must take long is not ---

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT max(i) FROM n"
FOR_EVER, LONG = sa.text(COUNT.format(10**9)), sa.text(COUNT.format(10**6))


@pytest.fixture
def hurried(database: str) -> Iterator[sa.Engine]:
    """An engine that stops what a page asks for after a hundredth of a second."""
    with open_engine(database, Limits(reading=0.01)) as engine:
        yield engine


def test_a_statement_of_a_page_is_stopped_and_neither_the_next_one_nor_a_writer_or_a_download(
    hurried: sa.Engine,
) -> None:
    for _ in range(2):
        with reading(hurried) as session, pytest.raises(OperationalError) as stopped:
            session.scalar(FOR_EVER)
        assert took_too_long(stopped.value.orig)
        with reading(hurried) as session:
            assert session.scalar(sa.text("SELECT 1")) == 1
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


# --- types of columns ---

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def stored_moment(change: Change, moment: datetime) -> datetime:
    row = StaffSession(token_hash="x" * 64, person_id=change.actor.id, started_at=moment, seen_at=moment)
    change.session.add(row)
    change.session.flush()
    change.session.refresh(row)
    return row.started_at


def test_a_moment_comes_back_in_utc_to_the_microsecond_and_one_without_a_time_zone_is_refused(ada: Change) -> None:
    stored = stored_moment(ada, NOON.astimezone(timezone(timedelta(hours=-5))))
    assert (stored, stored.tzinfo) == (NOON, UTC)
    assert ada.session.scalar(sa.select(sa.literal(None, UtcDateTime()))) is None
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        stored_moment(ada, NOON.replace(tzinfo=None))


def test_dates_come_back_with_the_precision_that_they_had_and_sort_in_the_order_of_time(session: Session) -> None:
    dates = ["2017-12-31", "2018", "2018-03", "2018-03-01", "2018-03-19", "2018-12", "2019"]
    for text in sorted(dates, key=lambda text: text[::-1]):
        session.add(Source(key=text, title="A", published_on=PartialDate(text)))
    none = Source(key="none", title="A", published_on=None)
    session.add(none)
    session.flush()
    session.expire_all()
    assert none.published_on is None
    dated = sa.select(Source.published_on).where(Source.published_on.is_not(None)).order_by(Source.published_on)
    assert list(session.scalars(dated)) == [PartialDate(text) for text in dates]
    kept = sa.text("SELECT published_on FROM source WHERE published_on IS NOT NULL ORDER BY published_on")
    assert list(session.scalars(kept)) == dates
    for earlier, later in pairwise(dates):
        query = sa.select(Source.key).where(Source.published_on > PartialDate(earlier), Source.key == later)
        assert session.scalar(query) == later


def test_a_status_lists_and_the_values_in_the_log_come_back_as_they_were(ed: Change) -> None:
    places = ["England", "Škoda “x” 🙂"]
    ask = make_ask(ed, published=True, jurisdictions=places)
    ed.session.flush()
    assert ed.session.scalar(sa.text("SELECT status FROM ask")) == "announced"  # by its public key
    ed.session.expire_all()
    assert (ask.status, ask.jurisdictions) == (Status.ANNOUNCED, places)
    created = sa.select(Event).where(Event.subject == "ask", Event.before.is_(sa.null()))
    event = ed.session.scalars(created).one()
    assert event.after is not None
    assert (event.before, event.after["jurisdictions"]) == (None, places)
