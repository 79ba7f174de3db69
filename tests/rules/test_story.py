"""How an ask's story adds up to a status and to results."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.story import Entry, State, spans_of, state_of
from tracker.rules.updates import Result

ANNOUNCED, IN_FORCE, MET, PARTLY = Status.ANNOUNCED, Status.IN_FORCE, Status.MET, Status.PARTLY_MET
DAYS = ["2018", "2018-03", "2018-03-19", "2018-04-01", "2019", "2019-07", "2019-07-30"]


def entry(
    number: int,
    on: str,
    status: Status | None = None,
    *,
    corrects: int | None = None,
    results: dict[int, Result] | None = None,
) -> Entry:
    given = tuple((results or {}).items())
    return Entry(number, PartialDate(on), status, f"Reason {number}", corrects_id=corrects, results=given)


def on(text: str) -> PartialDate:
    return PartialDate(text)


def test_a_story_without_entries_has_no_status() -> None:
    assert state_of([]) == State()
    assert state_of([]).status is None


def test_the_last_status_in_the_order_of_time_counts_however_the_entries_arrive() -> None:
    told = [
        entry(1, "2018-03-19", ANNOUNCED),
        entry(2, "2020-07-06", MET),
        entry(3, "2019-01-01", IN_FORCE),  # found and written down later than it happened
        entry(4, "2021-01-01"),
    ]
    for order in permutations(told):
        state = state_of(order)
        assert state.status is MET
        assert state.status_entry == told[1]
        assert state.earlier == {ANNOUNCED, IN_FORCE}


def test_of_two_entries_of_one_day_the_one_written_last_counts() -> None:
    one, other = entry(1, "2018-03-19", ANNOUNCED), entry(2, "2018-03-19", IN_FORCE)
    assert state_of([one, other]).status is state_of([other, one]).status is IN_FORCE


def test_a_month_comes_before_its_days_and_a_year_before_its_months() -> None:
    year, month, day = entry(3, "2018", ANNOUNCED), entry(2, "2018-03", IN_FORCE), entry(1, "2018-03-01", MET)
    assert state_of([year, month, day]).status is MET
    assert state_of([year, month]).status is IN_FORCE
    assert state_of([year, month, day]).earlier == {ANNOUNCED, IN_FORCE}


def test_an_entry_without_a_status_leaves_it_as_it_is() -> None:
    assert state_of([entry(1, "2018", ANNOUNCED), entry(2, "2019")]).status is ANNOUNCED


def test_each_test_has_its_last_result_and_since_when() -> None:
    told = [
        entry(1, "2018", results={1: Result.NOT_MET, 2: Result.MET}),
        entry(2, "2019-05", results={1: Result.MET}),
        entry(3, "2020-01-01", PARTLY),
    ]
    assert state_of(told).results == {1: (Result.MET, on("2019-05")), 2: (Result.MET, on("2018"))}


@pytest.mark.parametrize(
    ("day", "status", "result"),
    [
        ("2018-03-18", None, None),
        ("2018-03-19", ANNOUNCED, None),
        ("2018-12-31", ANNOUNCED, None),
        ("2019", IN_FORCE, None),
        ("2019-06", IN_FORCE, None),
        ("2019-06-15", IN_FORCE, None),
        ("2020-07-05", IN_FORCE, None),
        ("2020-07-06", MET, Result.MET),
        ("2199", MET, Result.MET),
    ],
)
def test_on_a_date_only_what_had_happened_by_then_counts(
    day: str, status: Status | None, result: Result | None
) -> None:
    told = [
        entry(1, "2018-03-19", ANNOUNCED),
        entry(2, "2019-06", IN_FORCE),
        entry(3, "2020-07-06", MET, results={1: Result.MET}),
    ]
    state = state_of(told, on(day))
    assert state.status is status
    assert state.results.get(1, (None,))[0] is result


def test_a_corrected_entry_counts_no_more_and_was_never_an_earlier_status() -> None:
    wrong = entry(1, "2019-01-01", MET, results={1: Result.MET})
    right = entry(2, "2019-01-01", ANNOUNCED, corrects=1)
    state = state_of([wrong, right])
    assert state.status is ANNOUNCED
    assert state.earlier == frozenset()
    assert state.results == {}


def test_a_correction_may_move_the_date_in_either_direction() -> None:
    wrong = entry(1, "2019-01-01", MET)
    for day in ("2018-06", "2019-06-01"):
        state = state_of([entry(9, "2018-01-01", ANNOUNCED), wrong, entry(10, day, MET, corrects=1)])
        assert state.status_entry is not None
        assert state.status_entry.happened_on == on(day)
        assert state.earlier == {ANNOUNCED}


def test_a_correction_without_a_status_takes_the_wrong_one_away() -> None:
    told = [entry(1, "2018", ANNOUNCED), entry(2, "2019", MET), entry(3, "2020", corrects=2)]
    assert state_of(told).status is ANNOUNCED


def test_correcting_a_correction_does_not_bring_the_first_mistake_back() -> None:
    told = [
        entry(1, "2019-01-01", MET),
        entry(2, "2019-01-01", PARTLY, corrects=1),
        entry(3, "2019-01-01", IN_FORCE, corrects=2),
    ]
    for order in permutations(told):
        assert state_of(order).status is IN_FORCE
        assert state_of(order).earlier == frozenset()


def test_what_is_known_to_be_wrong_today_is_not_told_of_an_earlier_day() -> None:
    told = [entry(1, "2018", ANNOUNCED), entry(2, "2019-01-01", MET), entry(3, "2020-01-01", ANNOUNCED, corrects=2)]
    assert state_of(told, on("2019-06-01")).status is ANNOUNCED


STORIES = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.none() | st.sampled_from(Status),
        st.none() | st.integers(1, 4),
        st.dictionaries(st.integers(1, 2), st.sampled_from(Result)),
    ),
    max_size=6,
).map(
    lambda told: [
        entry(number, day, status, corrects=corrects, results=results)
        for number, (day, status, corrects, results) in enumerate(told, 1)
    ]
)


@given(STORIES, st.randoms(use_true_random=False), st.none() | st.sampled_from(DAYS).map(PartialDate))
def test_the_order_in_which_entries_are_read_changes_nothing(
    told: list[Entry], random: Random, day: PartialDate | None
) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    assert state_of(shuffled, day) == state_of(told, day)


@given(STORIES, st.sampled_from(DAYS).map(PartialDate))
def test_a_date_leaves_out_exactly_what_happened_later(told: list[Entry], day: PartialDate) -> None:
    corrected = {one.corrects_id for one in told}
    by_then = [
        replace(one, corrects_id=None) for one in told if one.happened_on.may_be_by(day) and one.id not in corrected
    ]
    then, seen_from_today = state_of(by_then), state_of(told, day)
    assert (then.status, then.earlier, then.results) == (
        seen_from_today.status,
        seen_from_today.earlier,
        seen_from_today.results,
    )


# --- the spans ---


@pytest.mark.parametrize(
    ("told", "spans"),
    [
        ([], []),
        ([entry(1, "2018")], []),
        ([entry(1, "2018", ANNOUNCED)], [("2018-01-01", None, 1)]),
        (
            [entry(1, "2018-03", ANNOUNCED), entry(2, "2019-07-30", MET)],
            [("2018-03-01", "2019-07-30", 1), ("2019-07-30", None, 2)],
        ),
        # Of those that begin on one day the last one counts: a year comes before its months, a month before its days.
        (
            [entry(1, "2018-01-01", MET), entry(2, "2018", ANNOUNCED), entry(3, "2018-01", IN_FORCE)],
            [("2018-01-01", None, 1)],
        ),
        ([entry(1, "2018", ANNOUNCED), entry(2, "2018", MET)], [("2018-01-01", None, 2)]),
        # The same status said again is a span of its own, with its own reason.
        (
            [entry(1, "2018", ANNOUNCED), entry(2, "2019", ANNOUNCED)],
            [("2018-01-01", "2019-01-01", 1), ("2019-01-01", None, 2)],
        ),
        ([entry(1, "2018", ANNOUNCED), entry(2, "2019", MET), entry(3, "2020", corrects=2)], [("2018-01-01", None, 1)]),
        (
            [entry(1, "2018", ANNOUNCED), entry(2, "2019", MET), entry(3, "2020", IN_FORCE, corrects=2)],
            [("2018-01-01", "2020-01-01", 1), ("2020-01-01", None, 3)],
        ),
        ([entry(1, "2019", MET), entry(2, "2018", ANNOUNCED, corrects=1)], [("2018-01-01", None, 2)]),
    ],
)
def test_the_spans_of_a_story(told: list[Entry], spans: list[tuple[str, str | None, int]]) -> None:
    found = [(str(s.begins_on), s.ends_on and str(s.ends_on), s.entry.id) for s in spans_of(reversed(told))]
    assert found == spans


@given(STORIES)
def test_the_span_of_each_day_tells_the_status_of_that_day(told: list[Entry]) -> None:
    spans = spans_of(told)
    borders = {day + timedelta(days=by) for one in told for day in (one.happened_on.first_day,) for by in (-1, 0, 1)}
    for day in {*borders, date(2017, 1, 1), date(2100, 1, 1)}:
        covering = [s for s in spans if s.begins_on <= day and (s.ends_on is None or day < s.ends_on)]
        entry_then = state_of(told, PartialDate(day.isoformat())).status_entry
        assert [s.entry for s in covering] == ([entry_then] if entry_then else [])
    assert [s.ends_on for s in spans[:-1]] == [s.begins_on for s in spans[1:]]
    assert all(s.ends_on is None or s.begins_on < s.ends_on for s in spans)
