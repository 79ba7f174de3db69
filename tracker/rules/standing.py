"""Whether a status fits what the tests, the law and the evidence say on a date."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.legislation import Effect
from tracker.rules.status import Family, Status
from tracker.rules.updates import EvidenceType, Result

ON_THE_RECORD = {EvidenceType.OFFICIAL_RECORD, EvidenceType.GOVERNMENT_CLAIM}
NOT_DONE = {Family.OPEN, Family.PARTLY_MET, Family.ENDED}
ONCE_WORKED = {Status.IN_FORCE, Status.PARTLY_MET, Status.MET}


@dataclass(frozen=True)
class LinkedLaw:
    """What a link says about one law, as far as the rules for statuses need it."""

    effect: Effect
    introduced_on: PartialDate | None = None
    enacted_on: PartialDate | None = None
    lapsed_on: PartialDate | None = None
    in_force_on: PartialDate | None = None
    is_bill: bool = False
    ended_on: PartialDate | None = None

    def is_in_force(self, on: PartialDate) -> bool:
        """True if it could be in force on that date: begun, and not surely ended."""
        has_ended = self.ended_on is not None and self.ended_on.last_day <= on.first_day
        return self.in_force_on is not None and self.in_force_on.may_be_by(on) and not has_ended

    def is_enacted(self, on: PartialDate) -> bool:
        return self.enacted_on is not None and self.enacted_on.may_be_by(on)

    def has_lapsed(self, on: PartialDate) -> bool:
        return self.lapsed_on is not None and self.lapsed_on.may_be_by(on)

    def is_before_parliament(self, on: PartialDate) -> bool:
        """True if it could be before Parliament on that date: introduced, not fallen, not yet law.

        A law without any date that is no bill tells nothing.
        """
        if not (self.is_bill or self.introduced_on or self.enacted_on):
            return False
        is_introduced = self.introduced_on is None or self.introduced_on.may_be_by(on)
        becomes_law_later = self.enacted_on is None or on.first_day < self.enacted_on.last_day
        return is_introduced and becomes_law_later and not self.has_lapsed(on)


@dataclass(frozen=True)
class Standing:
    """Everything that the rules weigh for one ask on one date."""

    on: PartialDate
    results: tuple[Result, ...] = ()
    law: tuple[LinkedLaw, ...] = ()
    earlier: frozenset[Status] = frozenset()
    superseded_by: int | None = None

    @property
    def helping_law(self) -> list[LinkedLaw]:
        """The linked law that serves the ask."""
        return [law for law in self.law if law.effect.serves]

    @property
    def met(self) -> int:
        return self.results.count(Result.MET)

    @property
    def is_all_met(self) -> bool:
        return bool(self.results) and self.met == len(self.results)


def check_fit(status: Status, standing: Standing) -> list[Problem]:
    """Say why the tests, the linked law or the history contradict a status; empty when they do not."""
    check = OTHER_FITS.get(status)
    others = [Problem(sentence, "status") for sentence in check(standing)] if check else []
    if status is Status.SUPERSEDED and not standing.superseded_by:
        others.append(Problem("Name the ask that replaces this one.", "superseded_by_id"))
    return check_tests_fit(status, standing) + others


def check_tests_fit(status: Status, standing: Standing) -> list[Problem]:
    """Say why the tests contradict a status."""
    sentences = [_ALL_MET] if standing.is_all_met and status.family in NOT_DONE else []
    check = TEST_FITS.get(status)
    sentences += check(standing) if check else []
    return [Problem(sentence, "status") for sentence in sentences]


def contradictions(status: Status | None, results: Iterable[Result], since: PartialDate | None) -> list[str]:
    """Why the tests contradict the status that stands, as when one was added after it was given; empty when not."""
    if status is None or since is None:
        return []
    return [problem.message for problem in check_tests_fit(status, Standing(since, tuple(results)))]


def check_change(status: Status, standing: Standing, evidence: Collection[EvidenceType]) -> list[Problem]:
    """Say everything that speaks against changing to a status with this evidence."""
    problems = check_fit(status, standing)
    if status in {Status.ANNOUNCED, Status.REJECTED} and not ON_THE_RECORD & set(evidence):
        what = "announcement" if status is Status.ANNOUNCED else "refusal or vote"
        problems.append(
            Problem(f"Give the {what} on the record: an official record or a government claim.", "evidence")
        )
    if status is Status.MET and not set(evidence) - {EvidenceType.GOVERNMENT_CLAIM}:
        problems.append(
            Problem("A government claim alone is not enough for “Met”. Add an independent check.", "evidence")
        )
    return problems


_ONE_MET = "A test is already met. Choose “Partly met” or “Met”, or correct the test's result first."
_ALL_MET = "Every test is met. Choose “Met”, or say first which test is not met, or is met no longer."


def _in_parliament(standing: Standing) -> list[str]:
    if any(law.is_before_parliament(standing.on) for law in standing.helping_law):
        return []
    return [
        "No linked bill or instrument was before Parliament on that date. "
        "Link the bill to the ask first, or correct the date."
    ]


def _law_not_in_force(standing: Standing) -> list[str]:
    if not any(law.is_enacted(standing.on) for law in standing.helping_law):
        return [
            "No linked law had been enacted or made by that date. Link it and give its date, or choose “In Parliament”."
        ]
    if any(law.effect is Effect.DELIVERS and law.is_in_force(standing.on) for law in standing.helping_law):
        return ["A linked law that delivers the ask was in force by then. Choose “In force, ask not yet met”."]
    return []


def _in_force(standing: Standing) -> list[str]:
    if any(law.is_in_force(standing.on) for law in standing.helping_law):
        return []
    return [
        "No linked law was in force on that date. Say on the link since when it is in force, "
        "or choose “Law passed, not in force”."
    ]


def _none_met(standing: Standing) -> list[str]:
    return [_ONE_MET] if standing.met else []


def _partly_met(standing: Standing) -> list[str]:
    if not standing.results:
        return ["The ask has no tests. Add at least two tests before you judge it partly met."]
    if not standing.met:
        return ["No test is met on that date. Mark the test that was met together with this change."]
    return []


def _met(standing: Standing) -> list[str]:
    if not standing.results:
        return ["The ask has no tests. Add at least one test before you judge it met."]
    if not standing.is_all_met:
        count = f"{standing.met} of {len(standing.results)} tests"
        return [f"Only {count} are met on that date. Mark the others met too, or choose “Partly met”."]
    return []


def _lapsed(standing: Standing) -> list[str]:
    if not any(law.has_lapsed(standing.on) for law in standing.helping_law):
        return ["No linked bill had fallen by that date. Link the bill to the ask, and say on its record when it fell."]
    if any(law.introduced_on and law.is_before_parliament(standing.on) for law in standing.helping_law):
        return ["Another linked bill is still before Parliament. Choose “In Parliament”."]
    return []


def _reversed(standing: Standing) -> list[str]:
    if standing.earlier & ONCE_WORKED:
        return []
    return [
        "The ask was never in force, partly met or met, so there is nothing to reverse. "
        "If it was, tell that first, by a change of status with its own date."
    ]


def _cannot_be_judged(standing: Standing) -> list[str]:
    if standing.results and Result.UNKNOWN not in standing.results:
        return ["Every test has an answer, so the ask can be judged. Record which answer is “Unknown” first."]
    return []


TEST_FITS: Mapping[Status, Callable[[Standing], list[str]]] = {
    Status.NOT_STARTED: _none_met,
    Status.LAW_NOT_IN_FORCE: _none_met,
    Status.IN_FORCE: _none_met,
    Status.PARTLY_MET: _partly_met,
    Status.MET: _met,
    Status.CANNOT_BE_JUDGED: _cannot_be_judged,
}
OTHER_FITS: Mapping[Status, Callable[[Standing], list[str]]] = {
    Status.IN_PARLIAMENT: _in_parliament,
    Status.LAW_NOT_IN_FORCE: _law_not_in_force,
    Status.IN_FORCE: _in_force,
    Status.LAPSED: _lapsed,
    Status.REVERSED: _reversed,
}
