"""Transactions, and a tracker with a fake record, for the tests in this folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.official.desk import Desk
from tests.official.fake import FakeRecord
from tests.official.lists import SavedLists
from tests.transactions import ada, cleo, ed, filled_engine, session, shared_engine, staff

__all__ = ["ada", "cleo", "ed", "session", "shared_engine", "staff"]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.official.fetching.WAITS", (0, 0, 0))


@pytest.fixture
def record() -> Iterator[FakeRecord]:
    with FakeRecord() as record:
        yield record


@pytest.fixture
def desk(databases: Any, record: FakeRecord, tmp_path: Path) -> Iterator[Desk]:
    with filled_engine(databases, "sqlite") as engine:
        yield Desk(engine, record, tmp_path)


@pytest.fixture
def lists(tmp_path: Path) -> SavedLists:
    return SavedLists(tmp_path)
