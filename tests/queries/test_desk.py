"""What the desk lists: who is due, late or waiting, and how many there are in all."""

from datetime import date

import pytest
import sqlalchemy as sa

from tests.factories import NOW, dispute_draft, make_ask, make_law, make_link, make_test, make_update
from tracker.models import Ask, Person
from tracker.queries import desk
from tracker.queries.late import ended_by
from tracker.queries.waiting import waits_for
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import replies, updates
from tracker.services.change import Change

TODAY = NOW.date()
DAYS = [date(2020, 2, 28), date(2020, 2, 29), date(2019, 12, 31), date(2020, 12, 31), date(2020, 12, 30), TODAY]
DATES = ["2019", "2020", "2020-02", "2020-12", "2020-02-29", "2020-12-31", "2026-11-22", "2026-11"]


@pytest.mark.parametrize("text", DATES)
def test_a_date_has_ended_when_its_last_day_is_over(ed: Change, text: str) -> None:
    make_ask(ed, next_step="It comes.", next_step_on=PartialDate(text))
    for day in DAYS:
        found = ed.session.scalar(sa.select(Ask.id).where(ended_by(Ask.next_step_on, day)))
        assert bool(found) is (PartialDate(text).last_day <= day), day


@pytest.mark.parametrize(
    ("reviewed", "interval", "is_due"),
    [
        (None, 1, False),
        ("2026-11-21", 1, True),
        ("2026-11-22", 1, False),
        ("2026-10", 22, True),
        ("2026-10", 23, False),
        ("2025", 326, True),
        ("2025", 327, False),
    ],
)
def test_an_ask_is_due_by_its_own_interval(ed: Change, reviewed: str | None, interval: int, is_due: bool) -> None:
    ask = make_ask(ed, published=True, review_interval_days=interval)
    make_ask(ed, slug="draft")
    ask.reviewed_on = PartialDate(reviewed) if reviewed else None
    ed.session.flush()
    found = desk.list_due(ed.session, TODAY, 20)
    assert ([row.ask.id for row in found.rows], found.number) == (([ask.id], 1) if is_due else ([], 0))


def test_what_is_due_says_what_to_look_at(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    make_test(ed, ask)
    make_link(ed, ask, make_law(ed, kind="bill", citation="", title="Homes Bill", year="2024", number="7"))
    make_link(ed, ask, make_law(ed))
    ask.reviewed_on = PartialDate("2025")
    ed.session.flush()
    ed.session.expire_all()
    (row,) = desk.list_due(ed.session, TODAY, 20).rows
    assert (row.unknown_tests, row.live_bills, row.seen) == (("The tax is law",), ("Homes Bill",), 2)


@pytest.mark.parametrize(
    ("changes", "status", "is_late"),
    [
        ({"next_step": "A report.", "next_step_on": PartialDate("2026-11-21")}, Status.REJECTED, True),
        ({"next_step": "A report.", "next_step_on": PartialDate("2026-11-22")}, Status.NOT_STARTED, False),
        ({"next_step": "A report.", "next_step_on": PartialDate("2026-11")}, Status.NOT_STARTED, False),
        ({"first_deadline": PartialDate("2020")}, Status.NOT_STARTED, True),
        ({"first_deadline": PartialDate("2020"), "current_deadline": PartialDate("2027")}, Status.NOT_STARTED, False),
        ({"first_deadline": PartialDate("2020")}, Status.REJECTED, False),
    ],
)
def test_late_is_a_next_step_that_is_past_or_an_open_deadline(
    ed: Change, changes: dict[str, object], status: Status, is_late: bool
) -> None:
    ask = make_ask(ed, published=True, **changes)
    make_update(ed, ask, status=status)
    ed.session.flush()
    assert desk.list_overdue(ed.session, TODAY, 20).number == is_late


def test_ones_own_drafts_stand_first_and_what_waits_longest(ed: Change, cleo: Change) -> None:
    ask = make_ask(ed, published=True)
    for number in range(2):
        make_update(ed, ask, published=False, text=f"Ed's {number}.")
        make_update(cleo, ask, published=False, text=f"Cleo's {number}.")
        updates.submit(cleo, ask, make_update(cleo, ask, published=False, text=f"Waits {number}."))
    drafts, waiting = desk.list_drafts(ed.session, ed.actor.id, 3), desk.list_waiting(ed.session, 2)
    assert [update.text for update in drafts.rows] == ["Ed's 1.", "Ed's 0.", "Cleo's 1."]
    assert [update.text for update in waiting.rows] == ["Waits 0.", "Waits 1."]


def test_facts_that_nobody_published_are_listed_together(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    link = make_link(ed, ask, make_law(ed), published=False)
    law = make_law(ed, citation="2018 c. 14", published=False)
    draft = make_ask(ed, slug="draft")
    found = desk.list_unverified(ed.session, 20)
    assert (list(found.rows), found.number) == ([link, law, draft], 3)


def test_the_digest_tells_editors_by_when_to_answer_what_is_disputed(ed: Change) -> None:
    replies.mark_disputed(ed, make_ask(ed, published=True), dispute_draft(), None)
    replies.mark_disputed(ed, make_ask(ed, published=True, slug="other"), dispute_draft("It.", True), None)
    told = {}
    for name in ("Ed", "Cleo"):
        person = ed.session.scalars(sa.select(Person).where(Person.name == name)).one()
        told[name] = {part.title: part for part in waits_for(ed.session, person, ed.at, four_eyes=False)}
    assert [line.detail for line in told["Ed"]["Disputed: answer due"].lines] == [
        "by 5 November 2026",
        "by 3 December 2026",
    ]
    assert "Disputed: answer due" not in told["Cleo"]
