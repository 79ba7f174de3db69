"""Feeds, calendars and the map for crawlers: no query goes through a whole table, and none is added by more rows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.site import Site
from tracker.clock import today
from tracker.db.engine import reading
from tracker.models import Ask
from tracker.queries.public import dates, feeds
from tracker.queries.public.feeds import FeedAsk
from tracker.queries.public.filters import AskFilter
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family

Statement = tuple[str, tuple[object, ...]]
ASK = FeedAsk(1, "any", "Any")
READS: dict[str, Callable[[Session], object]] = {
    "the feed": lambda session: feeds.list_changes(session, AskFilter()),
    "a filtered feed": lambda session: feeds.list_changes(session, AskFilter(family=Family.PARTLY_MET)),
    "an ask's feed": lambda session: feeds.list_changes_of(session, ASK),
    "the calendar": lambda session: dates.list_dates(session, today()),
    "an ask's calendar": lambda session: dates.list_dates(session, today(), ASK),
    "the map's blocks": feeds.count_blocks,
    "the map's asks": lambda session: feeds.list_asks_in(session, 1),
    "the map's laws": lambda session: feeds.list_laws_in(session, 1),
}


@contextmanager
def watched(engine: sa.Engine) -> Iterator[list[Statement]]:
    """The statements that are sent to the database in the block."""
    sent: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def plan(engine: sa.Engine, statement: Statement) -> list[str]:
    """How SQLite goes about it, step by step."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
        return [str(row[3]) for row in rows]


@pytest.mark.parametrize("name", READS)
def test_no_query_goes_through_a_whole_table(shared_site: Site, name: str) -> None:
    """A step through a sub-query is bounded by the limit inside it. All asks have the one publication."""
    with watched(shared_site.engine) as sent, reading(shared_site.engine) as session:
        READS[name](session)
    assert sent
    steps = [step for statement in sent for step in plan(shared_site.engine, statement)]
    through_all = re.compile(r"SCAN (?!anon_|CONSTANT)\w+(?! USING)|ix_ask_publication")
    assert [step for step in steps if through_all.search(step)] == []


def test_more_rows_need_no_more_queries(sqlite_site: Site) -> None:
    numbers = []
    for on in (None, PartialDate("2187-01")):
        sqlite_site.execute(sa.update(Ask).values(next_step_on=on, first_deadline=on))
        with watched(sqlite_site.engine) as sent, reading(sqlite_site.engine) as session:
            found = [read(session) for read in READS.values()]
        numbers.append((len(sent), len(str(found))))
    (queries_before, told_before), (queries, told) = numbers
    assert told > told_before
    assert queries == queries_before
