"""Whatever is asked often is found along an index: what stands at the end costs what stands at the beginning."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.queries.statements import plan, watched
from tests.site import Site
from tracker.clock import today
from tracker.db.engine import reading
from tracker.exports.tables import TABLES
from tracker.queries import desk, public
from tracker.queries.choosing import find_known_page
from tracker.queries.public import dates, feeds, rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.rules.status import Family

READS: dict[str, Callable[[Session], object]] = {
    "the feed": lambda session: feeds.list_changes(session, AskFilter()),
    "a filtered feed": lambda session: feeds.list_changes(session, AskFilter(family=Family.PARTLY_MET)),
    "an ask's feed": lambda session: feeds.list_changes_of(session, 1),
    "the latest news": lambda session: public.list_updates(session, size=5, news_only=True),
    "the calendar": lambda session: dates.list_dates(session, today()),
    "an ask's calendar": lambda session: dates.list_dates(session, today(), 1),
    "the map's blocks": feeds.count_blocks,
    "the map's asks": lambda session: feeds.list_asks_in(session, 1),
    "the map's laws": lambda session: feeds.list_laws_in(session, 1),
    "a page that we know": lambda session: find_known_page(session, "https://www.example.org/77"),
}
BASES = {
    "updates": "ask_update", "tests": "success_test", "results": "test_result", "asks": "ask", "links": "link",
    "replies": "reply", "targets": "target",
}  # fmt: skip
# A tracker has few sources, so they may be sorted.
LONG = [name for name in TABLES if name != "sources"]


@pytest.mark.parametrize("name", READS)
def test_no_query_goes_through_a_whole_table(shared_site: Site, name: str) -> None:
    """A step through a sub-query is bounded by the limit inside it. All asks have the one publication."""
    with watched(shared_site.engine) as sent, reading(shared_site.engine) as session:
        READS[name](session)
    assert sent
    steps = [step for statement in sent for step in plan(shared_site.engine, statement)]
    allowed = "source|legislation|publisher" if name == "a page that we know" else "anon_|page|CONSTANT"
    through_all = re.compile(rf"SCAN (?!{allowed})\w+(?! USING)|ix_ask_publication")
    assert [step for step in steps if through_all.search(step)] == []


@pytest.mark.parametrize("find", [desk.list_due, desk.list_overdue])
def test_what_is_due_is_found_without_reading_whole_asks(shared_site: Site, find: Callable[..., object]) -> None:
    with watched(shared_site.engine) as sent, reading(shared_site.engine) as session:
        find(session, today(), 20, "~0")  # a page after the first is counted too
    steps = [step for statement in sent for step in plan(shared_site.engine, statement)]
    of_asks = [step for step in steps if re.match(r"(SEARCH|SCAN) ask ", step)]
    assert len(of_asks) >= 2
    assert {step for step in of_asks if "ix_ask_due (publication=?)" not in step} == set()
    assert [step for step in steps if "ix_ask_update_published" in step] == []


def test_a_past_day_is_found_without_reading_whole_rows(shared_site: Site) -> None:
    with watched(shared_site.engine) as sent, reading(shared_site.engine) as session:
        public.count_cells(session, today())
        public.count_by_status(session, today())
        public.find_last_change(session, today())
    steps = [step for statement in sent for step in plan(shared_site.engine, statement)]
    of_days = [step for step in steps if re.match(r"(SEARCH|SCAN) (status_span|earlier) ", step)]
    assert len(of_days) >= 5
    assert [step for step in of_days if "USING COVERING INDEX" not in step] == []


def assert_read_along_its_key(site: Site, name: str, statement: str, parameters: tuple[object, ...]) -> None:
    steps = plan(site.engine, (statement, parameters))
    by_key = ("USING INTEGER PRIMARY KEY (rowid>?", "USING INDEX sqlite_autoindex_test_result_1 (")
    assert steps[0].startswith(f"SEARCH {BASES.get(name, name)} USING "), steps
    assert any(words in steps[0] for words in by_key), steps
    scanned = [step for step in steps if step.startswith("SCAN") and "anon" not in step]  # that is part of a row
    assert not scanned, steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("name", LONG)
def test_a_page_of_records_and_a_step_of_a_file_are_read_along_their_key(shared_site: Site, name: str) -> None:
    after = (1,) * len(tables.RECORDS[name].key)
    with watched(shared_site.engine) as sent, reading(shared_site.engine) as session:
        rows.list_rows(session, name, after, 50)
    (page,) = [found for found in sent if "LIMIT" in found[0]]
    assert_read_along_its_key(shared_site, name, *page)
    for query in ({}, {"kind": "sanctions"}, {"family": "open", "body": "home-office"}):
        with watched(shared_site.engine) as sent:
            list(tables.read(shared_site.engine, name, AskFilter.from_query(query)))
        (step,) = [found for found in sent if " <= ?" in found[0]]
        assert_read_along_its_key(shared_site, name, *step)
