"""Where things stand in charts: across in per cent of the width, down in pixels, so that words keep their size.

Templates only write down what is worked out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from tracker.queries.public.counts import YearCounts
from tracker.queries.public.records import AskLine
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family

NO_STATUS = "no_status"
FAMILIES = {family.value: family.label for family in Family}
BANDS = {**FAMILIES, NO_STATUS: "No status yet"}
THINNEST_SHARE = 1.2
LINES_UP_TO = 60
# The years: the drawing is so high, and on the narrowest screen so wide.
TOP, HEIGHT, NARROWEST = 4, 172, 288
STEPS_HEIGHT = 80
LOWEST_WITH_FIGURE, CHARACTER, LOWEST = 14, 7, 2
COLUMN_SHARE = 0.86
MANY_ASKS = 24
ALL_NAMED, EVERY_SECOND = 12, 24
STEPS = (1, 2, 5)
# When a status last changed, how many did in that year, and how many asks were met when this year began.
LastChange = tuple[PartialDate | None, int, int]


class Axis(NamedTuple):
    """The years from left to right, each as wide as the others."""

    first: int
    last: int

    @property
    def years(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def width(self) -> float:
        """The width of one year."""
        return 100 / len(self.years)

    def at(self, day: date) -> float:
        """Where a day begins; a day outside stands at the nearer edge."""
        if day.year < self.first:
            return 0.0
        if day.year > self.last:
            return 100.0
        begin = date(day.year, 1, 1)
        length = (date(day.year, 12, 31) - begin).days + 1
        return round((day.year - self.first + (day - begin).days / length) * self.width, 2)

    def middle(self, year: int) -> float:
        """The middle of a year."""
        return round((year - self.first + 0.5) * self.width, 2)

    def point(self, when: PartialDate) -> float:
        """Where a date stands: a month or a year of which no day is known at its middle."""
        return round((self.at(when.first_day) + self.at(when.last_day)) / 2, 2)

    def label(self, year: int) -> str:
        """The name of a year, empty where there is no room: in full the first and the last, in short those between."""
        number = len(self.years)
        step = STEPS[(number > ALL_NAMED) + (number > EVERY_SECOND)]
        if (self.last - year) % step:
            return ""
        return str(year) if year in {self.first, self.last} else f"’{year % 100:02}"


class Share(NamedTuple):
    """A family's part of the bar of all asks, with the places of the lines between its asks."""

    band: str
    x: float
    width: float
    units: tuple[float, ...]


class Box(NamedTuple):
    """A family's part of a column; `figure` is empty where it has no room."""

    band: str
    y: float
    height: float
    figure: str


class YearColumn(NamedTuple):
    """How the asks stood at the end of a year; `sum` is empty where it is not drawn."""

    year: int
    x: float
    middle: float
    label: str
    boxes: tuple[Box, ...]
    sum: str
    top: float


class YearsChart(NamedTuple):
    """The asks by status, year by year. `grid` are the heights of its lines, `rows` the figures."""

    title: str
    width: float
    columns: tuple[YearColumn, ...]
    grid: tuple[float, ...]
    rows: tuple[tuple[int, tuple[int, ...], int], ...]


class StepChart(NamedTuple):
    """A number over time: where each step begins, how wide it is, its top and its height, in the order of time."""

    axis: Axis
    steps: tuple[tuple[float, float, float, float], ...]


def step_chart(steps: Sequence[tuple[date, int]], today: date) -> StepChart | None:
    """Draw a number that changed on these days; None where it never did."""
    if not steps:
        return None
    axis, highest = Axis(steps[0][0].year, today.year), max(number for _, number in steps)
    ends = [*(axis.at(day) for day, _ in steps[1:]), axis.at(today)]
    drawn = []
    for (day, number), end in zip(steps, ends, strict=True):
        x, height = axis.at(day), number * STEPS_HEIGHT / max(highest, 1)
        drawn.append((x, round(end - x, 2), round(TOP + STEPS_HEIGHT - height, 1), round(height, 1)))
    return StepChart(axis, tuple(drawn))


def headline(families: Mapping[Family, int], years: set[int]) -> str:
    """Return what the first page says above all: "Eleven things were asked in 2018. Three were done."."""
    total, met = sum(families.values()), families.get(Family.MET, 0)
    when = f" in {next(iter(years))}" if len(years) == 1 else ""
    asked = "One thing was asked" if total == 1 else f"{in_words(total)} things were asked"
    if total == 1:
        done = "It was done" if met else "It is not done yet"
    elif met == total:
        done = "All were done"
    else:
        done = "None is done yet" if not met else "One was done" if met == 1 else f"{in_words(met)} were done"
    return f"{asked}{when}. {done}."


