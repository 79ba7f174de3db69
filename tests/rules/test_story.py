"""How an ask's story adds up to a status and to results, when it last moved, and when to look again."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.problems import fields_of
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.story import (
    Entry,
    check_changes,
    check_order,
    grounds_of,
    is_quiet,
    moved_on,
    review_due,
    spans_of,
    state_of,
)
from tracker.rules.updates import Result, UpdateKind

ANNOUNCED, IN_FORCE, MET, PARTLY = Status.ANNOUNCED, Status.IN_FORCE, Status.MET, Status.PARTLY_MET
YES, NO = Result.MET, Result.NOT_MET
STATUS, TEST, CORRECTION = UpdateKind.STATUS, UpdateKind.TEST, UpdateKind.CORRECTION
DAYS = ["2018", "2018-03", "2018-03-19", "2018-04-01", "2019", "2019-07", "2019-07-30"]
Results = dict[int, Result]


def entry(
    number: int,
    on: str,
    status: Status | None = None,
    corrects: int | None = None,
    results: Results | None = None,
    *,
    kind: UpdateKind = STATUS,
) -> Entry:
    given = tuple((results or {}).items())
    return Entry(number, PartialDate(on), status, f"Reason {number}", corrects_id=corrects, kind=kind, results=given)


# What is told, and the number of the entry that set the status, with those that held earlier.
FOLDED: list[tuple[str, list[Entry], int | None, set[Status]]] = [
    ("nothing is told", [], None, set()),
    (
        "the last in the order of time counts, also where it was written down earlier",
        [entry(1, "2018", ANNOUNCED), entry(2, "2020-07-06", MET), entry(3, "2019", IN_FORCE), entry(4, "2021")],
        2,
        {ANNOUNCED, IN_FORCE},
    ),
    ("of one day the one written last", [entry(1, "2018", ANNOUNCED), entry(2, "2018", IN_FORCE)], 2, {ANNOUNCED}),
    (
        "a year comes before its months, and a month before its days",
        [entry(3, "2018", ANNOUNCED), entry(2, "2018-03", IN_FORCE), entry(1, "2018-03-01", MET)],
        1,
        {ANNOUNCED, IN_FORCE},
    ),
    (
        "a corrected entry never was",
        [entry(1, "2019-01-01", MET, results={1: YES}), entry(2, "2019-01-01", ANNOUNCED, corrects=1)],
        2,
        set(),
    ),
    (
        "a correction without a status takes the wrong one away",
        [entry(1, "2018", ANNOUNCED), entry(2, "2019", MET), entry(3, "2020", corrects=2)],
        1,
        set(),
    ),
    (
        "correcting a correction does not bring the first mistake back",
        [entry(1, "2019", MET), entry(2, "2019", PARTLY, corrects=1), entry(3, "2019", IN_FORCE, corrects=2)],
        3,
        set(),
    ),
]


def test_a_story_adds_up_to_a_status_and_each_test_has_its_last_result_and_since_when() -> None:
    for name, told, number, earlier in FOLDED:
        for order in permutations(told):
            state = state_of(order)
            assert (state.status_entry.id if state.status_entry else None) == number, name
            assert state.earlier == earlier, name
            assert not state.results, name
    told = [entry(1, "2018", results={1: NO, 2: YES}), entry(2, "2019-05", results={1: YES}), entry(3, "2020", PARTLY)]
    assert state_of(told).results == {1: (YES, PartialDate("2019-05")), 2: (YES, PartialDate("2018"))}


STORIES = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.none() | st.sampled_from(Status),
        st.none() | st.integers(1, 4),
        st.dictionaries(st.integers(1, 2), st.sampled_from(Result)),
    ),
    max_size=6,
).map(lambda told: [entry(number, *given) for number, given in enumerate(told, 1)])


@given(STORIES, st.sampled_from(DAYS).map(PartialDate))
def test_a_date_leaves_out_exactly_what_happened_later(told: list[Entry], day: PartialDate) -> None:
    """And what is known to be wrong today, which is not told of an earlier day."""
    corrected = {one.corrects_id for one in told}
    by_then = [
        replace(one, corrects_id=None) for one in told if one.happened_on.may_be_by(day) and one.id not in corrected
    ]
    then, seen = state_of(by_then), state_of(told, day)
    assert (then.status, then.earlier, then.results) == (seen.status, seen.earlier, seen.results)


def test_a_status_and_results_rest_on_the_last_entries_that_set_them() -> None:
    told = [
        entry(1, "2018", ANNOUNCED, results={7: NO}),
        entry(2, "2019", PARTLY, results={7: YES, 8: NO}),
        entry(3, "2020", results={8: YES, 9: YES}),
        entry(4, "2021"),
    ]
    assert grounds_of(told, {7, 8}) == {2, 3}
    assert grounds_of(told, {7}) == {2}
    assert grounds_of(told, {7, 8}, PartialDate("2018-12-31")) == {1}
    assert grounds_of([*told, entry(5, "2019", ANNOUNCED, corrects=2)], {7}) == {5, 1}


# --- the spans ---


@settings(max_examples=50)
@given(STORIES)
def test_the_span_of_each_day_tells_the_status_of_that_day(told: list[Entry]) -> None:
    """Of two entries of one day the last counts; the same status said again has a span of its own, with its reason."""
    spans = spans_of(told)
    borders = {day + timedelta(days=by) for one in told for day in (one.happened_on.first_day,) for by in (-1, 0, 1)}
    for day in {*borders, date(2017, 1, 1), date(2100, 1, 1)}:
        covering = [s for s in spans if s.begins_on <= day and (s.ends_on is None or day < s.ends_on)]
        entry_then = state_of(told, PartialDate(day.isoformat())).status_entry
        assert [s.entry for s in covering] == ([entry_then] if entry_then else [])
    assert [s.ends_on for s in spans[:-1]] == [s.begins_on for s in spans[1:]]


# --- what may be added ---


def test_an_entry_must_change_something_in_a_clear_order() -> None:
    told = [entry(1, "2018", ANNOUNCED), entry(2, "2019-07-30", ANNOUNCED, results={1: YES})]
    assert fields_of(check_changes(told, entry(9, "2020", ANNOUNCED))) == ["status"]
    for unclear in (entry(9, "2019", MET), entry(9, "2019-07", results={1: NO})):
        assert check_changes(told, unclear) == []
        assert fields_of(check_order(told, unclear)) == ["happened_on"]
    for new in (
        entry(9, "2020", MET),
        entry(9, "2020"),
        entry(9, "2019-07", results={2: NO}),
        entry(9, "2019-07-31", results={1: NO}),
        entry(9, "2019", MET, corrects=2),
    ):
        assert check_changes(told, new) == check_order(told, new) == []


# --- movement ---

Told = tuple[str, UpdateKind, int | None]
DAY = "2020-01-01"
MOVED: list[tuple[list[Told], str | None]] = [
    ([], None),
    ([(DAY, TEST, None), ("2019", UpdateKind.MILESTONE, None)], DAY),
    ([(DAY, STATUS, None), ("2021-01-01", UpdateKind.REVIEW, None), ("2021", UpdateKind.REDEFINITION, None)], DAY),
    # A correction stands in the place of the movement that it corrects, even of a correction of one.
    ([(DAY, STATUS, None), ("2019-01-01", CORRECTION, 1)], "2019-01-01"),
    ([(DAY, STATUS, None), ("2019-01-01", CORRECTION, 1), ("2018-01-01", CORRECTION, 2)], "2018-01-01"),
    # The correction of a rewording moves nothing; two entries that correct each other end the search all the same.
    ([(DAY, UpdateKind.REDEFINITION, None), ("2021-01-01", CORRECTION, 1)], None),
    ([(DAY, CORRECTION, 2), ("2021-01-01", CORRECTION, 1)], None),
]


def last_movement(told: list[Told], on: str = "") -> str | None:
    entries = [entry(n, day, corrects=corrects, kind=kind) for n, (day, kind, corrects) in enumerate(told, 1)]
    found = moved_on(entries, PartialDate(on) if on else None)
    return found.text if found else None


def test_only_what_happened_in_the_world_moves_an_ask() -> None:
    for moves, last in MOVED:
        assert last_movement(moves) == last
    # That we looked and do not know moves nothing.
    for results, is_movement in (({1: Result.UNKNOWN}, False), ({1: Result.UNKNOWN, 2: NO}, True)):
        assert (moved_on([entry(1, "2026-11-29", results=results, kind=TEST)]) is not None) is is_movement
    # What came after a day had not moved it yet.
    told: list[Told] = [("2019-05-01", STATUS, None), ("2020-07", TEST, None)]
    assert last_movement(told, on="2020-06-30") == "2019-05-01"
    assert last_movement(told, on="2020-07-01") == "2020-07"


def test_no_movement_is_said_of_what_had_not_moved_for_long_when_we_looked() -> None:
    quiet = [(ANNOUNCED, "2026-01-01", "2026-04-02"), (PARTLY, "2026-01", "2026-05-02")]
    others = [
        (ANNOUNCED, "2026-01-01", "2026-04-01"),
        (PARTLY, "2026-01", "2026-05-01"),
        (ANNOUNCED, "2019-01-01", None),
        (ANNOUNCED, "2026-01-01", "2026"),
        (ANNOUNCED, None, "2026-07-01"),
        (MET, "2019-01-01", "2026-07-01"),
        (Status.CANNOT_BE_JUDGED, "2019-01-01", "2026-07-01"),
        (None, "2019-01-01", "2026-07-01"),
    ]
    for case in [*quiet, *others]:
        status, *texts = case
        dates = (PartialDate(text) if text else None for text in texts)
        assert is_quiet(status, *dates) is (case in quiet), case


def test_a_check_is_due_an_interval_after_the_last_one_or_after_publication() -> None:
    long_ago, lately = date(2020, 1, 1), date(2026, 1, 31)
    for reviewed_on, published_on in (("2026-01-31", long_ago), ("2026-01", long_ago), (None, lately)):
        looked = PartialDate(reviewed_on) if reviewed_on else None
        assert review_due(looked, published_on, 30) == date(2026, 3, 2)
    assert review_due(None, None, 30) is None


def test_a_status_that_a_correction_brings_back_holds_since_it_began() -> None:
    told = [entry(1, "2018", ANNOUNCED), entry(2, "2020", MET), entry(3, "2021", ANNOUNCED, corrects=2)]
    assert state_of(told).since == PartialDate("2018")
    assert [str(span.since) for span in spans_of(told)] == ["2018", "2018"]
    assert state_of(told[:2]).since == PartialDate("2020")
    judged = [
        entry(n, day, results={1: result}) for n, day, result in ((1, "2018", YES), (2, "2020", YES), (3, "2021", NO))
    ]
    assert [state_of(judged[:number]).results[1][1].text for number in (2, 3)] == ["2018", "2021"]
    back = [*judged, entry(4, "2022", corrects=3, results={1: YES})]
    assert state_of(back).results[1] == (YES, PartialDate("2018")), "the mistake ended nothing"
