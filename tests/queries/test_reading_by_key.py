"""Lists and files are read along their keys: what stands at the end costs what stands at the beginning."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.site import Site
from tracker.db.engine import reading
from tracker.exports.tables import TABLES
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter

BASES = {
    "updates": "ask_update",
    "tests": "success_test",
    "results": "test_result",
    "asks": "ask",
    "links": "link",
    "replies": "reply",
    "targets": "target",
}
# A tracker has few sources, so they may be sorted.
LONG = [name for name in TABLES if name != "sources"]
Sent = list[tuple[str, tuple[object, ...]]]


@contextmanager
def statements(site: Site) -> Iterator[Sent]:
    """The queries that are sent in the block, with their parameters."""
    sent: Sent = []

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        sent.append((statement, parameters))

    sa.event.listen(site.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(site.engine, "before_cursor_execute", note)


def plan(site: Site, statement: str, parameters: tuple[object, ...]) -> list[str]:
    """How SQLite finds the rows: what it looks through first, and whether it sorts."""
    with site.engine.connect() as connection:
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in explained]


def assert_read_along_its_key(site: Site, name: str, statement: str, parameters: tuple[object, ...]) -> None:
    steps = plan(site, statement, parameters)
    by_key = ("USING INTEGER PRIMARY KEY (rowid>?", "USING INDEX sqlite_autoindex_test_result_1 (")
    assert steps[0].startswith(f"SEARCH {BASES.get(name, name)} USING "), steps
    assert any(words in steps[0] for words in by_key), steps
    scanned = [step for step in steps if step.startswith("SCAN") and "anon" not in step]  # that is part of a row
    assert not scanned, steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("name", LONG)
def test_a_page_of_records_is_read_along_its_key(shared_site: Site, name: str) -> None:
    after = (1,) * len(tables.RECORDS[name].key)
    with statements(shared_site) as sent, reading(shared_site.engine) as session:
        rows.list_rows(session, name, after, 50)
    (page,) = [found for found in sent if "LIMIT" in found[0]]
    assert_read_along_its_key(shared_site, name, *page)


@pytest.mark.parametrize("query", [{}, {"kind": "sanctions"}, {"family": "open", "body": "home-office"}], ids=str)
@pytest.mark.parametrize("name", LONG)
def test_a_step_of_a_file_is_read_along_its_key(shared_site: Site, name: str, query: dict[str, str]) -> None:
    with statements(shared_site) as sent:
        list(tables.read(shared_site.engine, name, AskFilter.from_query(query)))
    (step,) = [found for found in sent if " <= ?" in found[0]]
    assert_read_along_its_key(shared_site, name, *step)
