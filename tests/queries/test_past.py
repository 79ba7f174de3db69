"""An ask on a day of the past agrees with what its story adds up to, and knows nothing of what came later."""

from collections.abc import Iterator
from dataclasses import MISSING, field, fields, make_dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import evidence_draft, make_ask, make_law, make_link, make_test, make_update
from tests.queries.test_query_counts import statements
from tests.site import WEALTH_ORDERS, Site
from tests.transactions import shared_engine_with
from tracker.clock import today
from tracker.db.engine import reading
from tracker.queries import public, stories
from tracker.queries.public import asks, days
from tracker.queries.public.as_of import WHATEVER_THE_DAY, as_of
from tracker.queries.public.records import PublicAsk
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Stage
from tracker.rules.status import Status
from tracker.rules.story import state_of
from tracker.rules.updates import EvidenceType, Result, UpdateKind
from tracker.services.change import Change

SLUGS = ("overseas-territories-registers", "stop-brexit", WEALTH_ORDERS)


def past(engine: sa.Engine, day: date, slug: str = "past") -> PublicAsk:
    with reading(engine) as session:
        ask = public.find_ask(session, slug, on=day)
    assert ask is not None
    return ask


def dates_of(ask: PublicAsk) -> Iterator[PartialDate]:
    """Every date that the record tells as one of the past."""
    found = [ask.line.status_on, ask.line.reviewed_on, ask.moved_on, *(entry.happened_on for entry in ask.story)]
    found += [known for test in ask.tests for known in (test.result_on, test.reviewed_on)]
    for link in ask.links:
        assert link.law
        found += [link.in_force_on, link.law.introduced_on, link.law.enacted_on, link.law.lapsed_on]
    yield from filter(None, found)


@pytest.mark.parametrize("slug", SLUGS)
def test_on_the_day_of_each_entry_and_the_day_before_the_ask_stands_where_its_story_says_and_nothing_later_is_told(
    shared_site: Site, slug: str
) -> None:
    with shared_site.reading() as session:
        entries = stories.find_story(session, shared_site.ask_id(slug)).entries
        tests = {test.key: test.id for test in stories.list_tests(session, shared_site.ask_id(slug))}
        present = public.find_ask(session, slug)
    days = {entry.happened_on.first_day - timedelta(days=back) for entry in entries for back in (0, 1)}
    days |= {date(year, 1, 1) for year in range(2016, 2027)}
    story: tuple[Any, ...] = ()
    links: set[Any] = set()
    for day in sorted(days):
        state, ask = state_of(entries, PartialDate(day.isoformat())), past(shared_site.engine, day, slug)
        assert ask.line.status == state.status
        assert ask.line.reason == (state.status_entry.reason if state.status_entry else "")
        for test in ask.tests:
            assert (test.result, test.result_on) == state.results.get(tests[test.key], (test.before, None))
        assert [known for known in dates_of(ask) if known.first_day > day] == []
        # Going on in time adds to the story and to the law.
        assert ask.story[len(ask.story) - len(story) :] == story
        linked = {(link.law.key, link.provisions, link.extent) for link in ask.links if link.law}
        assert links <= linked
        story, links = ask.story, linked
    assert present
    by_today = past(shared_site.engine, today(), slug)
    for name in ("line", "story", "grounds", "moved_on"):
        assert getattr(by_today, name) == getattr(present, name)
    assert [test.result for test in by_today.tests] == [test.result for test in present.tests]


def test_a_past_day_costs_as_many_statements_as_the_present(shared_site: Site) -> None:
    def find(on: date | None) -> int:
        return statements(shared_site.engine, lambda session: public.find_ask(session, WEALTH_ORDERS, on=on))

    assert find(date(2020, 6, 30)) == find(None) - 1  # only the present says when a machine looked


