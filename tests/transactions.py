"""A session on a migrated database for tests that write in one transaction, which is undone at their end.

Import the fixtures into a conftest.py. Making a database for each test takes twenty times longer; a test that
needs several transactions asks for the fixture `database` of tests/engines.py instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.engines import ENGINES, Databases, open_engine
from tests.factories import NOW, Staff, find_staff, make_staff
from tracker.db.engine import writing
from tracker.models import Event, Revision
from tracker.rules.errors import RuleBroken
from tracker.services.change import Change

Fill = Callable[[Change], object]


@contextmanager
def filled_engine(databases: Databases, engine_name: str, fill: Fill | None = None) -> Iterator[sa.Engine]:
    """The engine of a migrated database that holds Ada, Ed and Cleo, and what `fill` enters as Ed."""
    with databases.temporary(engine_name) as url, open_engine(url) as engine:
        with writing(engine) as session:
            staff = make_staff(session)
            if fill:
                fill(Change(session, staff.ed, NOW))
        yield engine


@pytest.fixture(scope="session", params=ENGINES)
def shared_engine(databases: Databases, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """The engine to whose database no test commits anything."""
    with filled_engine(databases, request.param) as engine:
        yield engine


def shared_engine_with(fill: Fill) -> Any:
    """A fixture like `shared_engine` for one module, with records in it: shared_engine = shared_engine_with(fill)."""

    @pytest.fixture(scope="module", params=ENGINES)
    def shared_engine(databases: Databases, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
        with filled_engine(databases, request.param, fill) as engine:
            yield engine

    return shared_engine


@contextmanager
def undone(engine: sa.Engine) -> Iterator[Callable[[], Session]]:
    """Makes sessions whose commits the next ones see, and nobody after the block."""
    with engine.connect() as connection:
        whole = connection.begin()
        yield lambda: Session(connection, join_transaction_mode="create_savepoint")
        whole.rollback()


@pytest.fixture
def session(shared_engine: sa.Engine) -> Iterator[Session]:
    """A writing transaction, undone at the end of the test."""
    with writing(shared_engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def staff(session: Session) -> Staff:
    return find_staff(session)


@pytest.fixture
def ada(session: Session, staff: Staff) -> Change:
    """A change by Ada, an admin."""
    return Change(session, staff.ada, NOW)


@pytest.fixture
def ed(session: Session, staff: Staff) -> Change:
    """A change by Ed, an editor."""
    return Change(session, staff.ed, NOW)


@pytest.fixture
def cleo(session: Session, staff: Staff) -> Change:
    """A change by Cleo, a contributor."""
    return Change(session, staff.cleo, NOW)


def count_events(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


def revision(session: Session) -> int:
    return session.scalars(sa.select(Revision.number)).one()


@contextmanager
def refused(*fields: str | None, because: str | None = None) -> Iterator[None]:
    """What is done in the block is refused for these fields and for no others, in these words."""
    with pytest.raises(RuleBroken, match=because) as broken:
        yield
    assert {problem.field for problem in broken.value.problems} == {*fields}
