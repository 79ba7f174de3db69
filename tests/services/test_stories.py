"""How a story adds up: tests and law on the day, entries that come late, corrections and reviews."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import make_ask, make_law, make_link, make_test, make_update
from tests.transactions import problems_of, revision
from tracker.models import Ask, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import Effect
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import legislation, records
from tracker.services.change import Change
from tracker.services.replay import find_differences
from tracker.services.tests import archive_test, restore_test

MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN


def on(text: str) -> PartialDate:
    return PartialDate(text)


def standing(ask: Ask) -> tuple[Status | None, str | None]:
    return ask.status, ask.status_on.text if ask.status_on else None


def results(change: Change, ask: Ask) -> list[tuple[Result, str | None]]:
    """Each test's result and since when, in the order in which the tests were added."""
    rows = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask.id).order_by(SuccessTest.id))
    return [(row.result, row.result_on.text if row.result_on else None) for row in rows]


@pytest.fixture
def ask(ed: Change) -> Ask:
    """A published ask, announced on 1 January 2018."""
    return make_ask(ed, published=True)


@pytest.fixture
def pair(ed: Change, ask: Ask) -> tuple[SuccessTest, SuccessTest]:
    """Two tests of the ask, both without an answer."""
    return make_test(ed, ask), make_test(ed, ask, key="second", label="The tax is paid")


# --- tests and law on the day on which it happened ---


def test_two_tests_are_met_one_after_the_other(ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest]) -> None:
    first, second = pair
    make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020-01"), results=((first.id, MET),))
    assert (standing(ask), results(ed, ask)) == ((Status.PARTLY_MET, "2020-01"), [(MET, "2020-01"), (UNKNOWN, None)])
    make_update(ed, ask, status=Status.MET, happened_on=on("2021"), results=((second.id, MET),))
    assert (standing(ask), results(ed, ask)) == ((Status.MET, "2021"), [(MET, "2020-01"), (MET, "2021")])


def test_a_status_and_the_results_must_fit_whether_they_come_together_or_not(
    ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest]
) -> None:
    all_met = ((pair[0].id, MET), (pair[1].id, MET))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"status": Status.MET, "results": all_met[:1]}, "status"),
        ({"kind": UpdateKind.TEST, "results": all_met}, "results"),
        ({"kind": UpdateKind.MILESTONE, "results": all_met}, "results"),
    ]
    for changes, field in wrong:
        with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
            make_update(ed, ask, **changes)
        assert problems_of(broken) == {field}
    assert results(ed, ask) == [(UNKNOWN, None), (UNKNOWN, None)]
    make_update(ed, ask, kind=UpdateKind.MILESTONE, results=all_met[:1])
    assert results(ed, ask) == [(MET, "2020-03-04"), (UNKNOWN, None)]
    make_update(ed, ask, kind=UpdateKind.TEST, text="Another.", results=((pair[0].id, NOT_MET),))
    assert results(ed, ask)[0] == (NOT_MET, "2020-03-04")
    make_update(ed, ask, status=Status.MET, results=all_met)
    assert ask.status is Status.MET


def test_a_status_needs_published_law_as_it_stood_on_that_day(ed: Change, ask: Ask) -> None:
    law = make_law(ed, introduced_on=on("2017-10-18"), enacted_on=on("2018-05-23"))
    link = make_link(ed, ask, law, published=False, effect=Effect.DELIVERS, in_force_on=on("2018-11-22"))

    def refuses(status: Status, day: str) -> bool:
        with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
            make_update(ed, ask, status=status, happened_on=on(day))
        return problems_of(broken) == {"status"}

    stages = (
        (Status.IN_PARLIAMENT, "2018-01-25"),
        (Status.LAW_NOT_IN_FORCE, "2018-05-23"),
        (Status.IN_FORCE, "2018-11-22"),
    )
    assert [refuses(status, day) for status, day in stages] == [True] * 3  # the link is a draft
    legislation.publish_link(ed, link, None)
    assert refuses(Status.IN_FORCE, "2018-11-21")
    for status, day in stages:
        make_update(ed, ask, status=status, happened_on=on(day))
        assert standing(ask) == (status, day)
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2019"))
    records.archive(ed, link, None, "The wrong provisions.")
    assert refuses(Status.IN_FORCE, "2020")


def test_a_bill_that_fell_makes_an_ask_lapse(ed: Change, ask: Ask) -> None:
    of_bill: dict[str, Any] = {"kind": "bill", "citation": "", "year": "2017-19", "number": "157"}
    make_link(ed, ask, make_law(ed, **of_bill, introduced_on=on("2018"), lapsed_on=on("2019-10")))
    with pytest.raises(RuleBroken):
        make_update(ed, ask, status=Status.LAPSED, happened_on=on("2019-09"))
    make_update(ed, ask, status=Status.LAPSED, happened_on=on("2019-11"))
    assert ask.status is Status.LAPSED


# --- entries that come late ---


def test_an_entry_of_an_earlier_day_does_not_overrule_a_later_one(
    ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest]
) -> None:
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021-05"), results=((pair[0].id, NOT_MET),))
    make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020-05"), results=((pair[0].id, MET),))
    assert standing(ask) == (Status.REJECTED, "2021-05")
    assert results(ed, ask)[0] == (NOT_MET, "2021-05")


