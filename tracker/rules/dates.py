"""Dates that may be known to the day, the month or only the year; the missing part is never invented."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from tracker.rules.text import without_invisible

FIRST_YEAR, LAST_YEAR = 1200, 2199
SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
DAY, MONTH, YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]+)\.?", r"(?P<year>\d{4})"
IN_WORDS = [
    re.compile(pattern, re.ASCII) for pattern in (rf"(?:{DAY}[ -](?:of )?)?{MONTH}[ -]{YEAR}", rf"{MONTH} {DAY} {YEAR}")
]
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
WEEKDAYS = [name.casefold() for name in calendar.day_name]
HYPHENS = dict.fromkeys(range(0x2010, 0x2015), "-") | {0x2212: "-", ord(","): " "}
PRECISIONS = {4: "year", 7: "month", 10: "day"}
HELP = "Write the date as 2018-03-19 or 19 March 2018. A month (2018-03) or a year (2018) will do."


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date as an ISO string of 4, 7 or 10 characters. The strings sort in the order of time.

    The rows of a list share the same few thousand dates, so each works out only once what it means.
    """

    text: str

    @classmethod
    def parse(cls, text: str, today: date | None = None) -> "PartialDate":
        """Return the date that a person wrote, if it has one reading; else raises ValueError with a sentence.

        With `today` it may be "today" or "yesterday".
        """
        plain = " ".join(without_invisible(text).translate(HYPHENS).casefold().split()).rstrip(".")
        if today and plain in {"today", "yesterday"}:
            return cls((today - timedelta(days=plain == "yesterday")).isoformat())
        weekday, _, rest = plain.partition(" ")
        if weekday in WEEKDAYS:
            value = cls.parse(rest)
            if value.precision != "day" or WEEKDAYS[value.first_day.weekday()] != weekday:
                raise ValueError(f"{value.in_words} is no {weekday.capitalize()}. Correct one of the two.")
            return value
        shape = SHAPE.fullmatch(_iso(plain))
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
        """Return "day", "month" or "year"."""
        return PRECISIONS[len(self.text)]

    @cached_property
    def first_day(self) -> date:
        """Return the earliest day that it can mean."""
        year, month, day = (*map(int, self.text.split("-")), 1, 1)[:3]
        return date(year, month, day)

    @cached_property
    def last_day(self) -> date:
        """Return the latest day that it can mean."""
        first = self.first_day
        if self.precision == "day":
            return first
        month = 12 if self.precision == "year" else first.month
        return date(first.year, month, calendar.monthrange(first.year, month)[1])

    @cached_property
    def in_words(self) -> str:
        """Return for people: "6 July 2020", "February 2020" or "2025"."""
        first = self.first_day
        month = calendar.month_name[first.month]
        return {
            "day": f"{first.day} {month} {first.year}",
            "month": f"{month} {first.year}",
            "year": str(first.year),
        }[self.precision]

    def may_be_by(self, other: "PartialDate") -> bool:
        """True if it can have come before the end of the other date."""
        return self.first_day <= other.last_day

    def __str__(self) -> str:
        return self.text


def _iso(text: str) -> str:
    """Return "2018-03-19" for "19 march 2018" or "19/3/2018"; anything else comes back unchanged."""
    for pattern in IN_WORDS:
        if (words := pattern.fullmatch(text)) and (month := MONTHS.get(words["month"])):
            return f"{words['year']}-{month:02}" + (f"-{int(words['day']):02}" if words["day"] else "")
    if figures := YEAR_FIRST.fullmatch(text):
        return "-".join(part.zfill(2) for part in figures.group(1, 3, 4) if part)
    if not (figures := YEAR_LAST.fullmatch(text)):
        return text
    first, second, year = int(figures[1]), int(figures[3]), figures[4]
    readings = [f"{year}-{month:02}-{day:02}" for day, month in ((first, second), (second, first)) if month <= 12]
    if len(set(readings)) == 2 and first and second:
        one, other = (PartialDate(reading).in_words for reading in readings)
        raise ValueError(f"“{text}” can be read as {one} or as {other}. Write the one that is meant.")
    return readings[0] if readings else text
