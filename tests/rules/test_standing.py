"""Which status fits which situation: the table of statuses, each with what its rule demands."""

from itertools import product
from typing import Any

import pytest

from tests.rules.problems import fields_of
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.standing import LinkedLaw, Standing, check_change
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result

MET, NOT, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN
RECORD, CLAIM = EvidenceType.OFFICIAL_RECORD, EvidenceType.GOVERNMENT_CLAIM
PRESS, OWN = EvidenceType.INDEPENDENT, EvidenceType.OWN_WORK


def law(effect: Effect = Effect.ENABLES, **dates: str) -> LinkedLaw:
    """A linked law; dates without the ending "_on", such as enacted="2018-05-23"."""
    given: dict[str, Any] = {f"{name}_on": PartialDate(text) for name, text in dates.items()}
    return LinkedLaw(effect, **given)


def at(
    on: str = "2020-06-15", *, tests: tuple[Result, ...] = (), laws: tuple[LinkedLaw, ...] = (), **further: object
) -> Standing:
    """The situation of an ask on a day."""
    return Standing(PartialDate(on), tests, laws, **further)  # type: ignore[arg-type]  # only tables below call it


BILL = law(introduced="2020-01-10")
FALLEN_BILL = law(introduced="2019-10-15", lapsed="2019-11-06")
BILL_OF_UNKNOWN_DATE = LinkedLaw(Effect.ENABLES, is_bill=True)
ACT = law(introduced="2017-10-18", enacted="2018-05-23")
ACT_IN_FORCE = law(enacted="2018-05-23", in_force="2018-11-22")
ACT_NOT_YET = law(enacted="2018-05-23", in_force="2021-01-01")
DELIVERED = law(Effect.DELIVERS, enacted="2018-05-23", in_force="2018-11-22")
TO_DELIVER = law(Effect.DELIVERS, enacted="2018-05-23", in_force="2021-01-01")
PARTLY_DELIVERED = law(Effect.PARTLY_DELIVERS, enacted="2018-05-23", in_force="2018-11-22")
ENDED = law(in_force="2018", ended="2020-06-15")
BACKGROUND = law(Effect.BACKGROUND, enacted="2018-05-23", in_force="2018-11-22")
ONCE = frozenset