def fill(change: Change) -> None:
    """An ask with a mistake, a law that began in steps, laws without dates, and one that had not been made."""
    ask = make_ask(change, published=True, slug="past")
    test = make_test(change, ask)
    law, undated = make_law(change, enacted_on=PartialDate("2018-04-10")), make_law(change, citation="2019 c. 2")
    make_link(change, ask, law, provisions="s. 1", in_force_on=PartialDate("2018-06"))
    make_link(change, ask, law, provisions="s. 2", in_force_on=PartialDate("2020-01-01"))
    make_link(change, ask, undated, provisions="undated")
    begun = make_law(change, citation="2002 c. 2")
    make_link(change, ask, begun, provisions="begun", in_force_on=PartialDate("2019-05-05"))
    day, results = PartialDate("2018-07-01"), ((test.id, Result.NOT_MET),)
    wrong = make_update(change, ask, status=Status.IN_FORCE, happened_on=day, results=results)
    right: dict[str, Any] = {"status": Status.LAW_NOT_IN_FORCE, "happened_on": PartialDate("2019-03-01")}
    claim = (evidence_draft(type=EvidenceType.GOVERNMENT_CLAIM),)
    make_update(change, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, evidence=claim, **right)
    other = make_ask(change, published=True, slug="other")
    make_update(change, ask, status=Status.SUPERSEDED, superseded_by_id=other.id, happened_on=PartialDate("2021-01-01"))


filled = shared_engine_with(fill)


# What we know to be wrong counts on no day.
STANDING = {
    "2017-12-31": (None, 0, 0),
    "2018-01-01": (Status.ANNOUNCED, 1, 0),
    "2018-07-01": (Status.ANNOUNCED, 2, 0),
    "2019-03-01": (Status.LAW_NOT_IN_FORCE, 3, 1),
    "2021-01-01": (Status.SUPERSEDED, 4, 0),
}
LAW: dict[str, tuple[set[str], set[str]]] = {
    "2018-04-09": (set(), set()),
    "2018-04-10": ({"s. 1", "s. 2"}, {"s. 1", "s. 2"}),
    "2018-06-01": ({"s. 1", "s. 2"}, {"s. 2"}),
    "2019-01-01": ({"s. 1", "s. 2", "undated"}, {"s. 2"}),
    "2019-05-05": ({"s. 1", "s. 2", "undated", "begun"}, {"s. 2"}),
    "2020-01-01": ({"s. 1", "s. 2", "undated", "begun"}, set()),
}


def test_a_corrected_entry_is_told_and_counts_on_no_day_and_law_is_shown_as_far_as_it_had_come(
    filled: sa.Engine,
) -> None:
    for day, (status, told, claims) in STANDING.items():
        ask = past(filled, date.fromisoformat(day))
        assert (ask.line.status, len(ask.story), len(ask.grounds.claims_alone)) == (status, told, claims)
        assert ask.tests[0].result is Result.UNKNOWN
        assert (ask.superseded_by is not None) is (status is Status.SUPERSEDED)
    for day, law in LAW.items():
        links = past(filled, date.fromisoformat(day)).links
        assert ({it.provisions for it in links}, {it.provisions for it in links if it.is_yet_to_begin}) == law
        stages: dict[str, Any] = {it.provisions: it.law.stage_on(date.fromisoformat(day)) for it in links if it.law}
        assert stages.get("s. 1", Stage.LAW) is Stage.LAW
        assert stages.get("undated", Stage.UNDATED) is Stage.UNDATED


def with_news(record: Any, **others: Any) -> Any:
    """The record with a field that is new, and that nobody thought of on past days."""
    news = [("news", str, field(default=""))]
    longer = make_dataclass("Longer", news, bases=(type(record),), frozen=True, kw_only=True)
    return longer(**{it.name: getattr(record, it.name) for it in fields(record)} | others, news="TODAY")


def test_a_field_that_is_new_is_blank_on_a_past_day(filled: sa.Engine) -> None:
    with reading(filled) as session:
        row, present = asks.load_ask(session, "past"), public.find_ask(session, "past")
        assert row
        assert present
        longer = with_news(
            present,
            line=with_news(present.line),
            tests=tuple(map(with_news, present.tests)),
            links=tuple(with_news(link, law=with_news(link.law)) for link in present.links),
        )
        then = days.turned_back(longer, row, row.updates, date(2020, 6, 30))
    assert repr(longer).count("TODAY") == 2 + len(present.tests) + 2 * len(present.links)
    assert then.tests
    assert then.links
    assert "TODAY" not in repr(then)


def test_what_a_past_day_tells_is_named(filled: sa.Engine) -> None:
    """Every field is either kept, or found as of the day, or blank; which one is decided here when one is added."""
    blank = {field.name: field.default for field in fields(PublicAsk) if field.default is not MISSING}
    ask = past(filled, date(2020, 6, 30))
    told = {name for name, value in blank.items() if getattr(ask, name) != value}
    assert told <= {"superseded_by", "replies", "grounds", "moved_on", "on", "is_draft"}
    assert as_of(date(2020, 6, 30)).line.keys() == {*WHATEVER_THE_DAY, "status", "status_on", "reason"}
