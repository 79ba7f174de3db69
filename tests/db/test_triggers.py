"""What was published and what was logged is kept by the engine itself, against statements past our code."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import make_ask, make_test, make_update
from tests.transactions import shared_engine_with
from tracker.rules.updates import Result
from tracker.services.change import Change

HISTORY = "what was published is never changed"
LOG = "the event log is append-only"
DETAILS = "details of people stand as they were written"
ENTRY = "(SELECT id FROM ask_update WHERE text = 'Published.')"
DRAFT = "(SELECT id FROM ask_update WHERE text = 'Draft.')"
TEST = "(SELECT max(id) FROM success_test)"
EVIDENCE = "INSERT INTO evidence (update_id, position, url, title, type) VALUES ({}, 7, 'https://a', 'A', 'own_work')"
RESULT = f"INSERT INTO test_result (update_id, test_id, result) VALUES ({{}}, {TEST}, 'met')"


def story(change: Change) -> None:
    """A published entry and a draft, each with one piece of evidence and one result."""
    ask = make_ask(change)
    results = ((make_test(change, ask).id, Result.NOT_MET),)
    make_update(change, ask, text="Published.", results=results)
    make_update(change, ask, text="Draft.", results=results, published=False)
    make_test(change, ask, key="without-result")


shared_engine = shared_engine_with(story)
REFUSED = [
    ("UPDATE event SET reason = 'x'", LOG),
    ("UPDATE event SET hash = hash WHERE id = 1", LOG),
    ("UPDATE event SET id = id + 1000", LOG),
    ("DELETE FROM event", LOG),
    ("DELETE FROM event WHERE id = (SELECT max(id) FROM event)", LOG),
    ("UPDATE personal_detail SET value = 'Edward' WHERE value = 'Ed'", DETAILS),
    ("UPDATE personal_detail SET salt = salt", DETAILS),
    ("DELETE FROM personal_detail WHERE value = 'Ed'", DETAILS),
    (f"UPDATE ask_update SET text = 'Other.' WHERE id = {ENTRY}", HISTORY),
    (f"UPDATE ask_update SET publication = 'draft', published_at = NULL WHERE id = {ENTRY}", HISTORY),
    (f"UPDATE ask_update SET publication = 'archived', published_at = NULL WHERE id = {ENTRY}", HISTORY),
    (f"UPDATE ask_update SET version = 7 WHERE id = {ENTRY}", HISTORY),
    (f"DELETE FROM ask_update WHERE id = {ENTRY}", HISTORY),
    (EVIDENCE.format(ENTRY), HISTORY),
    (f"UPDATE evidence SET title = 'Other.' WHERE update_id = {ENTRY}", HISTORY),
    (f"UPDATE evidence SET position = 8, update_id = {DRAFT} WHERE update_id = {ENTRY}", HISTORY),
    (f"UPDATE evidence SET position = 8, update_id = {ENTRY} WHERE update_id = {DRAFT}", HISTORY),
    (f"DELETE FROM evidence WHERE update_id = {ENTRY}", HISTORY),
    (RESULT.format(ENTRY), HISTORY),
    (f"UPDATE test_result SET result = 'met' WHERE update_id = {ENTRY}", HISTORY),
    (f"UPDATE test_result SET update_id = {ENTRY}, test_id = {TEST} WHERE update_id = {DRAFT}", HISTORY),
    (f"DELETE FROM test_result WHERE update_id = {ENTRY}", HISTORY),
]


def test_history_and_the_log_refuse_to_be_changed(session: Session) -> None:
    for statement, message in REFUSED:
        with pytest.raises(DBAPIError, match=message), session.begin_nested():
            session.execute(sa.text(statement))


def test_a_draft_may_still_be_changed(session: Session) -> None:
    for statement in (
        f"UPDATE evidence SET title = 'Other.' WHERE update_id = {DRAFT}",
        EVIDENCE.format(DRAFT),
        f"DELETE FROM evidence WHERE update_id = {DRAFT} AND position = 7",
        RESULT.format(DRAFT),
        f"UPDATE test_result SET result = 'met' WHERE update_id = {DRAFT} AND test_id = {TEST}",
        f"DELETE FROM test_result WHERE update_id = {DRAFT} AND test_id = {TEST}",
        f"UPDATE ask_update SET text = 'Other.' WHERE id = {DRAFT}",
    ):
        assert session.connection().execute(sa.text(statement)).rowcount == 1, statement


@pytest.mark.parametrize("shared_engine", ["postgresql"], indirect=True)
def test_postgresql_empties_no_table_that_is_kept(session: Session) -> None:
    for table in ("event", "ask_update", "evidence", "test_result", "personal_detail"):
        with pytest.raises(DBAPIError, match=LOG), session.begin_nested():
            session.execute(sa.text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_sqlite_replaces_no_row_that_is_kept(session: Session) -> None:
    for table, message in (
        ("event", LOG),
        ("ask_update", HISTORY),
        ("evidence", HISTORY),
        ("personal_detail", DETAILS),
    ):
        with pytest.raises(DBAPIError, match=message), session.begin_nested():
            session.execute(sa.text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