# Of each status what fits, and with which words the rest is refused; its rule is what it `takes` in rules/status.py.
TABLE: dict[str, tuple[list[Standing], dict[str, list[Standing]]]] = {
    "not_started": (
        [at(), at(tests=(NOT, UNKNOWN)), at(laws=(BILL, ACT_IN_FORCE))],
        {"A test is already met": [at(tests=(MET, NOT))]},
    ),
    "announced": ([at(), at(tests=(MET, NOT))], {}),
    "in_parliament": (
        [
            at(laws=(BILL,)), at("2020", laws=(BILL,)), at(laws=(BILL_OF_UNKNOWN_DATE,)),
            at("2018-05-22", laws=(ACT,)), at("2018", laws=(ACT,)), at(laws=(FALLEN_BILL, BILL)),
            at("2019-11-05", laws=(FALLEN_BILL,)), at(laws=(BILL,), tests=(MET, NOT)),
        ],
        {
            "No linked bill": [
                at(), at(laws=(law(),)), at(laws=(LinkedLaw(Effect.BLOCKS, is_bill=True),)),
                at("2020-01-09", laws=(BILL,)), at("2019", laws=(BILL,)), at("2018-05-23", laws=(ACT,)),
                at("2019-11-06", laws=(FALLEN_BILL,)),
            ],
        },
    ),
    "law_not_in_force": (
        [
            at(laws=(ACT,)), at("2018-05-23", laws=(ACT,)), at(laws=(TO_DELIVER,)),
            at("2018-11-21", laws=(DELIVERED,)), at(laws=(PARTLY_DELIVERED, ACT_IN_FORCE)),
        ],
        {
            "A test is already met": [at(laws=(ACT,), tests=(MET, NOT))],
            "No linked law had been enacted": [
                at(), at(laws=(BACKGROUND,)), at(laws=(BILL,)), at("2018-05-22", laws=(ACT,)),
            ],
            "that delivers the ask was in force": [at("2018-11-22", laws=(DELIVERED,)), at(laws=(ACT, DELIVERED))],
        },
    ),
    "in_force": (
        [
            at(laws=(ACT_IN_FORCE,)), at("2018-11-22", laws=(ACT_IN_FORCE,)), at("2020-06", laws=(ENDED,)),
            at(laws=(ACT_NOT_YET, PARTLY_DELIVERED), tests=(NOT, UNKNOWN)), at(laws=(law(in_force="2018"),)),
            at(laws=(law(in_force="2018", ended="2021"),)),
        ],
        {
            "No linked law was in force": [
                at(), at(laws=(ENDED,)), at(laws=(BACKGROUND,)), at(laws=(law(Effect.BLOCKS, in_force="2018"),)),
                at("2018-11-21", laws=(ACT_IN_FORCE,)),
            ],
            "A test is already met": [at(laws=(ACT_IN_FORCE,), tests=(MET, NOT))],
        },
    ),
    "partly_met": (
        [at(tests=(MET, NOT)), at(tests=(UNKNOWN, MET)), at(tests=(MET, NOT, UNKNOWN))],
        {"no tests": [at()], "No test is met": [at(tests=(NOT,))]},
    ),
    "met": (
        [at(tests=(MET,)), at(tests=(MET, MET))],
        {
            "no tests": [at()],
            "1 of 2 tests": [at(tests=(MET, NOT))],
            "2 of 3 tests": [at(tests=(MET, MET, UNKNOWN))],
        },
    ),
    "rejected": ([at(), at(tests=(NOT,)), at(tests=(MET, NOT))], {}),
    "lapsed": (
        [
            at(laws=(FALLEN_BILL,)), at("2019-11-06", laws=(FALLEN_BILL,)), at("2019-12", laws=(FALLEN_BILL, BILL)),
            at(laws=(FALLEN_BILL, ACT)), at(laws=(FALLEN_BILL, BILL_OF_UNKNOWN_DATE)),
        ],
        {
            "No linked bill had fallen": [at(), at("2019-11-05", laws=(FALLEN_BILL,))],
            "Another linked bill is still before Parliament": [at(laws=(FALLEN_BILL, BILL))],
        },
    ),
    "reversed": (
        [
            at(earlier=ONCE({Status.IN_FORCE})), at(earlier=ONCE({Status.PARTLY_MET})),
            at(earlier=ONCE({Status.MET, Status.ANNOUNCED}), tests=(NOT,)),
        ],
        {
            "nothing to reverse": [
                at(), at(earlier=ONCE({Status.ANNOUNCED, Status.LAW_NOT_IN_FORCE, Status.REJECTED})),
            ],
        },
    ),
    "overtaken": ([at(), at(tests=(MET, NOT)), at(tests=(UNKNOWN,))], {}),
    "superseded": (
        [at(superseded_by=7)],
        {"Name the ask that replaces this one": [at()]},
    ),
    "cannot_be_judged": (
        [at(), at(tests=(UNKNOWN,)), at(tests=(MET, UNKNOWN))],
        {"the ask can be judged": [at(tests=(MET,)), at(tests=(NOT, MET))]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("status", Status)
def test_a_status_that_fits_the_situation_is_accepted_and_one_that_does_not_refused_with_the_reason(
    status: Status,
) -> None:
    fitting, refused = TABLE[status.value]
    assert [standing for standing in fitting if check_change(status, standing, {RECORD})] == []
    for why, standings in refused.items():
        for standing in standings:
            problems = check_change(status, standing, {RECORD})
            assert why in " ".join(problem.message for problem in problems), standing
            assert set(fields_of(problems)) == {"superseded_by_id" if status is Status.SUPERSEDED else "status"}


def test_what_is_on_the_record_needs_the_record_and_met_more_than_a_claim() -> None:
    needs: list[tuple[Status, Standing, list[set[EvidenceType]], list[set[EvidenceType]]]] = [
        (Status.ANNOUNCED, at(), [{RECORD}, {CLAIM}, {PRESS, CLAIM}], [{PRESS, OWN}, set()]),
        (Status.REJECTED, at(), [{RECORD}, {CLAIM}, {PRESS, RECORD}], [{PRESS, OWN}, set()]),
        (Status.MET, at(tests=(MET,)), [{RECORD}, {PRESS}, {OWN}, {CLAIM, PRESS}], [{CLAIM}, set()]),
        (Status.NOT_STARTED, at(), [{OWN}, {CLAIM}, set()], []),
    ]
    for status, standing, enough, too_little in needs:
        assert [evidence for evidence in enough if check_change(status, standing, evidence)] == []
        for evidence in too_little:
            assert fields_of(check_change(status, standing, evidence)) == ["evidence"]
    # All faults are told at once.
    assert fields_of(check_change(Status.MET, at(tests=(MET, NOT)), {CLAIM})) == ["status", "evidence"]


def test_every_test_met_leaves_met() -> None:
    others = set(Status) - {Status.MET, Status.SUPERSEDED, Status.CANNOT_BE_JUDGED}
    laws = (BILL, FALLEN_BILL, ACT, ACT_IN_FORCE)
    for tests, status in product([(MET,), (MET, MET)], others):
        everything = at(tests=tests, laws=laws, earlier=frozenset(Status), superseded_by=7)
        assert any("Every test is met" in problem.message for problem in check_change(status, everything, {RECORD}))
