"""The time line of an ask: its status, the law by place and its tests, drawn on one axis of years."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.queries.public.records import PublicAsk, PublicLink, PublicTest, StoryEntry
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.web.public.charts import Axis

MOST_YEARS_BEFORE = 5
MOST_YEARS_AHEAD = 3
THINNEST = 0.4
NEAR_LEFT, NEAR_RIGHT = 40, 60


@dataclass(frozen=True)
class Span:
    """A stretch of the axis."""

    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """Something that was so for a time.

    `unsure` is the stretch in which it began when only the month or the year is known. `tail` leads from our last
    check to today: nobody has looked since. `look` is a family, or "law", or "planned".
    """

    look: str
    span: Span
    unsure: Span | None = None
    tail: Span | None = None


@dataclass(frozen=True)
class Flag:
    """A day with words on it; `span` has a width where the day is not known, `anchor` keeps the words on the page."""

    look: str
    words: str
    span: Span
    row: int

    @property
    def anchor(self) -> str:
        return "start" if self.span.x <= NEAR_LEFT else "end" if self.span.x >= NEAR_RIGHT else "middle"


@dataclass(frozen=True)
class Spell:
    """How long the ask stood at a status, by the entry of that key; `end` is None for the present one."""

    key: str
    status: Status
    start: PartialDate
    end: PartialDate | None
    bar: Bar


@dataclass(frozen=True)
class PlaceLane:
    """Since when law is in force in a place: the first date, and the dates of what was added."""

    place: str
    dates: tuple[PartialDate, ...]
    bar: Bar
    later: tuple[Span, ...]


@dataclass(frozen=True)
class TestLane:
    """When a test was met; `found` are the days on which one that was never met was seen not to be."""

    test: PublicTest
    bars: tuple[Bar, ...]
    found: tuple[Span, ...]


@dataclass(frozen=True)
class TimeLine:
    """Everything that the figure shows."""

    axis: Axis
    marks: tuple[Flag, ...]
    spells: tuple[Spell, ...]
    flags: tuple[Flag, ...]
    entries: tuple[Span, ...]
    places: tuple[PlaceLane, ...]
    tests: tuple[TestLane, ...]
    known_until: date


@dataclass(frozen=True)
class _Scale:
    """Puts dates on the axis."""

    axis: Axis
    known_until: date
    today: date

    def span(self, start: date, end: date) -> Span:
        x = min(self.axis.at(start), 100 - THINNEST)
        return Span(x, round(max(self.axis.at(end) - x, THINNEST), 2))

    def point(self, when: PartialDate) -> Span:
        """A day has no width; a month or a year is the whole of it."""
        x = self.axis.at(when.first_day)
        return Span(x, 0.0 if when.precision == "day" else round(self.axis.at(when.last_day) - x, 2))

    def bar(self, look: str, start: PartialDate | None, end: PartialDate | None = None) -> Bar:
        """From the first day that the start can mean (None: before the axis) to the end, or to our last check."""
        begin = start.first_day if start else date(self.axis.first, 1, 1)
        if begin > self.today:
            return Bar("planned", self.span(begin, date(self.axis.last, 12, 31)))
        known = end.first_day if end else max(self.known_until, begin)
        unsure = self.span(begin, min(start.last_day, known)) if start and start.precision != "day" else None
        tail = self.span(known, self.today) if end is None and known < self.today else None
        return Bar(look, self.span(begin, known), unsure, tail)


@dataclass
class _Since:
    """What is known of a place while its links are read."""

    dates: set[PartialDate] = field(default_factory=set)
    ends: set[PartialDate | None] = field(default_factory=set)


def time_line(ask: PublicAsk, today: date) -> TimeLine:
    """Draw an ask as it is known on a day."""
    story = [entry for entry in reversed(ask.story) if not entry.corrected_by]
    dates = [entry.happened_on for entry in story] + [link.in_force_on for link in ask.links if link.in_force_on]
    asked = ask.source.published_on
    scale = _Scale(_axis(dates, asked, today), _known_until(ask, story, today), today)
    spells = tuple(_spells(story, scale))
    return TimeLine(
        axis=scale.axis,
        marks=_marks(asked, scale, "As of" if ask.on else "Last checked"),
        spells=spells,
        flags=_flags((spell.status.family, spell.status.label, scale.point(spell.start)) for spell in spells),
        entries=tuple(scale.point(entry.happened_on) for entry in story),
        places=tuple(_places(ask.links, scale)),
        tests=tuple(_test_lane(test, story, scale) for test in ask.tests),
        known_until=scale.known_until,
    )


def _axis(dates: list[PartialDate], asked: PartialDate | None, today: date) -> Axis:
    """From the first date, but not long before the ask was made, to this year or what is to come soon."""
    years = [when.first_day.year for when in [*dates, *([asked] if asked else [])]]
    origin = asked.first_day.year if asked else today.year
    first = min(max(min(years, default=today.year), origin - MOST_YEARS_BEFORE), today.year)
    return Axis(first, max(today.year, min(max(years, default=today.year), today.year + MOST_YEARS_AHEAD)))


def _known_until(ask: PublicAsk, story: list[StoryEntry], today: date) -> date:
    """The last day on which we looked or wrote something down; a past day is known to its end."""
    if ask.on:
        return ask.on
    dates = [entry.happened_on for entry in story] + ([ask.line.reviewed_on] if ask.line.reviewed_on else [])
    return min(max((when.first_day for when in dates), default=today), today)


def _marks(asked: PartialDate | None, scale: _Scale, checked: str) -> tuple[Flag, ...]:
    known = PartialDate(scale.known_until.isoformat())
    marks = [("checked", f"{checked} {known.in_words}", scale.point(known))]
    if asked and asked.first_day <= scale.today:
        marks.insert(0, ("asked", f"Asked {asked.in_words}", scale.point(asked)))
    return _flags(marks)


def _flags(points: Iterable[tuple[str, str, Span]]) -> tuple[Flag, ...]:
    """One below the other, so that words never meet."""
    return tuple(Flag(look, words, span, row) for row, (look, words, span) in enumerate(points))


def _spells(story: list[StoryEntry], scale: _Scale) -> Iterator[Spell]:
    changes = [(entry.key, entry.status, entry.happened_on) for entry in story if entry.status]
    ends = [*(start for *_, start in changes), None][1:]
    for (key, status, start), end in zip(changes, ends, strict=True):
        yield Spell(key, status, start, end, scale.bar(status.family, start, end))


def _places(links: Iterable[PublicLink], scale: _Scale) -> Iterator[PlaceLane]:
    """A lane a place, the earliest first; a link that names no place has a lane of its own."""
    known: dict[str, _Since] = {}
    for link in links:
        if link.in_force_on:
            for place in link.extent or ("",):
                since = known.setdefault(place, _Since())
                since.dates.add(link.in_force_on)
                since.ends.add(link.law.lapsed_on if link.law else None)
    for place, since in sorted(known.items(), key=lambda item: (not item[0], min(item[1].dates), item[0])):
        first, *later = sorted(since.dates)
        end = None if None in since.ends else max(end for end in since.ends if end)
        bar = scale.bar("law", first, end)
        yield PlaceLane(place, (first, *later), bar, tuple(scale.point(when) for when in later))


def _test_lane(test: PublicTest, story: list[StoryEntry], scale: _Scale) -> TestLane:
    told = [(entry.happened_on, result) for entry in story for label, result in entry.results if label == test.label]
    states = _changes([(None, test.before), *told])
    results = [result for _, result in states]
    starts = [start for start, _ in states]
    bars = tuple(
        scale.bar("won" if result is Result.MET else "lost", start, end)
        for place, (start, result, end) in enumerate(zip(starts, results, [*starts[1:], None], strict=True))
        if result is Result.MET or (result is Result.NOT_MET and Result.MET in results[:place])
    )
    found: set[PartialDate] = set()
    if Result.MET not in results:
        found = {when for when, result in told if result is Result.NOT_MET}
        if test.result is Result.NOT_MET and test.reviewed_on:
            found.add(test.reviewed_on)
    return TestLane(test, bars, tuple(scale.point(when) for when in sorted(found)))


def _changes(states: list[tuple[PartialDate | None, Result]]) -> list[tuple[PartialDate | None, Result]]:
    """Without what was found a second time."""
    return [state for place, state in enumerate(states) if not place or state[1] is not states[place - 1][1]]
