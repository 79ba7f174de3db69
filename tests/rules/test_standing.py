"""Which status fits which situation: the table of statuses, each with what its rule demands."""

from itertools import product
from typing import Any

import pytest

from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.standing import LinkedLaw, Standing, check_change, check_fit
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
ANY = {RECORD}
ONCE = frozenset

# status: (the sentence of its rule, what is accepted, what is refused with a word of the reason)
Case = tuple[Standing, set[EvidenceType]]
Refused = tuple[Standing, set[EvidenceType], str]
TABLE: dict[str, tuple[str, list[Case], list[Refused]]] = {
    "not_started": (
        "No test is met; where we looked stands in the reason.",
        [(at(), {OWN}), (at(tests=(NOT, UNKNOWN)), ANY), (at(laws=(BILL, ACT_IN_FORCE)), ANY)],
        [
            (at(tests=(MET, NOT)), ANY, "A test is already met"),
            (at(tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "announced": (
        "A minister or department said on the record that it will, or published a draft.",
        [(at(), {RECORD}), (at(), {CLAIM}), (at(), {PRESS, CLAIM}), (at(tests=(MET, NOT)), {RECORD})],
        [
            (at(), {PRESS, OWN}, "Give the announcement on the record"),
            (at(), set(), "Give the announcement on the record"),
            (at(tests=(MET, MET)), {RECORD}, "Every test is met"),
        ],
    ),
    "in_parliament": (
        "A linked bill or instrument that is not yet law.",
        [
            (at(laws=(BILL,)), ANY),
            (at("2020", laws=(BILL,)), ANY),
            (at(laws=(BILL_OF_UNKNOWN_DATE,)), ANY),
            (at("2018-05-22", laws=(ACT,)), ANY),
            (at("2018", laws=(ACT,)), ANY),
            (at(laws=(FALLEN_BILL, BILL)), ANY),
            (at("2019-11-05", laws=(FALLEN_BILL,)), ANY),
            (at(laws=(BILL,), tests=(MET, NOT)), ANY),
        ],
        [
            (at(), ANY, "No linked bill"),
            (at(laws=(law(),)), ANY, "No linked bill"),
            (at(laws=(LinkedLaw(Effect.BLOCKS, is_bill=True),)), ANY, "No linked bill"),
            (at("2020-01-09", laws=(BILL,)), ANY, "No linked bill"),
            (at("2019", laws=(BILL,)), ANY, "No linked bill"),
            (at("2018-05-23", laws=(ACT,)), ANY, "No linked bill"),
            (at("2019-11-06", laws=(FALLEN_BILL,)), ANY, "No linked bill"),
            (at(laws=(BILL,), tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "law_not_in_force": (
        "Linked legislation with an enacted or made date, and none that delivers the ask in force.",
        [
            (at(laws=(ACT,)), ANY),
            (at("2018-05-23", laws=(ACT,)), ANY),
            (at(laws=(TO_DELIVER,)), ANY),
            (at("2018-11-21", laws=(DELIVERED,)), ANY),
            (at(laws=(PARTLY_DELIVERED, ACT_IN_FORCE)), ANY),
        ],
        [
            (at(laws=(ACT,), tests=(MET, NOT)), ANY, "A test is already met"),
            (at(laws=(BACKGROUND,)), ANY, "No linked law had been enacted"),
            (at(), ANY, "No linked law had been enacted"),
            (at(laws=(BILL,)), ANY, "No linked law had been enacted"),
            (at("2018-05-22", laws=(ACT,)), ANY, "No linked law had been enacted"),
            (at("2018-11-22", laws=(DELIVERED,)), ANY, "that delivers the ask was in force"),
            (at(laws=(ACT, DELIVERED)), ANY, "that delivers the ask was in force"),
            (at(laws=(ACT,), tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "in_force": (
        "A legislation link in force on that date, and no test met.",
        [
            (at(laws=(ACT_IN_FORCE,)), ANY),
            (at("2018-11-22", laws=(ACT_IN_FORCE,)), ANY),
            (at(laws=(ACT_NOT_YET, PARTLY_DELIVERED), tests=(NOT, UNKNOWN)), ANY),
            (at(laws=(law(in_force="2018"),)), ANY),
            (at(laws=(law(in_force="2018", ended="2021"),)), ANY),
            (at("2020-06", laws=(ENDED,)), ANY),
        ],
        [
            (at(laws=(ENDED,)), ANY, "No linked law was in force"),
            (at(laws=(BACKGROUND,)), ANY, "No linked law was in force"),
            (at(laws=(law(Effect.BLOCKS, in_force="2018"),)), ANY, "No linked law was in force"),
            (at(), ANY, "No linked law was in force"),
            (at("2018-11-21", laws=(ACT_IN_FORCE,)), ANY, "No linked law was in force"),
            (at(laws=(ACT_IN_FORCE,), tests=(MET, NOT)), ANY, "A test is already met"),
            (at(laws=(ACT_IN_FORCE,), tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "partly_met": (
        "At least one test met and at least one not.",
        [(at(tests=(MET, NOT)), ANY), (at(tests=(UNKNOWN, MET)), ANY), (at(tests=(MET, NOT, UNKNOWN)), {CLAIM})],
        [
            (at(), ANY, "no tests"),
            (at(tests=(NOT,)), ANY, "No test is met"),
            (at(tests=(MET, MET)), ANY, "Every test is met"),
        ],
    ),
    "met": (
        "Every test met, and at least one test; evidence beyond a government claim.",
        [
            (at(tests=(MET,)), {RECORD}),
            (at(tests=(MET, MET)), {PRESS}),
            (at(tests=(MET,)), {OWN}),
            (at(tests=(MET,)), {CLAIM, PRESS}),
        ],
        [
            (at(tests=(MET,)), {CLAIM}, "A government claim alone is not enough"),
            (at(tests=(MET,)), set(), "A government claim alone is not enough"),
            (at(), ANY, "no tests"),
            (at(tests=(MET, NOT)), ANY, "1 of 2 tests"),
            (at(tests=(MET, MET, UNKNOWN)), ANY, "2 of 3 tests"),
        ],
    ),
    "rejected": (
        "A refusal on the record or a vote.",
        [(at(), {RECORD}), (at(), {CLAIM}), (at(tests=(NOT,)), {PRESS, RECORD}), (at(tests=(MET, NOT)), {RECORD})],
        [
            (at(), {OWN, PRESS}, "Give the refusal or vote on the record"),
            (at(), set(), "Give the refusal or vote on the record"),
            (at(tests=(MET, MET)), {RECORD}, "Every test is met"),
        ],
    ),
    "lapsed": (
        "The bill fell, and no other route is live.",
        [
            (at(laws=(FALLEN_BILL,)), ANY),
            (at("2019-11-06", laws=(FALLEN_BILL,)), ANY),
            (at("2019-12", laws=(FALLEN_BILL, BILL)), ANY),
            (at(laws=(FALLEN_BILL, ACT)), ANY),
            (at(laws=(FALLEN_BILL, BILL_OF_UNKNOWN_DATE)), ANY),
        ],
        [
            (at(), ANY, "No linked bill had fallen"),
            (at("2019-11-05", laws=(FALLEN_BILL,)), ANY, "No linked bill had fallen"),
            (at(laws=(FALLEN_BILL, BILL)), ANY, "Another linked bill is still before Parliament"),
            (at(laws=(FALLEN_BILL,), tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "reversed": (
        "It had been in force, partly met or met.",
        [
            (at(earlier=ONCE({Status.IN_FORCE})), ANY),
            (at(earlier=ONCE({Status.PARTLY_MET})), ANY),
            (at(earlier=ONCE({Status.MET, Status.ANNOUNCED}), tests=(NOT,)), ANY),
        ],
        [
            (at(), ANY, "nothing to reverse"),
            (at(earlier=ONCE({Status.ANNOUNCED, Status.LAW_NOT_IN_FORCE, Status.REJECTED})), ANY, "nothing to reverse"),
            (at(earlier=ONCE({Status.MET}), tests=(MET,)), ANY, "Every test is met"),
        ],
    ),
    "overtaken": (
        "Events made it impossible as worded.",
        [(at(), ANY), (at(tests=(MET, NOT)), ANY), (at(tests=(UNKNOWN,)), ANY)],
        [(at(tests=(MET,)), ANY, "Every test is met")],
    ),
    "superseded": (
        "Names the ask that replaces it.",
        [(at(superseded_by=7), {OWN})],
        [(at(), ANY, "Name the ask that replaces this one")],
    ),
    "cannot_be_judged": (
        "The note says what would settle it, and a test has no answer.",
        [(at(), {OWN}), (at(tests=(UNKNOWN,)), ANY), (at(tests=(MET, UNKNOWN)), ANY)],
        [
            (at(tests=(MET,)), ANY, "the ask can be judged"),
            (at(tests=(NOT, MET)), ANY, "the ask can be judged"),
        ],
    ),
}
ACCEPTED = [
    pytest.param(Status(key), *case, id=f"{key} {number}: {sentence}")
    for key, (sentence, accepted, _) in TABLE.items()
    for number, case in enumerate(accepted, 1)
]
REFUSED = [
    pytest.param(Status(key), *case, id=f"{key} {number}: {sentence}")
    for key, (sentence, _, refused) in TABLE.items()
    for number, case in enumerate(refused, 1)
]


def test_the_table_has_accepted_and_refused_situations_for_every_status() -> None:
    assert list(TABLE) == [status.value for status in Status]
    assert all(accepted and refused for _, accepted, refused in TABLE.values())


@pytest.mark.parametrize(("status", "standing", "evidence"), ACCEPTED)
def test_a_status_that_fits_the_situation_is_accepted(
    status: Status, standing: Standing, evidence: set[EvidenceType]
) -> None:
    assert check_change(status, standing, evidence) == []


@pytest.mark.parametrize(("status", "standing", "evidence", "why"), REFUSED)
def test_a_status_that_the_facts_contradict_is_refused_with_the_reason(
    status: Status, standing: Standing, evidence: set[EvidenceType], why: str
) -> None:
    problems = check_change(status, standing, evidence)
    assert why in " ".join(problem.message for problem in problems)
    assert all(problem.message.endswith(".") for problem in problems)
    fields = {problem.field for problem in problems}
    assert fields <= {"status", "evidence", "superseded_by_id"}
    assert ("superseded_by_id" in fields) == (status is Status.SUPERSEDED)
    assert ("evidence" in fields) == ("on the record" in why or "government claim" in why)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.MET, Status.SUPERSEDED, Status.CANNOT_BE_JUDGED}))
def test_every_test_met_leaves_met(status: Status) -> None:
    everything = at(
        tests=(MET, MET), laws=(BILL, FALLEN_BILL, ACT, ACT_IN_FORCE), earlier=frozenset(Status), superseded_by=7
    )
    assert any("Every test is met" in problem.message for problem in check_fit(status, everything))


@pytest.mark.parametrize("results", [r for length in range(4) for r in product(Result, repeat=length)])
def test_met_partly_met_and_in_force_exclude_one_another(results: tuple[Result, ...]) -> None:
    standing = at(tests=results, laws=(ACT_IN_FORCE,))
    fitting = [s for s in (Status.MET, Status.PARTLY_MET, Status.IN_FORCE) if not check_fit(s, standing)]
    assert len(fitting) == 1


def test_all_faults_are_told_at_once() -> None:
    problems = check_change(Status.MET, at(tests=(MET, NOT)), {CLAIM})
    assert [problem.field for problem in problems] == ["status", "evidence"]
