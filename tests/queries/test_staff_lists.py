"""The lists of the staff area and of the desk: who is due, late or waiting, page by page each row once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW, dispute_draft, find_staff, make_ask, make_law, make_link, make_test, make_update
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.models import Ask, Legislation, Person, Source
from tracker.queries import desk, staff
from tracker.queries.late import ended_by
from tracker.queries.paging import Listed
from tracker.queries.public.filters import UnknownFilter
from tracker.queries.staff import NO_STATUS, Wanted
from tracker.queries.waiting import waits_for
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome
from tracker.rules.people import COMMAND_LINE
from tracker.rules.status import Status
from tracker.services import replies, updates
from tracker.services.change import Change

TODAY = NOW.date()
TITLES = ("Tax~1", "Tax", "Škoda tax", "100% of homes", "Tax", "tax~2")
DATES = ("2019", "2019-05", "2019-05-01", None, None, "2020")


def fill(change: Change) -> None:
    """Of everything six; much of it alike."""
    for number in range(3):
        admin = Change(change.session, COMMAND_LINE, NOW)
        factories.make_person(admin, name=f"Ed {number}", email=f"{number}@example.org")
    for number, (title, looked_on) in enumerate(zip(TITLES, DATES, strict=True)):
        source = factories.make_source(change, key=f"source-{number}", title=title)
        late = {"source_id": source.id, "next_step": "It comes.", "next_step_on": PartialDate("2020")}
        slug = "skoda-tax" if title.startswith("Š") else f"ask-{number}"
        ask = make_ask(change, published=True, slug=slug, title=title, **late)
        ask.reviewed_on = PartialDate(looked_on) if looked_on else None
        draft = make_ask(change, slug=f"draft-{number}", title=title)
        make_link(change, draft, make_law(change, citation=f"2018 c. {number + 1}", published=False), published=False)
        factories.make_reply(
            change, ask, outcome=Outcome.WAITING, answer="", answered_on=None, due_on=PartialDate("2026-04-04")
        )
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
    "laws": lambda s, size, after="": staff.list_all(s, Legislation, after, size),
    "sources": lambda s, size, after="": staff.list_all(s, Source, after, size),
    "people": lambda s, size, after="": staff.list_all(s, Person, after, size),
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
        page = LISTS[name](session, 2)
        found: list[Any] = [*page.rows]
        while page.next_key:
            assert (len(page.rows), page.number) == (2, whole.number)
            page = LISTS[name](session, 2, page.next_key)
            found += page.rows
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


FOUND = [
    (Wanted("tax~1"), {"Tax~1"}),
    (Wanted("SKODA"), {"Škoda tax"}),
    (Wanted("0% o"), {"100% of homes"}),
    (Wanted("_"), set()),
    (Wanted("tax", publication="published", status="rejected"), set()),
    (Wanted("home", NO_STATUS), {"100% of homes"}),
    (Wanted("home", publication="archived"), set()),
]


def test_what_is_no_key_is_refused(filled: sa.Engine) -> None:
    keys = ("~", "Tax", "Tax~x", "Tax~1_0", f"Tax~{2**40}", "x\x00~1", "\ud800~1", "1~2~3~x")
    outside_of_time = ("0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-14:00~1")
    named = dict.fromkeys(("asks", "drafts", "unverified"), keys) | {"waiting": (*keys, *outside_of_time)}
    with reading(filled) as session:
        for name, key in [(name, key) for name, tried in named.items() for key in tried]:
            with pytest.raises(UnknownFilter, match="no page of this list"):
                LISTS[name](session, 2, key)


def test_asks_are_found_by_words_status_and_who_sees_them_which_is_kept_in_links(filled: sa.Engine) -> None:
    with reading(filled) as session:
        for wanted, titles in FOUND:
            assert {ask.title for ask in staff.list_asks(session, wanted).rows} == titles, wanted
    query = {"q": "tax", "status": "none", "publication": "draft"}
    assert Wanted.from_query(query).as_query() == query
    assert Wanted.from_query({}).as_query() == {}
    for wrong in ({"q": "x" * 201}, {"q": "\x00"}, {"status": "done"}, {"publication": "hidden"}):
        with pytest.raises(UnknownFilter):
            Wanted.from_query(wrong)


# --- the desk ---

DAYS = [date(2020, 2, 28), date(2020, 2, 29), date(2019, 12, 31), date(2020, 12, 31), date(2020, 12, 30), TODAY]
ENDING = ["2019", "2020", "2020-02", "2020-12", "2020-02-29", "2020-12-31", "2026-11-22", "2026-11"]


def test_a_date_has_ended_when_its_last_day_is_over(ed: Change) -> None:
    dates = dict(enumerate(map(PartialDate, ENDING)))
    asks = {make_ask(ed, slug=f"ask-{n}", next_step="It comes.", next_step_on=on).id: on for n, on in dates.items()}
    for day in DAYS:
        found = set(ed.session.scalars(sa.select(Ask.id).where(ended_by(Ask.next_step_on, day))))
        assert found == {ask_id for ask_id, on in asks.items() if on.last_day <= day}, day


def test_an_ask_is_due_by_its_own_interval_and_says_what_to_look_at(ed: Change) -> None:
    due = [("2025", 326), ("2026-10", 22), ("2026-11-21", 1)]
    for number, (reviewed, interval) in enumerate([*due, (None, 1), ("2026-11-22", 1), ("2026-10", 23), ("2025", 327)]):
        ask = make_ask(ed, published=True, slug=f"ask-{number}", review_interval_days=interval)
        ask.reviewed_on = PartialDate(reviewed) if reviewed else None
    make_ask(ed, slug="draft")
    ed.session.flush()
    found = desk.list_due(ed.session, TODAY, 20)
    assert ({row.ask.slug for row in found.rows}, found.number) == ({"ask-0", "ask-1", "ask-2"}, len(due))

    ask = make_ask(ed, published=True)
    make_test(ed, ask)
    make_link(ed, ask, make_law(ed, kind="bill", citation="", title="Homes Bill", year="2024", number="7"))
    make_link(ed, ask, make_law(ed))
    ask.reviewed_on = PartialDate("2024")
    ed.session.flush()
    ed.session.expire_all()
    row = desk.list_due(ed.session, TODAY, 20).rows[0]
    assert (row.unknown_tests, row.live_bills, row.seen) == (("The tax is law",), ("Homes Bill",), 2)


LATE: list[tuple[dict[str, Any], Status, bool]] = [
    ({"next_step": "A report.", "next_step_on": PartialDate("2026-11-21")}, Status.REJECTED, True),
    ({"next_step": "A report.", "next_step_on": PartialDate("2026-11-22")}, Status.NOT_STARTED, False),
    ({"next_step": "A report.", "next_step_on": PartialDate("2026-11")}, Status.NOT_STARTED, False),
    ({"first_deadline": PartialDate("2020")}, Status.NOT_STARTED, True),
    ({"first_deadline": PartialDate("2020"), "current_deadline": PartialDate("2027")}, Status.NOT_STARTED, False),
    ({"first_deadline": PartialDate("2020")}, Status.REJECTED, False),
]


def test_late_is_a_next_step_that_is_past_or_an_open_deadline(ed: Change) -> None:
    for number, (changes, status, is_late) in enumerate(LATE):
        make_update(ed, make_ask(ed, published=True, slug=f"ask-{number}", **changes), status=status)
        ed.session.flush()
        found = desk.list_overdue(ed.session, TODAY, 20)
        assert (f"ask-{number}" in {ask.slug for ask in found.rows}) is is_late
        assert found.number == len(found.rows)


def test_ones_own_drafts_stand_first_what_waits_longest_and_facts_that_nobody_published(
    ed: Change, cleo: Change
) -> None:
    ask = make_ask(ed, published=True)
    for number in range(2):
        make_update(ed, ask, published=False, text=f"Ed's {number}.")
        make_update(cleo, ask, published=False, text=f"Cleo's {number}.")
        updates.submit(cleo, ask, make_update(cleo, ask, published=False, text=f"Waits {number}."))
    drafts, waiting = desk.list_drafts(ed.session, ed.actor.id, 3), desk.list_waiting(ed.session, 2)
    assert [update.text for update in drafts.rows] == ["Ed's 1.", "Ed's 0.", "Cleo's 1."]
    assert [update.text for update in waiting.rows] == ["Waits 0.", "Waits 1."]
    link = make_link(ed, ask, make_law(ed), published=False)
    law = make_law(ed, citation="2018 c. 14", published=False)
    draft = make_ask(ed, slug="draft")
    found = desk.list_unverified(ed.session, 20)
    assert (list(found.rows), found.number) == ([link, law, draft], 3)


def test_the_digest_tells_editors_by_when_to_answer_what_is_disputed(ed: Change) -> None:
    replies.mark_disputed(ed, make_ask(ed, published=True), dispute_draft(), None)
    replies.mark_disputed(ed, make_ask(ed, published=True, slug="other"), dispute_draft("It.", True), None)
    ends = {"Ed": ["by 5 November 2026", "by 3 December 2026"], "Cleo": []}
    for person in ed.session.scalars(sa.select(Person).where(Person.name.in_(ends))):
        told = waits_for(ed.session, person, ed.at, four_eyes=False)
        due = [line.detail for part in told if part.title == "Disputed: answer due" for line in part.lines]
        assert due == ends[person.name]
