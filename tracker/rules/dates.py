"""Dates that may be known to the day, the month or only the year; the missing part is never invented."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

FIRST_YEAR, LAST_YEAR = 1200, 2199
SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
DAY_WORDS = re.compile(r"(\d{1,2}) +([A-Za-z]+) +(\d{4})|([A-Za-z]+) +(\d{4})", re.ASCII)
PRECISIONS = {4: "year", 7: "month", 10: "day"}
HELP = "Write the date as 2018-03-19 or 19 March 2018. A month (2018-03) or a year (2018) will do."


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date as an ISO string of 4, 7 or 10 characters. The strings sort in the order of time."""

    text: str

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read "2018", "2018-03", "2018-03-19", "March 2018" or "19 March 2018"; ValueError with a sentence."""
        shape = SHAPE.fullmatch(_iso(text.strip()))
        if not shape:
            raise ValueError(HELP)
        year, month, day = (int(part) if part else None for part in shape.groups())
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
        try:
            date(year, 1 if month is None else month, 1 if day is None else day)
        except ValueError:
            raise ValueError(f"There is no such date as {text.strip()[:20]}.") from None
        return cls(shape.group())

    @property
    def precision(self) -> str:
        """Answer "day", "month" or "year"."""
        return PRECISIONS[len(self.text)]

    @property
    def first_day(self) -> date:
        """The earliest day that it can mean."""
        year, month, day = (*map(int, self.text.split("-")), 1, 1)[:3]
        return date(year, month, day)

    @property
    def last_day(self) -> date:
        """The latest day that it can mean."""
        first = self.first_day
        if self.precision == "year":
            return date(first.year, 12, 31)
        if self.precision == "month":
            return date(first.year, first.month, calendar.monthrange(first.year, first.month)[1])
        return first

    @property
    def in_words(self) -> str:
        """For people: "6 July 2020", "February 2020" or "2025"."""
        first = self.first_day
        month = calendar.month_name[first.month]
        return {
            "day": f"{first.day} {month} {first.year}",
            "month": f"{month} {first.year}",
            "year": str(first.year),
        }[self.precision]

    def may_be_by(self, other: "PartialDate") -> bool:
        """Whether it can have come before the end of the other date."""
        return self.first_day <= other.last_day

    def __str__(self) -> str:
        return self.text


def check_not_future(value: PartialDate, today: date) -> str | None:
    """Why a thing said to have happened cannot have happened yet, or None."""
    return "This date lies in the future." if value.first_day > today else None


def _iso(text: str) -> str:
    """Turn "19 March 2018" into "2018-03-19"; anything else comes back unchanged."""
    words = DAY_WORDS.fullmatch(text)
    if not words:
        return text
    day, month_of_day, year_of_day, month, year = words.groups()
    names = [name.casefold() for name in calendar.month_name]
    short_names = [name.casefold() for name in calendar.month_abbr]
    name = (month_of_day or month).casefold()
    if name not in names and name not in short_names:
        return text
    number = names.index(name) if name in names else short_names.index(name)
    return f"{year_of_day}-{number:02}-{int(day):02}" if day else f"{year}-{number:02}"
