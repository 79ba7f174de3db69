"""Dates that may be known to the day, the month or only the year."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.dates import FIRST_YEAR, LAST_YEAR, PartialDate

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(date.isoformat)
TEXTS = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda pair: pair[0][: pair[1]])
TYPED = {
    "2018-03-19": [
        "19 March 2018", " 2018-03-19\n", "19\u00a0March\u202f2018", "19\tMarch\u200b 2018\u202c", "19-Mar-2018",
        "March 19th 2018.", "Monday, 19 March 2018", "2018/3/19", "2018\u201103\u201119",
    ],
    "2018-03": ["march 2018", "2018-3", "2018–03"],
    "2018-03-09": ["09 mar 2018"], "2018-09": ["Sept. 2018"],
    "2018-05-01": ["1st of May, 2018"], "2019-05-01": ["1  May  2019"],
    "2024-05-13": ["13.5.2024", "5/13/2024"], "2024-05-05": ["5/5/2024"],
}  # fmt: skip
REFUSED = {
    "Write the date as": [
        "", "-", "soon", "18", "201", "20180", "19/03/18", "19/3-2018", "today", "yesterday",
        "2018-03-19T00:00", "2018-03-", "+2018", "-2018", "20 18", "2018-W12", "2018-078",
        "March", "19 March", "19 Marchember 2018", "Monday", "19 March 18", "Mo 19 March 2018",
        "２０１８", "٢٠١٨-٠٣", "2018\x00",
    ],
    "There is no such date as {}": [
        "2018-02-29", "1900-02-29", "2018-04-31", "2018-13", "2018-13-01", "2018-00", "2018-00-10", "2018-03-00",
        "2018-03-32", "31 February 2018", "0 March 2018", "99 May 2018", "0/3/2018", "31/2/2018", "2018/2/30",
    ],
    "between 1200 and 2199.": ["0000", "0001", "0000-00-00", "1199-12-31", "2200", "9999-12-31", "May 0018"],
    "“{}” can be read as 3 April 2024 or as 4 March 2024. Write the one that is meant.": ["3/4/2024"],
    "“{}” can be read as 12 January 2018 or as 1 December 2018. Write the one that is meant.": ["12.01.2018"],
    "19 March 2018 is no Tuesday. Correct one of the two.": ["Tuesday 19 March 2018"],
    "March 2018 is no Monday. Correct one of the two.": ["Monday March 2018"],
}  # fmt: skip


def refusal(text: str) -> str:
    """The sentence with which a text is refused; empty when it is a date."""
    try:
        PartialDate.parse(text)
    except ValueError as error:
        return str(error)
    return ""


@given(TEXTS, TEXTS)
def test_a_date_is_read_as_it_prints_means_what_is_known_and_sorts_in_the_order_of_time(text: str, other: str) -> None:
    value, second = PartialDate.parse(text), PartialDate.parse(other)
    assert str(value) == value.text == text
    assert PartialDate.parse(value.in_words) == value
    length = len(text)
    assert value.first_day.isoformat()[:length] == value.last_day.isoformat()[:length] == text
    assert (value.first_day - timedelta(days=1)).isoformat()[:length] != text
    assert (value.last_day + timedelta(days=1)).isoformat()[:length] != text
    if value.first_day != second.first_day:
        assert (value < second) == (value.first_day < second.first_day)


@given(st.text() | st.from_regex(r"\A[0-9]{0,4}[- ]?[0-9A-Za-z]{0,3}[- ]?[0-9]{0,4}\Z"))
def test_any_text_is_a_date_or_is_refused_with_a_sentence(text: str) -> None:
    if sentence := refusal(text):
        assert sentence.endswith(".")
    else:
        value = PartialDate.parse(text)
        assert value.first_day <= value.last_day


def test_the_precision_is_kept_and_the_missing_part_never_invented() -> None:
    told = {
        "1200": ("year", "1200"),
        "2020-02": ("month", "February 2020"),
        "2199-12-31": ("day", "31 December 2199"),
    }
    assert {text: ((it := PartialDate.parse(text)).precision, it.in_words) for text in told} == told


def test_a_date_may_be_typed_as_people_write_it_and_what_is_none_or_two_is_refused_with_the_reason() -> None:
    for text, all_typed in TYPED.items():
        assert [(typed, PartialDate.parse(typed).text) for typed in all_typed] == [(typed, text) for typed in all_typed]
    for says, texts in REFUSED.items():
        assert [text for text in texts if says.format(text) not in refusal(text)] == []
    assert PartialDate.parse("Today", date(2018, 3, 1)).text == "2018-03-01"
    assert PartialDate.parse(" yesterday", date(2018, 3, 1)).text == "2018-02-28"


def test_a_date_may_be_by_another_when_its_first_day_is_not_after_the_others_last() -> None:
    may_be = [("2018-03-19", "2018-03-19"), ("2018-03-31", "2018-03"), ("2018", "2018-01-01"), ("2018-12-31", "2018")]
    cannot = [("2018-03-19", "2018-03-18"), ("2018-04", "2018-03-31"), ("2019", "2018")]
    assert [pair for pair in may_be + cannot if PartialDate(pair[0]).may_be_by(PartialDate(pair[1]))] == may_be
