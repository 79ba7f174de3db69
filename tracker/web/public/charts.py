"""Where things stand in charts: across in per cent of the width, down in lines of text.

So a chart fits every screen without its words shrinking. Templates only write down what is worked out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.queries.public.counts import YearCounts
from tracker.rules.status import Family

MOST_LABELS = 14
FULL_LABELS = 7
CLOSE_LABELS = 10
STEPS = (1, 2, 5, 10, 20, 50, 100, 500, 1000)
CHART_LINES = 16.0
COLUMN_SHARE = 0.86


@dataclass(frozen=True)
class YearMark:
    """A year on an axis: where it begins, its middle, and its label, which is empty where there is no room.

    A tight label is left out on the narrowest screens.
    """

    year: int
    x: float
    middle: float
    label: str
    label_x: float
    anchor: str
    is_tight: bool


@dataclass(frozen=True)
class Axis:
    """The years from left to right, each as wide as the others."""

    first: int
    last: int

    @property
    def width(self) -> float:
        """The width of one year."""
        return 100 / (self.last - self.first + 1)

    def at(self, day: date) -> float:
        """Where a day begins; a day outside stands at the nearer edge."""
        if day.year < self.first:
            return 0.0
        if day.year > self.last:
            return 100.0
        begin = date(day.year, 1, 1)
        length = (date(day.year, 12, 31) - begin).days + 1
        return round((day.year - self.first + (day - begin).days / length) * self.width, 2)

    @property
    def marks(self) -> tuple[YearMark, ...]:
        """Each year; the first and the last are always labelled in full, those between in short if they fit."""
        return tuple(self._mark(year) for year in range(self.first, self.last + 1))

    def _mark(self, year: int) -> YearMark:
        x = round((year - self.first) * self.width, 2)
        middle = round((year - self.first + 0.5) * self.width, 2)
        label_x, anchor = middle, "middle"
        is_close = self.last - self.first >= CLOSE_LABELS
        if is_close and year in (self.first, self.last):
            label_x, anchor = (0, "start") if year == self.first else (100, "end")
        is_tight = is_close and year in (self.first + 1, self.last - 1)
        return YearMark(year, x, middle, self._label(year), label_x, anchor, is_tight)

    def _label(self, year: int) -> str:
        years = self.last - self.first + 1
        if years <= FULL_LABELS or year in (self.first, self.last):
            return str(year)
        step = next((step for step in STEPS if years / step <= MOST_LABELS), years)
        is_near_end = step > 1 and min(year - self.first, self.last - year) < step
        return "" if year % step or is_near_end else f"’{year % 100:02}"


@dataclass(frozen=True)
class Segment:
    """A family's share of a column: from `y` down, in lines of text."""

    family: Family
    count: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return round(self.y + self.height / 2, 2)


@dataclass(frozen=True)
class YearColumn:
    """How many asks stood where at the end of a year."""

    mark: YearMark
    x: float
    width: float
    counts: Mapping[Family, int]
    segments: tuple[Segment, ...]
    is_so_far: bool


@dataclass(frozen=True)
class YearsChart:
    """The statuses of all asks, year by year."""

    columns: tuple[YearColumn, ...]
    families: tuple[Family, ...]
    has_numbers: bool
    height: float = CHART_LINES


def years_chart(years: Sequence[YearCounts], this_year: int) -> YearsChart | None:
    """A column a year up to this one: after the last change all stays as it was. None without asks."""
    counts = {year.year: year.families for year in years}
    if counts:
        counts |= dict.fromkeys(range(max(counts) + 1, this_year + 1), counts[max(counts)])
    highest = max((sum(families.values()) for families in counts.values()), default=0)
    if not highest:
        return None
    axis = Axis(min(counts), max(counts))
    columns = tuple(
        _column(mark, axis.width, counts.get(mark.year, {}), highest, mark.year == this_year) for mark in axis.marks
    )
    seen = tuple(family for family in Family if any(families.get(family) for families in counts.values()))
    return YearsChart(columns, seen, has_numbers=len(columns) <= MOST_LABELS)


def _column(mark: YearMark, slot: float, counts: Mapping[Family, int], highest: int, is_so_far: bool) -> YearColumn:
    return YearColumn(
        mark,
        x=round(mark.x + slot * (1 - COLUMN_SHARE) / 2, 2),
        width=round(slot * COLUMN_SHARE, 2),
        counts=counts,
        segments=_stacked([(family, counts[family]) for family in Family if counts.get(family)], highest),
        is_so_far=is_so_far,
    )


def _stacked(counts: Sequence[tuple[Family, int]], highest: int) -> tuple[Segment, ...]:
    """The families from the bottom up, in the order of `Family`."""
    segments, below = [], 0
    for family, count in counts:
        height = count * CHART_LINES / highest
        y = CHART_LINES * (1 - below / highest) - height
        segments.append(Segment(family, count, round(y, 2), round(height, 2)))
        below += count
    return tuple(segments)
