"""Whether a status fits what the tests, the law and the evidence say on a date."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.legislation import Effect
from tracker.rules.status import Family, Status
from tracker.rules.updates import EvidenceType, Result

ON_THE_RECORD = {EvidenceType.OFFICIAL_RECORD, EvidenceType.GOVERNMENT_CLAIM}
NOT_DONE = {Family.OPEN, Family.PARTLY_MET, Family.ENDED}
ONCE_WORKED = {Status.IN_FORCE, Status.PARTLY_MET, Status.MET}
WITHOUT_ONE_MET = {Status.NOT_STARTED, Status.LAW_NOT_IN_FORCE, Status.IN_FORCE}
ALL_MET = "Every test is met. Choose “Met”, or say first which test is not met, or is met no longer."
ONE_MET = "A test is already met. Choose “Partly met” or “Met”, or correct the test's result first."
NONE_MET = "No test is met on that date. Mark the test that was met together with this change."
SOME_MET = "Only {} of {} tests are met on that date. Mark the others met too, or choose “Partly met”."
ALL_ANSWERED = "Every test has an answer, so the ask can be judged. Record which answer is “Unknown” first."
NO_TESTS = "The ask has no tests. Add at least {} before you judge it {}."


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


def check_tests_fit(status: Status, standing: Standing) -> list[Problem]:
    """Return why the tests contradict a status."""
    met, number = standing.results.count(Result.MET), len(standing.results)
    faults = (
        (0 < met == number and status.family in NOT_DONE, ALL_MET),
        (status in WITHOUT_ONE_MET and met > 0, ONE_MET),
        (status is Status.PARTLY_MET and number == 0, NO_TESTS.format("two tests", "partly met")),
        (status is Status.PARTLY_MET and number > 0 == met, NONE_MET),
        (status is Status.MET and number == 0, NO_TESTS.format("one test", "met")),
        (status is Status.MET and met < number, SOME_MET.format(met, number)),
        (status is Status.CANNOT_BE_JUDGED and number > 0 and Result.UNKNOWN not in standing.results, ALL_ANSWERED),
    )
    return [Problem(sentence, "status") for is_wrong, sentence in faults if is_wrong]


def check_law_fits(status: Status, standing: Standing) -> list[Problem]:
    """Return why the linked law or the history contradicts a status."""
    sentence = _against(status, standing)
    return [Problem(sentence, "status")] if sentence else []


def contradictions(status: Status | None, results: Iterable[Result], since: PartialDate | None) -> list[str]:
    """Return why the tests contradict the status that stands, as when one was added after it was given."""
    if status is None or since is None:
        return []
    return [problem.message for problem in check_tests_fit(status, Standing(since, tuple(results)))]


def check_change(status: Status, standing: Standing, evidence: Collection[EvidenceType]) -> list[Problem]:
    """Return everything that speaks against changing to a status with this evidence."""
    problems = check_tests_fit(status, standing) + check_law_fits(status, standing)
    if status is Status.SUPERSEDED and not standing.superseded_by:
        problems.append(Problem("Name the ask that replaces this one.", "superseded_by_id"))
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


def _against(status: Status, standing: Standing) -> str | None:
    """Return why the linked law or the history contradicts a status, or None."""
    on, laws = standing.on, [law for law in standing.law if law.effect.serves]
    match status:
        case Status.IN_PARLIAMENT if not any(law.is_before_parliament(on) for law in laws):
            return (
                "No linked bill or instrument was before Parliament on that date. "
                "Link the bill to the ask and publish the link, or correct the date."
            )
        case Status.LAW_NOT_IN_FORCE if not any(law.is_enacted(on) for law in laws):
            return (
                "No linked law had been enacted or made by that date. "
                "Link it, publish the link and give the date of the law, or choose “In Parliament”."
            )
        case Status.LAW_NOT_IN_FORCE if any(law.effect is Effect.DELIVERS and law.is_in_force(on) for law in laws):
            return "A linked law that delivers the ask was in force by then. Choose “In force, ask not yet met”."
        case Status.IN_FORCE if not any(law.is_in_force(on) for law in laws):
            return (
                "No linked law was in force on that date. Say on a published link since when it is in force, "
                "or choose “Law passed, not in force”."
            )
        case Status.LAPSED if not any(law.has_lapsed(on) for law in laws):
            return (
                "No linked bill had fallen by that date. Link the bill to the ask, publish the link, "
                "and say on the record of the bill when it fell."
            )
        case Status.LAPSED if any(law.introduced_on and law.is_before_parliament(on) for law in laws):
            return "Another linked bill is still before Parliament. Choose “In Parliament”."
        case Status.REVERSED if not standing.earlier & ONCE_WORKED:
            return (
                "The ask was never in force, partly met or met, so there is nothing to reverse. "
                "If it was, tell that first, by a change of status with its own date."
            )
    return None
