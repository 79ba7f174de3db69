"""The lists of the staff area: page by page each row once, whatever is dealt with between two pages."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    find_staff,
    make_ask,
    make_law,
    make_link,
    make_person,
    make_reply,
    make_source,
    make_update,
)
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.models import Ask
from tracker.queries import desk, staff
from tracker.queries.paging import Listed
from tracker.queries.public.filters import UnknownFilter
from tracker.queries.staff import NO_STATUS, Wanted
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome
from tracker.rules.people import COMMAND_LINE
from tracker.services import updates
from tracker.services.change import Change

TODAY = NOW.date()
TITLES = ("Tax~1", "Tax", "Škoda tax", "100% of homes", "Tax", "tax~2")
DATES = ("2019", "2019-05", "2019-05-01", None, None, "2020")


def fill(change: Change) -> None:
    """Of everything six; much of it alike."""
    for number in range(3):
        admin = Change(change.session, COMMAND_LINE, NOW)
        make_person(admin, name=f"Ed {number}", email=f"{number}@example.org")
    for number, (title, date) in enumerate(zip(TITLES, DATES, strict=True)):
        source = make_source(change, key=f"source-{number}", title=title)
        late = {"source_id": source.id, "next_step": "It comes.", "next_step_on": PartialDate("2020")}
        slug = "skoda-tax" if title.startswith("Š") else f"ask-{number}"
        ask = make_ask(change, published=True, slug=slug, title=title, **late)
        ask.reviewed_on = PartialDate(date) if date else None
        draft = make_ask(change, slug=f"draft-{number}", title=title)
        make_link(change, draft, make_law(change, citation=f"2018 c. {number + 1}", published=False), published=False)
        make_reply(change, ask, outcome=Outcome.WAITING, answer="", answered_on=None, due_on=PartialDate("2026-04-04"))
        make_update(change, ask, published=False)
        updates.submit(change, ask, make_update(change, ask, published=False, text="It waits."))
        make_update(change, ask, text="It came.")
        make_update(change, ask, text="It went.", happened_on=PartialDate("2019"))


filled = shared_engine_with(fill)
Page = Callable[..., Listed[Any]]
LISTS: dict[str, Page] = {
    "asks": lambda s, size, after="": staff.list_asks(s, Wanted(), after, size),
    "asks by look": lambda s, size, after="": staff.list_asks(s, Wanted(sort="looked"), after, size),
    "asks by status": lambda s, size, after="": staff.list_asks(s, Wanted(sort="status"), after, size),
    "found asks": lambda s, size, after="": staff.list_asks(s, Wanted("tax", publication="draft"), after, size),
    "laws": lambda s, size, after="": staff.list_laws(s, after, size),
    "sources": lambda s, size, after="": staff.list_sources(s, after, size),
    "people": lambda s, size, after="": staff.list_people(s, after, size),
    "story": lambda s, size, after="": staff.list_story(s, s.scalar(sa.select(sa.func.min(Ask.id))), size, after),
    "waiting": desk.list_waiting,
    "drafts": lambda s, size, after="": desk.list_drafts(s, None, size, after),
    "due": lambda s, size, after="": desk.list_due(s, TODAY, size, after),
    "overdue": lambda s, size, after="": desk.list_overdue(s, TODAY, size, after),
    "unanswered": lambda s, size, after="": desk.list_unanswered(s, TODAY, size, after),
    "unverified": desk.list_unverified,
}


@pytest.mark.parametrize("name", LISTS)
def test_pages_hold_each_row_once_and_in_order(filled: sa.Engine, name: str) -> None:
    with reading(filled) as session:
        whole = LISTS[name](session, 100)
        assert (len(whole.rows), whole.next_key) == (whole.number, "")
        assert whole.number >= 4
        found: list[Any] = []
        after = ""
        while True:
            page = LISTS[name](session, 2, after)
            assert page.number == whole.number
            found += page.rows
            after = page.next_key
            if not after:
                break
            assert len(page.rows) == 2
    assert found == whole.rows


def test_what_is_dealt_with_between_two_pages_hides_nothing(session: Session) -> None:
    change = Change(session, find_staff(session).ed, NOW)
    for number in range(4):
        make_ask(change, published=True, slug=f"due-{number}").reviewed_on = PartialDate("2019")
    session.flush()
    whole, first = desk.list_due(session, TODAY, 100), desk.list_due(session, TODAY, 2)
    first.rows[1].ask.reviewed_on = PartialDate(TODAY.isoformat())
    session.flush()
    second = desk.list_due(session, TODAY, 2, first.next_key)
    assert [row.ask for row in second.rows] == [row.ask for row in whole.rows[2:]]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted("tax~1"), {"Tax~1"}),
        (Wanted("SKODA"), {"Škoda tax"}),
        (Wanted("škoda"), {"Škoda tax"}),
        (Wanted("0% o"), {"100% of homes"}),
        (Wanted("_"), set()),
        (Wanted("tax", publication="published", status="rejected"), set()),
        (Wanted("home", NO_STATUS), {"100% of homes"}),
        (Wanted("home", publication="archived"), set()),
    ],
    ids=lambda value: str(value)[:60],
)
def test_asks_are_found_by_words_status_and_who_sees_them(filled: sa.Engine, wanted: Wanted, titles: set[str]) -> None:
    with reading(filled) as session:
        assert {ask.title for ask in staff.list_asks(session, wanted).rows} == titles


def test_what_is_no_key_is_refused(filled: sa.Engine) -> None:
    keys = ("~", "Tax", "Tax~x", "Tax~1_0", f"Tax~{2**40}", "x\x00~1", "\ud800~1", "1~2~3~x")
    outside_of_time = ("0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-14:00~1")
    named = dict.fromkeys(("asks", "drafts", "unverified"), keys) | {"waiting": (*keys, *outside_of_time)}
    with reading(filled) as session:
        for name, key in [(name, key) for name, tried in named.items() for key in tried]:
            with pytest.raises(UnknownFilter, match="no page of this list"):
                LISTS[name](session, 2, key)


@pytest.mark.parametrize("query", [{"q": "x" * 201}, {"q": "\x00"}, {"status": "done"}, {"publication": "hidden"}])
def test_a_filter_that_cannot_be_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(UnknownFilter):
        Wanted.from_query(query)


def test_the_filters_are_kept_in_links() -> None:
    query = {"q": "tax", "status": "none", "publication": "draft"}
    assert Wanted.from_query(query).as_query() == query
    assert Wanted.from_query({}).as_query() == {}
