"""How a story adds up: tests and law on the day, entries that come late, corrections and reviews."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import make_ask, make_law, make_link, make_test, make_update
from tests.transactions import problems_of, revision
from tracker.models import Ask, SuccessTest
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import Effect
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import records
from tracker.services.change import Change

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


@pytest.mark.parametrize(
    ("status", "first", "second", "fits"),
    [
        (Status.MET, MET, UNKNOWN, False),
        (Status.MET, MET, MET, True),
    ],
)
def test_a_status_and_the_results_that_come_with_it_must_fit(
    ed: Change,
    ask: Ask,
    pair: tuple[SuccessTest, SuccessTest],
    *,
    status: Status,
    first: Result,
    second: Result,
    fits: bool,
) -> None:
    entry: dict[str, Any] = {"status": status, "results": ((pair[0].id, first), (pair[1].id, second))}
    if fits:
        make_update(ed, ask, **entry)
        assert ask.status is status
        return
    with pytest.raises(RuleBroken) as broken:
        make_update(ed, ask, **entry)
    assert problems_of(broken) == {"status"}


@pytest.mark.parametrize("kind", [UpdateKind.TEST, UpdateKind.MILESTONE])
def test_results_that_contradict_the_status_are_refused_without_a_new_one(
    ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest], kind: UpdateKind
) -> None:
    all_met = ((pair[0].id, MET), (pair[1].id, MET))
    with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
        make_update(ed, ask, kind=kind, results=all_met)
    assert problems_of(broken) == {"results"}
    assert results(ed, ask) == [(UNKNOWN, None), (UNKNOWN, None)]
    make_update(ed, ask, kind=kind, results=all_met[:1])
    assert results(ed, ask) == [(MET, "2020-03-04"), (UNKNOWN, None)]


@pytest.mark.parametrize(
    ("status", "happened_on", "fits"),
    [
        (Status.IN_PARLIAMENT, "2018-01-25", True),
        (Status.LAW_NOT_IN_FORCE, "2018-05-23", True),
        (Status.IN_FORCE, "2018-11-21", False),
        (Status.IN_FORCE, "2018-11-22", True),
    ],
)
@pytest.mark.parametrize("published", [True, False], ids=["published link", "draft link"])
def test_a_status_needs_published_law_as_it_stood_on_that_day(
    ed: Change, ask: Ask, *, published: bool, status: Status, happened_on: str, fits: bool
) -> None:
    law = make_law(ed, introduced_on=on("2017-10-18"), enacted_on=on("2018-05-23"))
    delivers = {"effect": Effect.DELIVERS, "in_force_on": on("2018-11-22")}
    make_link(ed, ask, law, published=published, **delivers)
    if published and fits:
        make_update(ed, ask, status=status, happened_on=on(happened_on))
        assert standing(ask) == (status, happened_on)
        return
    with pytest.raises(RuleBroken) as broken:
        make_update(ed, ask, status=status, happened_on=on(happened_on))
    assert problems_of(broken) == {"status"}


def test_an_archived_link_proves_nothing(ed: Change, ask: Ask) -> None:
    link = make_link(ed, ask, make_law(ed), in_force_on=on("2018-11-22"))
    records.archive(ed, link, None, "The wrong provisions.")
    with pytest.raises(RuleBroken):
        make_update(ed, ask, status=Status.IN_FORCE)


def test_a_bill_that_fell_makes_an_ask_lapse(ed: Change, ask: Ask) -> None:
    bill: dict[str, Any] = {
        "kind": "bill",
        "citation": "",
        "year": "2017-19",
        "introduced_on": on("2018"),
        "lapsed_on": on("2019-10"),
    }
    make_link(ed, ask, make_law(ed, number="157", **bill))
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


@pytest.mark.parametrize("vague", ["2020-03", "2020"])
def test_a_month_in_which_another_entry_judges_the_same_is_refused(ed: Change, ask: Ask, vague: str) -> None:
    test = make_test(ed, ask)
    results = ((test.id, Result.NOT_MET),)
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2020-03-04"))
    make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on("2020-03-05"), results=results)
    with pytest.raises(RuleBroken, match="An entry of 4 March 2020 judges the same"):
        make_update(ed, ask, status=Status.ANNOUNCED, happened_on=on(vague))
    with pytest.raises(RuleBroken, match="An entry of 5 March 2020 judges the same"):
        make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on(vague), results=((test.id, Result.MET),))
    make_update(ed, ask, status=Status.NOT_STARTED, happened_on=on("2020-02"))
    make_update(ed, ask, happened_on=on(vague))
    assert (ask.status, test.result) == (Status.REJECTED, Result.NOT_MET)


def test_a_change_to_the_status_that_holds_already_is_refused_and_a_correction_is_not(ed: Change, ask: Ask) -> None:
    told = make_update(ed, ask, status=Status.REJECTED, happened_on=on("2020-03-04"))
    with pytest.raises(RuleBroken, match=r"already\. To say that it still holds, post a review"):
        make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021-03-04"))
    make_update(
        ed,
        ask,
        kind=UpdateKind.CORRECTION,
        corrects_id=told.id,
        status=Status.REJECTED,
        reason="It was refused earlier.",
        happened_on=on("2020-03-01"),
    )
    assert (ask.status, ask.status_on) == (Status.REJECTED, on("2020-03-01"))


# --- corrections ---


def test_a_correction_replaces_what_the_corrected_entry_said(
    ed: Change, ask: Ask, pair: tuple[SuccessTest, SuccessTest]
) -> None:
    first = (pair[0].id, MET)
    wrong = make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020"), results=(first,))
    right: dict[str, Any] = {"status": Status.REJECTED, "reason": "It was refused.", "happened_on": on("2020")}
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, **right)
    assert standing(ask) == (Status.REJECTED, "2020")
    assert results(ed, ask) == [(UNKNOWN, None), (UNKNOWN, None)]
    assert wrong.publication is Publication.PUBLISHED  # both stay visible


def test_a_correction_of_a_status_says_which_status_is_right(ed: Change, ask: Ask) -> None:
    wrong = make_update(ed, ask, status=Status.REJECTED)
    with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
        make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id)
    assert problems_of(broken) == {"status"}
    assert ask.status is Status.REJECTED


def test_a_correction_of_a_milestone_needs_no_status(ed: Change, ask: Ask) -> None:
    wrong = make_update(ed, ask)
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, evidence=())
    assert standing(ask) == (Status.ANNOUNCED, "2018-01-01")


def test_a_draft_corrects_nothing_yet(ed: Change, ask: Ask) -> None:
    wrong = make_update(ed, ask, status=Status.REJECTED)
    make_update(ed, ask, published=False, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, status=Status.ANNOUNCED)
    with pytest.raises(RuleBroken):  # nor can a draft be corrected
        make_update(
            ed,
            ask,
            kind=UpdateKind.CORRECTION,
            corrects_id=make_update(ed, ask, published=False).id,
        )
    assert ask.status is Status.REJECTED


# --- reviews ---


def test_a_review_notes_the_day_and_moves_nothing_else(ed: Change, ask: Ask) -> None:
    before = revision(ed.session)
    make_update(ed, ask, kind=UpdateKind.REVIEW, happened_on=on("2026-11-20"), evidence=())
    assert (ask.reviewed_on, standing(ask)) == (on("2026-11-20"), (Status.ANNOUNCED, "2018-01-01"))
    assert revision(ed.session) > before


def test_an_older_review_never_sets_the_day_back(ed: Change, ask: Ask) -> None:
    for day in ("2026-05-01", "2026-11-20", "2026-05-02"):
        make_update(ed, ask, kind=UpdateKind.REVIEW, happened_on=on(day), evidence=())
    assert ask.reviewed_on == on("2026-11-20")


@pytest.mark.parametrize("changes", [{"published": False, "kind": UpdateKind.REVIEW}, {}, {"status": Status.REJECTED}])
def test_only_a_published_review_sets_the_day(ed: Change, ask: Ask, changes: dict[str, Any]) -> None:
    make_update(ed, ask, **changes)
    assert ask.reviewed_on is None
