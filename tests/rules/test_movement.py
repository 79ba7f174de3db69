"""When something last moved, on what a status rests, and when a person should have looked again."""

from datetime import date

import pytest

from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.story import Entry, grounds_of, is_quiet, moved_on, review_due
from tracker.rules.updates import EvidenceType, Result, UpdateKind

MET, NOT_MET = Result.MET, Result.NOT_MET
Told = tuple[str, UpdateKind, int | None]


def last_movement(told: list[Told], on: str = "") -> str | None:
    entries = [Entry(id=n, happened_on=PartialDate(day), corrects_id=c) for n, (day, _, c) in enumerate(told, 1)]
    kinds = {number: kind for number, (_, kind, _) in enumerate(told, 1)}
    found = moved_on(entries, kinds, PartialDate(on) if on else None)
    return found.text if found else None


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ([], None),
        ([("2020-01-01", UpdateKind.STATUS, None)], "2020-01-01"),
        ([("2020-01-01", UpdateKind.TEST, None), ("2019", UpdateKind.MILESTONE, None)], "2020-01-01"),
        ([("2020-01-01", UpdateKind.STATUS, None), ("2021-01-01", UpdateKind.REVIEW, None)], "2020-01-01"),
        ([("2021-01-01", UpdateKind.REVIEW, None), ("2021-01-01", UpdateKind.REDEFINITION, None)], None),
        # A correction stands in the place of the movement that it corrects, even of a correction of one.
        ([("2020-01-01", UpdateKind.STATUS, None), ("2019-01-01", UpdateKind.CORRECTION, 1)], "2019-01-01"),
        (
            [
                ("2020-01-01", UpdateKind.STATUS, None),
                ("2019-01-01", UpdateKind.CORRECTION, 1),
                ("2018-01-01", UpdateKind.CORRECTION, 2),
            ],
            "2018-01-01",
        ),
        # The correction of a rewording moves nothing.
        ([("2020-01-01", UpdateKind.REDEFINITION, None), ("2021-01-01", UpdateKind.CORRECTION, 1)], None),
        # Two entries that correct each other end the search all the same.
        ([("2020-01-01", UpdateKind.CORRECTION, 2), ("2021-01-01", UpdateKind.CORRECTION, 1)], None),
    ],
)
def test_only_what_happened_in_the_world_moves_an_ask(told: list[Told], last: str | None) -> None:
    assert last_movement(told) == last


@pytest.mark.parametrize(
    ("results", "moves"),
    [([Result.UNKNOWN], False), ([Result.UNKNOWN, NOT_MET], True), ([MET], True)],
)
def test_that_we_looked_and_do_not_know_moves_nothing(results: list[Result], moves: bool) -> None:
    told = Entry(1, PartialDate("2026-11-29"), results=tuple(enumerate(results)))
    assert (moved_on([told], {1: UpdateKind.TEST}) is not None) == moves


def test_what_came_after_a_day_had_not_moved_it_yet() -> None:
    told: list[Told] = [("2019-05-01", UpdateKind.STATUS, None), ("2020-07", UpdateKind.TEST, None)]
    assert last_movement(told, on="2020-06-30") == "2019-05-01"
    assert last_movement(told, on="2020-07-01") == "2020-07"


@pytest.mark.parametrize(
    ("status", "last", "looked", "is_said"),
    [
        (Status.ANNOUNCED, "2026-01-01", "2026-04-01", False),
        (Status.ANNOUNCED, "2026-01-01", "2026-04-02", True),
        (Status.PARTLY_MET, "2026-01", "2026-05-01", False),
        (Status.PARTLY_MET, "2026-01", "2026-05-02", True),
        (Status.ANNOUNCED, "2019-01-01", None, False),
        (Status.ANNOUNCED, "2026-01-01", "2026", False),
        (Status.MET, "2019-01-01", "2026-07-01", False),
        (Status.REJECTED, "2019-01-01", "2026-07-01", False),
        (Status.CANNOT_BE_JUDGED, "2019-01-01", "2026-07-01", False),
        (Status.ANNOUNCED, None, "2026-07-01", False),
        (None, "2019-01-01", "2026-07-01", False),
    ],
)
def test_no_movement_is_said_of_what_had_not_moved_for_long_when_we_looked(
    status: Status | None, last: str | None, looked: str | None, is_said: bool
) -> None:
    dates = (PartialDate(text) if text else None for text in (last, looked))
    assert is_quiet(status, *dates) is is_said


@pytest.mark.parametrize(
    ("reviewed_on", "published_on", "due"),
    [
        ("2026-01-31", date(2020, 1, 1), date(2026, 3, 2)),
        ("2026-01", date(2020, 1, 1), date(2026, 3, 2)),
        (None, date(2026, 1, 31), date(2026, 3, 2)),
        (None, None, None),
    ],
)
def test_a_check_is_due_an_interval_after_the_last_one_or_after_publication(
    reviewed_on: str | None, published_on: date | None, due: date | None
) -> None:
    assert review_due(PartialDate(reviewed_on) if reviewed_on else None, published_on, 30) == due


def test_a_status_and_results_rest_on_the_last_entries_that_set_them() -> None:
    told = [
        Entry(1, PartialDate("2018"), Status.ANNOUNCED, results=((7, NOT_MET),)),
        Entry(2, PartialDate("2019"), Status.PARTLY_MET, results=((7, MET), (8, NOT_MET))),
        Entry(3, PartialDate("2020"), results=((8, MET), (9, MET))),
        Entry(4, PartialDate("2021")),
    ]
    assert grounds_of(told, {7, 8}) == {2, 3}
    assert grounds_of(told, {7}) == {2}
    assert grounds_of(told, {7, 8}, PartialDate("2018-12-31")) == {1}
    assert grounds_of([*told, Entry(5, PartialDate("2019"), Status.ANNOUNCED, corrects_id=2)], {7}) == {5, 1}
    assert grounds_of([], {7}) == set()


def test_evidence_is_counted_in_words() -> None:
    assert [(type_.counted(1), type_.counted(2)) for type_ in EvidenceType] == [
        ("1 official record", "2 official records"),
        ("1 government claim", "2 government claims"),
        ("1 independent source", "2 independent sources"),
        ("1 piece of our own work", "2 pieces of our own work"),
    ]
