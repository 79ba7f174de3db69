"""The day of `?on=`: one way to write it, and a sentence for everything else."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tracker.clock import today
from tracker.queries.public.filters import UnknownFilter
from tracker.web.addresses import day_asked_for


def asked(text: str) -> date | None:
    with Flask(__name__).test_request_context("/", query_string={"on": text}):
        return day_asked_for()


@pytest.mark.parametrize("text", ["2019-06-30", "1900-01-01", "2020-02-29"])
def test_a_day_is_read(text: str) -> None:
    assert asked(text) == date.fromisoformat(text)


def test_the_last_day_to_ask_for_is_today() -> None:
    day = today()
    assert asked(day.isoformat()) == day
    with pytest.raises(UnknownFilter, match=f"and today, {day}"):
        asked((day + timedelta(days=1)).isoformat())


def test_no_day_means_the_present() -> None:
    assert asked("") is None
    with Flask(__name__).test_request_context("/"):
        assert day_asked_for() is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2019", "Write the day"),
        ("2019-06", "Write the day"),
        ("2019-6-30", "Write the day"),
        ("20190630", "Write the day"),
        ("2019-W26-7", "Write the day"),
        ("30 June 2019", "Write the day"),
        ("30/06/2019", "Write the day"),
        ("2019-06-30T12:00", "Write the day"),
        ("2019-06-30\n", "Write the day"),
        ("٢٠١٩-٠٦-٣٠", "Write the day"),
        ("２０１９-06-30", "Write the day"),
        (" 2019-06-30", "Write the day"),
        ("\x00", "Write the day"),
        ("today", "Write the day"),
        ("x" * 10_000, "Write the day"),
        ("2019-02-29", "There is no such day as 2019-02-29"),
        ("2019-13-01", "There is no such day"),
        ("0000-01-01", "There is no such day"),
        ("1899-12-31", "Choose a day between 1900-01-01 and today"),
        ("9999-12-31", "Choose a day"),
    ],
)
def test_what_is_no_day_of_the_past_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(UnknownFilter, match=sentence) as refused:
        asked(text)
    assert len(str(refused.value)) < 120
