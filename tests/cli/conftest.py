"""The command line on the database of a test, in an empty working folder."""

from pathlib import Path

import pytest

from tests.cli.commands import Tracker, tracker_on


@pytest.fixture
def tracker(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """tracker("verify") -> what the command answered; the schema of the database is the newest."""
    monkeypatch.chdir(tmp_path)  # no .env
    monkeypatch.setattr("tracker.paths.HOME", tmp_path)  # nor var/
    return tracker_on(database)


@pytest.fixture
def tracker_on_nothing(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """Like `tracker`, on a database without tables."""
    monkeypatch.chdir(tmp_path)
    return tracker_on(empty_database)