def test_a_month_in_which_another_entry_judges_the_same_is_refused(ed: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2020-03-04"))
    make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on("2020-03-05"), results=((test.id, NOT_MET),))
    for vague in ("2020-03", "2020"):
        with pytest.raises(RuleBroken, match="An entry of 4 March 2020 judges the same"):
            make_update(ed, ask, status=Status.ANNOUNCED, happened_on=on(vague))
        with pytest.raises(RuleBroken, match="An entry of 5 March 2020 judges the same"):
            make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on(vague), results=((test.id, MET),))
        make_update(ed, ask, happened_on=on(vague))
    make_update(ed, ask, status=Status.NOT_STARTED, happened_on=on("2020-02"))
    assert (ask.status, test.result) == (Status.REJECTED, NOT_MET)


def test_a_change_to_the_status_that_holds_already_is_refused_and_a_correction_is_not(ed: Change, ask: Ask) -> None:
    told = make_update(ed, ask, status=Status.REJECTED, happened_on=on("2020-03-04"))
    with pytest.raises(RuleBroken, match=r"already\. To say that it still holds, post a review"):
        make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021-03-04"))
    earlier: dict[str, Any] = {
        "status": Status.REJECTED,
        "reason": "It was refused earlier.",
        "happened_on": on("2020-03-01"),
    }
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=told.id, **earlier)
    assert standing(ask) == (Status.REJECTED, "2020-03-01")


# --- corrections ---


def test_a_correction_replaces_what_the_corrected_entry_said(
    ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest]
) -> None:
    first = (pair[0].id, MET)
    wrong = make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020"), results=(first,))
    correction: dict[str, Any] = {"kind": UpdateKind.CORRECTION, "corrects_id": wrong.id, "happened_on": on("2020")}
    with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
        make_update(ed, ask, **correction)  # it says which status is right
    assert problems_of(broken) == {"status"}
    correction |= {"status": Status.REJECTED, "reason": "It was refused."}
    make_update(ed, ask, published=False, **correction)  # a draft corrects nothing yet
    assert (standing(ask), results(ed, ask)[0]) == ((Status.PARTLY_MET, "2020"), (MET, "2020"))
    make_update(ed, ask, **correction)
    assert (standing(ask), results(ed, ask)) == ((Status.REJECTED, "2020"), [(UNKNOWN, None), (UNKNOWN, None)])
    assert wrong.publication is Publication.PUBLISHED  # both stay visible


def test_a_milestone_is_corrected_without_a_status_and_a_draft_not_at_all(ed: Change, ask: Ask) -> None:
    wrong, draft = make_update(ed, ask), make_update(ed, ask, published=False, text="A draft.")
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, evidence=())
    assert standing(ask) == (Status.ANNOUNCED, "2018-01-01")
    with pytest.raises(RuleBroken):
        make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=draft.id)


def test_the_date_of_an_entry_is_corrected_although_a_test_that_it_judged_is_archived(ed: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    told: dict[str, Any] = {"results": ((test.id, NOT_MET),)}
    wrong = make_update(ed, ask, kind=UpdateKind.TEST, **told)
    archive_test(ed, ask, test, None, "It doubled another.")
    with pytest.raises(RuleBroken):
        make_update(ed, ask, kind=UpdateKind.TEST, text="Anew.", **told)
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, happened_on=on("2020-03-05"), **told)
    restore_test(ed, ask, test, None, "It did not.")
    assert results(ed, ask) == [(NOT_MET, "2020-03-05")]


# --- reviews ---


def test_only_a_published_review_sets_the_day_never_back_and_moves_nothing_else(ed: Change, ask: Ask) -> None:
    review: dict[str, Any] = {"kind": UpdateKind.REVIEW, "evidence": ()}
    make_update(ed, ask)
    make_update(ed, ask, published=False, happened_on=on("2026-11-21"), **review)
    assert not ask.reviewed_on
    for day, then in (("2026-05-01", "2026-05-01"), ("2026-11-20", "2026-11-20"), ("2026-05-02", "2026-11-20")):
        before = revision(ed.session)
        make_update(ed, ask, happened_on=on(day), **review)
        assert ask.reviewed_on == on(then)
        assert standing(ask) == (Status.ANNOUNCED, "2018-01-01")
        assert revision(ed.session) > before


def test_a_corrected_review_is_no_look_any_longer_and_its_correction_is_one_in_its_place(ed: Change, ask: Ask) -> None:
    def look(day: str, corrects: Update | None = None) -> Update:
        kind = UpdateKind.CORRECTION if corrects else UpdateKind.REVIEW
        named = corrects.id if corrects else None
        return make_update(ed, ask, kind=kind, happened_on=on(day), evidence=(), text=f"Of {day}.", corrects_id=named)

    look("2026-05-01")
    wrong, milestone = look("2026-11-20"), make_update(ed, ask)
    look("2026-11-21", milestone)
    assert ask.reviewed_on == on("2026-11-20"), "the milestone was no look"
    again = look("2026-04-20", wrong)
    assert ask.reviewed_on == on("2026-05-01")
    look("2026-10-20", again)
    assert ask.reviewed_on == on("2026-10-20")
    assert find_differences(ed.session) == []