def in_words(number: int) -> str:
    """A number as a sentence begins with it: in words up to twelve."""
    words = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()  # noqa: SIM905
    return words[number] if number < len(words) else f"{number:,}"


def shares(families: Mapping[Family, int]) -> tuple[Share, ...]:
    """The bar of all asks: each family as wide as its number of asks, and never too thin to be seen."""
    total = sum(families.values())
    widths = {family: max(number * 100 / total, THINNEST_SHARE) for family, number in families.items() if number}
    whole, x, found = sum(widths.values()), 0.0, []
    for family, wide in widths.items():
        width, number = wide * 100 / whole, families[family]
        units = tuple(round(x + width * unit / number, 2) for unit in range(1, number)) if total <= LINES_UP_TO else ()
        found.append(Share(family.value, round(x, 2), round(width, 2), units))
        x += width
    return tuple(found)


def years_chart(years: Sequence[YearCounts], changed: LastChange, today: date) -> YearsChart | None:
    """A column a year from that of the first ask up to this one; None without asks."""
    if not years:
        return None
    axis, known, last = Axis(years[0].year, today.year), {counts.year: counts for counts in years}, years[0]
    for year in axis.years:
        last = known.setdefault(year, replace(last, year=year))
    highest = max(known[year].total for year in axis.years)
    columns = tuple(_column(axis, known[year], highest) for year in axis.years)
    rows = tuple((year, tuple(_numbers(known[year]).values()), known[year].total) for year in axis.years)
    grid = tuple(round(TOP + HEIGHT * part / 4, 1) for part in range(4)) if highest > MANY_ASKS else ()
    return YearsChart(_title(known, changed, today), round(axis.width * COLUMN_SHARE, 2), columns, grid, rows)


def _title(known: Mapping[int, YearCounts], changed: LastChange, today: date) -> str:
    """The finding of the chart."""
    last, number, met = changed
    if last is None:
        return "No status has changed yet"
    if (today - last.last_day).days > 365:
        month = PartialDate(last.text[:7])
        return f"No status has changed since {month.in_words}"
    more = known[today.year].families[Family.MET] - met
    if today.year - 1 in known and more > 0:
        return f"{in_words(more)} more {'has' if more == 1 else 'have'} been met since the end of {today.year - 1}"
    return f"{in_words(number)} {'status' if number == 1 else 'statuses'} changed in {last.first_day.year}"


def _numbers(counts: YearCounts) -> dict[str, int]:
    """The numbers by band, in the order of the bands."""
    return {family.value: counts.families.get(family, 0) for family in Family} | {NO_STATUS: counts.no_status}


def _column(axis: Axis, counts: YearCounts, highest: int) -> YearColumn:
    """The families from the bottom up; asks without a status lie above those that are open."""
    order = (Family.MET, Family.PARTLY_MET, Family.OPEN, NO_STATUS, Family.ENDED, Family.NOT_COUNTED)
    numbers, room = _numbers(counts), NARROWEST * axis.width / 100 * COLUMN_SHARE
    boxes, bottom = [], float(TOP + HEIGHT)
    for band, number in ((str(band), numbers[band]) for band in order if numbers[band]):
        figure, height = f"{number:,}", max(number * HEIGHT / highest, LOWEST)
        bottom -= height
        fits = height >= LOWEST_WITH_FIGURE and len(figure) * CHARACTER <= room
        boxes.append(Box(band, round(bottom, 1), round(height, 1), figure if fits else ""))
    year, middle, total = counts.year, axis.middle(counts.year), f"{counts.total:,}"
    has_sum = highest > MANY_ASKS and counts.total and (len(total) * CHARACTER <= room or year == axis.last)
    x = round(middle - axis.width * COLUMN_SHARE / 2, 2)
    return YearColumn(year, x, middle, axis.label(year), tuple(boxes), total if has_sum else "", round(bottom, 1))


def strip(line: AskLine, first: int, today: date) -> tuple[tuple[str, float, float], ...]:
    """The history of an ask in a list: (family, where it begins, how wide it is), one after another."""
    axis, ends = Axis(min(first, today.year), today.year), [begins_on for begins_on, _ in line.history[1:]]
    now = axis.at(today)
    found = []
    for (begins_on, status), end in zip(line.history, [*map(axis.at, ends), now], strict=True):
        x = axis.at(begins_on)
        if end > x:
            found.append((status.family.value, x, round(end - x, 2)))
    return tuple(found)
