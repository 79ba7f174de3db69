"""How far a law had come on a day, as far as its dates tell."""

from datetime import date
from enum import StrEnum

from tracker.rules.dates import PartialDate


class Stage(StrEnum):
    """A law's place on its way; UNDATED where none of its dates is known."""

    UNDATED = "undated"
    EXPECTED = "expected"
    INTRODUCED = "introduced"
    LAW = "law"
    FALLEN = "fallen"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.UNDATED: "Its dates are not recorded here",
    Stage.EXPECTED: "Not introduced yet",
    Stage.INTRODUCED: "Introduced, not law",
    Stage.LAW: "Law",
    Stage.FALLEN: "Fell, so not law",
}


def stage_on(
    day: date, introduced_on: PartialDate | None, enacted_on: PartialDate | None, lapsed_on: PartialDate | None
) -> Stage:
    """The stage of a law with these dates; a date known to the month counts from its first day."""
    for stage, reached_on in ((Stage.FALLEN, lapsed_on), (Stage.LAW, enacted_on), (Stage.INTRODUCED, introduced_on)):
        if reached_on and reached_on.first_day <= day:
            return stage
    return Stage.EXPECTED if introduced_on or enacted_on or lapsed_on else Stage.UNDATED
