"""How far a law had come on a day."""

from datetime import date

import pytest

from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Stage, stage_on

BILL = ("2018-01-25", "2018-05-23", None)
FALLEN = ("2018-01-25", None, "2019-11-06")


@pytest.mark.parametrize(
    ("dates", "day", "stage"),
    [
        ((None, None, None), "2018-01-01", Stage.UNDATED),
        (BILL, "2018-01-24", Stage.EXPECTED),
        (BILL, "2018-01-25", Stage.INTRODUCED),
        (BILL, "2018-05-22", Stage.INTRODUCED),
        (BILL, "2018-05-23", Stage.LAW),
        (FALLEN, "2019-11-05", Stage.INTRODUCED),
        (FALLEN, "2019-11-06", Stage.FALLEN),
        ((None, "2018-01", None), "2017-12-31", Stage.EXPECTED),
        ((None, "2018-01", None), "2018-01-01", Stage.LAW),
        ((None, None, "2019"), "2019-01-01", Stage.FALLEN),
    ],
)
def test_the_last_date_that_was_reached_tells_the_stage(
    dates: tuple[str | None, str | None, str | None], day: str, stage: Stage
) -> None:
    introduced, enacted, lapsed = (PartialDate(text) if text else None for text in dates)
    assert stage_on(date.fromisoformat(day), introduced, enacted, lapsed) is stage


def test_every_stage_has_words_of_its_own() -> None:
    assert len({stage.label for stage in Stage}) == len(Stage)
