"""tracker verify proves that nobody rewrote the event log, on both engines."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker
from tests.factories import NOW, make_person, make_staff
from tests.tampering import unlock_log
from tracker.db.engine import writing
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
OTHER = "substr(hash, 2) || substr(hash, 1, 1)"
WHOLE = re.compile(
    r"The event log is whole: (\d+) entries, the last with hash ([0-9a-f]{64})\.\n"
    r"The index of words and the days of each status agree with the asks\.\n"
)


@pytest.fixture
def behind_the_apps_back(engine: sa.Engine) -> Callable[..., None]:
    """Runs statements as somebody with the database's own tools would, the trigger out of the way."""

    def run(*statements: str) -> None:
        with writing(engine) as session:
            unlock_log(session)
            for statement in statements:
                session.execute(sa.text(statement))

    return run


@pytest.fixture
def log(tracker: Tracker, engine: sa.Engine) -> Tracker:
    """The command line on a database whose log has four entries."""
    with writing(engine) as session:
        make_staff(session)
        make_person(Change(session, COMMAND_LINE, NOW), name="Dot")
    return tracker


def test_a_whole_log_is_counted_and_its_last_hash_printed(tracker: Tracker, engine: sa.Engine) -> None:
    found = []
    for name in ("", "Dot", "Zoe"):
        if name:
            with writing(engine) as session:
                make_person(Change(session, COMMAND_LINE, NOW), name=name)
        said = WHOLE.fullmatch(tracker("verify").out)
        assert said is not None
        found.append((said[1], said[2]))
    assert found[0] == ("0", "0" * 64)
    assert [number for number, _ in found] == ["0", "1", "2"]
    assert len({digest for _, digest in found}) == 3


@ON_SQLITE
@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["UPDATE event SET actor_name = 'Ed' WHERE id = 3"], "Entry 3 of the event log was changed after"),
        (["UPDATE event SET reason = 'So it was.' WHERE id = 1"], "Entry 1 of the event log was changed after"),
        (["UPDATE event SET after = NULL WHERE id = 2"], "Entry 2 of the event log was changed after"),
        (["UPDATE event SET at = '2018-03-19 12:00:00' WHERE id = 4"], "Entry 4 of the event log was changed after"),
        (["DELETE FROM event WHERE id = 2"], "Entry 2 of the event log is missing"),
        (["DELETE FROM event WHERE id = 1"], "Entry 1 of the event log is missing"),
        (
            ["DELETE FROM event WHERE id = 2", "UPDATE event SET id = id - 1 WHERE id > 2"],
            "Entry 2 of the event log does not follow from the entry before it",
        ),
        (
            [f"UPDATE event SET hash = {OTHER} WHERE id = 2"],
            "Entry 2 of the event log was changed after",
        ),
        (
            ["UPDATE event SET previous_hash = substr(hash, 1, 64) WHERE id = 3"],
            "Entry 3 of the event log does not follow",
        ),
        (
            [
                "UPDATE event SET id = 9002 WHERE id = 2",
                "UPDATE event SET id = 2 WHERE id = 3",
                "UPDATE event SET id = 3 WHERE id = 9002",
            ],
            "Entry 2 of the event log does not follow",
        ),
        (
            ["UPDATE event SET actor_name = 'Ed' WHERE id = 4", "UPDATE event SET actor_name = 'Ed' WHERE id = 2"],
            "Entry 2 of the event log was changed after",
        ),
        (["UPDATE event SET format = 1 WHERE id = 2"], "Entry 2 of the event log was changed after"),
        (["UPDATE personal_detail SET value = 'Edward' WHERE value = 'Ed'"], "Entry 2 of the event log names a person"),
        (["DELETE FROM personal_detail WHERE value = 'Ed'"], "Entry 2 of the event log lacks a detail of person 2"),
        (["UPDATE event SET id = 9001 WHERE id = 1"], "Entry 1 of the event log is missing"),
    ],
)
def test_the_first_entry_that_is_wrong_is_named(
    log: Tracker, behind_the_apps_back: Callable[..., None], statements: list[str], broken: str
) -> None:
    behind_the_apps_back(*statements)
    answer = log("verify", code=1)
    assert answer.err.startswith(f"Error: {broken}")
    assert answer.out == ""


def test_an_entry_that_was_slipped_in_is_noticed(log: Tracker, behind_the_apps_back: Callable[..., None]) -> None:
    columns = "at, actor_name, action, subject, subject_id, subject_name, reason, request_id, previous_hash"
    behind_the_apps_back(
        f"INSERT INTO event (id, {columns}, hash) SELECT 5, {columns}, {OTHER} FROM event WHERE id = 4"
    )
    assert log("verify", code=1).err.startswith("Error: Entry 5 of the event log does not follow")
