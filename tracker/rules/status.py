"""The thirteen statuses: their words, their families and what the rules demand for each."""

from collections.abc import Mapping
from typing import Any, Self

from tracker.rules.text import Choice


class Family(Choice):
    """The five groups of statuses that public counts use."""

    MET = "met", "Met", "every published test is met"
    PARTLY_MET = "partly_met", "Partly met", "at least one test is met, and at least one is not met or unknown"
    OPEN = "open", "Open", "no test is known to be met, and it has not ended"
    ENDED = "ended", "Ended without it", "refused, fallen, undone, or no longer possible as worded"
    NOT_COUNTED = "not_counted", "Not counted", "nothing to measure, or replaced by another ask"


class Status(Choice):
    """Where an ask stands: what that means in public and what not, what it takes, and a reason as one could give it."""

    family: Family
    does_not_mean: str
    takes: str
    example: str

    def __new__(cls, key: str, *told: Any) -> Self:
        status = str.__new__(cls, key)
        status._value_ = key
        status.label, status.family, status.means, status.does_not_mean, status.takes, status.example = told
        return status

    NOT_STARTED = (
        "not_started",
        "Not started",
        Family.OPEN,
        "We looked and found no public step towards what was asked.",
        "It does not mean that nothing is happening in private.",
        "No test is met, and the reason says where we looked.",
        "We searched GOV.UK and Hansard up to 3 May 2026 and found no bill, statement or consultation.",
    )
    ANNOUNCED = (
        "announced",
        "Announced",
        Family.OPEN,
        "A minister or a department has said on the record that it will be done, or has published a draft.",
        "It does not mean that a bill exists, or that the promise will be kept.",
        "Evidence that is an official record or a government claim.",
        "The Home Secretary told the Commons on 9 March 2026 that a bill would come before the summer.",
    )
    IN_PARLIAMENT = (
        "in_parliament",
        "In Parliament",
        Family.OPEN,
        "A bill or an instrument that would do it is before Parliament and is not yet law.",
        "It does not mean that the bill will pass, or that it will pass with this part in it.",
        "A linked bill or instrument that was not yet law on the date of the change.",
        "Clause 4 of the bill would open the register; it has passed its second reading in the Commons.",
    )
    LAW_NOT_IN_FORCE = (
        "law_not_in_force",
        "Law passed, not in force",
        Family.OPEN,
        "The law has been enacted or made, but the part that matters has not begun to apply.",
        "It does not mean that anything has changed in practice.",
        "Linked legislation enacted or made by that date, none that delivers the ask in force, and no test met.",
        "Section 4 of the Act opens the register; by 3 May 2026 no regulations had brought it into force.",
    )
    IN_FORCE = (
        "in_force",
        "In force, ask not yet met",
        Family.OPEN,
        "A law that serves the ask applies, but none of the tests by which we judge the ask is met.",
        "It does not mean that the law is used, or that it works.",
        "A linked law that delivers, partly delivers, enables or amends, in force on that date and not ended, and no "
        "test met.",
        "The regulations have applied since 1 April 2026; no order has been made under them yet.",
    )
    PARTLY_MET = (
        "partly_met",
        "Partly met",
        Family.PARTLY_MET,
        "At least one of the tests is met, and at least one is not, or is not known to be.",
        "It does not mean that the rest will follow.",
        "At least one test met, and at least one not met or not known.",
        "The register is open for companies since 1 April 2026; trusts are still left out.",
    )
    MET = (
        "met",
        "Met",
        Family.MET,
        "Every test by which we judge the ask is met.",
        "It does not mean that the results are good, or that the work is finished for ever.",
        "Every test met, and evidence beyond a government claim.",
        "Anybody has been able to read the whole register since 1 April 2026, as two newspapers found by doing so.",
    )
    REJECTED = (
        "rejected",
        "Rejected",
        Family.ENDED,
        "The government refused it on the record, or Parliament voted it down.",
        "It does not mean that it can never return.",
        "Evidence that is an official record or a government claim.",
        "The minister wrote in an answer of 9 March 2026 that the Government will not open the register.",
    )
    LAPSED = (
        "lapsed",
        "Lapsed",
        Family.ENDED,
        "The bill that would have done it fell, and no other route is live.",
        "It does not mean that anybody voted against it.",
        "A linked bill that had fallen by that date, and no other linked bill still alive.",
        "The bill fell when Parliament was dissolved on 30 May 2024, and nobody has brought it back.",
    )
    REVERSED = (
        "reversed",
        "Reversed",
        Family.ENDED,
        "It had been in force, partly met or met, and was undone.",
        "It does not mean that it had never worked.",
        "An earlier status of in force, partly met or met.",
        "The register that had opened in 2020 was closed to the public on 22 November 2022.",
    )
    OVERTAKEN = (
        "overtaken",
        "Overtaken",
        Family.ENDED,
        "Events have made it impossible as it was worded.",
        "It does not mean that a similar ask would be impossible.",
        "The tests must not all be met.",
        "The office that was to get the power was abolished on 1 April 2026.",
    )
    SUPERSEDED = (
        "superseded",
        "Superseded",
        Family.NOT_COUNTED,
        "We replaced this ask by another, which the entry names.",
        "It does not mean that it was met or refused; we never use it to hide that something failed.",
        "The ask that replaces it.",
        "The ask “Open the register of trusts” replaces this one: it says which trusts are meant.",
    )
    CANNOT_BE_JUDGED = (
        "cannot_be_judged",
        "Cannot be judged",
        Family.NOT_COUNTED,
        "There is nothing in it that can be tested with evidence.",
        "It does not mean that we agree or disagree with it.",
        "The reason says what would settle it, and at least one test has no answer.",
        "The source names no step that one could look for; a list of steps by its author would settle it.",
    )


STATUSES_OF: Mapping[Family, tuple[Status, ...]] = {
    family: tuple(status for status in Status if status.family is family) for family in Family
}
# In the order of statuses those of one family stand together, the met ones first.
STATUS_ORDER: tuple[Status, ...] = tuple(status for family in Family for status in STATUSES_OF[family])
