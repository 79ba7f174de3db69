"""The time line of an ask: its statuses, its tests and the law in force, each in a lane on one axis of years.

Nothing is drawn past what the words say: a test that was not met is a line up to the day on which that was known, then
dots; a month or a year of which no day is known stands at its middle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from tracker.queries.public.entries import StoryEntry
from tracker.queries.public.records import PublicAsk, PublicLink, PublicTest
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.web.public.charts import Axis

MOST_YEARS_BEFORE = 5
MOST_TESTS = 12
Spell = tuple[Status, StoryEntry, PartialDate | None]
Time = tuple[PartialDate, PartialDate | None]  # since when until when
MARKS = {Result.NOT_MET: "×", Result.UNKNOWN: "?"}


class Bar(NamedTuple):
    """Something that was so for a time: how it looks, where it begins, how wide it is."""

    look: str
    x: float
    width: float


class Lane(NamedTuple):
    """A lane: its name, what it shows in words, its bars, and a mark with its look and place at the end."""

    name: str
    words: str
    bars: tuple[Bar, ...]
    mark: tuple[str, str, float] | None = None


class TimeLine(NamedTuple):
    """Everything that the figure shows. `asked`, `looked` and `due` are places, None where there is no such day.

    `spells` are the statuses with the entry that brought each, and the date on which the next one followed, if any.
    """

    axis: Axis
    title: str
    asked: float | None
    looked: float | None
    due: float | None
    spells: tuple[Spell, ...]
    status: Lane
    dots: tuple[float, ...]
    tests: tuple[Lane, ...]
    law: tuple[Lane, ...]


def time_line(ask: PublicAsk, today: date) -> TimeLine:
    """Draw an ask as it is known on a day."""
    story = [entry for entry in reversed(ask.story) if not entry.corrected_by]
    asked = ask.source.published_on
    axis = _axis([entry.happened_on for entry in story], asked, today)
    now, spells = axis.at(today), _spells(story)
    looked, due = ask.line.reviewed_on, ask.line.first_deadline
    return TimeLine(
        axis=axis,
        title=_title(ask, spells),
        asked=axis.point(asked) if asked and asked.first_day <= today else None,
        looked=axis.point(looked) if looked else None,
        due=axis.point(due) if due and axis.first <= due.first_day.year <= axis.last else None,
        spells=spells,
        status=_status_lane(spells, axis, now),
        dots=tuple(axis.point(entry.happened_on) for entry in story),
        tests=tuple(_test_lane(test, story, asked, axis, now) for test in ask.tests_by_result[:MOST_TESTS]),
        law=tuple(_law_lanes(ask.links, axis, today)),
    )


def _title(ask: PublicAsk, spells: tuple[Spell, ...]) -> str:
    """The finding: where it stands and since when."""
    if not spells:
        return "No status yet"
    status, entry, _ = spells[-1]
    before = ", before it was asked" if ask.was_so_when_asked else ""
    return f"{status.label} since {entry.happened_on.in_words}{before}"


def _axis(dates: list[PartialDate], asked: PartialDate | None, today: date) -> Axis:
    """From the first date, but not long before the ask was made, to this year."""
    years = [when.first_day.year for when in [*dates, *([asked] if asked else [])]]
    origin = asked.first_day.year if asked else min(years, default=today.year)
    return Axis(min(max(min(years, default=today.year), origin - MOST_YEARS_BEFORE), today.year), today.year)


def _spells(story: list[StoryEntry]) -> tuple[Spell, ...]:
    """The statuses one after another; neighbours that are the same are one."""
    told = groupby((entry for entry in story if entry.status), attrgetter("status"))
    changes = [(status, next(entries)) for status, entries in told]
    ends = [*(entry.happened_on for _, entry in changes[1:]), None]
    return tuple((status, entry, end) for (status, entry), end in zip(changes, ends, strict=False))


def _status_lane(spells: Iterable[Spell], axis: Axis, now: float) -> Lane:
    words = "; then ".join(f"{status.label} from {entry.happened_on.in_words}" for status, entry, _ in spells)
    places = [(status, axis.point(entry.happened_on), axis.point(end) if end else now) for status, entry, end in spells]
    return Lane("Status", words, tuple(Bar(status.family, x, _width(x, end)) for status, x, end in places))


def _test_lane(test: PublicTest, story: list[StoryEntry], asked: PartialDate | None, axis: Axis, now: float) -> Lane:
    results = ((entry.happened_on, result) for entry in story for label, result in entry.results if label == test.label)
    told = [(axis.point(happened_on), result) for happened_on, result in results]
    begin = axis.point(asked) if asked else 0.0
    states = [(min([begin, *(x for x, _ in told)]), test.before), *told]
    known = max([axis.point(on) for on in (test.result_on, test.reviewed_on) if on], default=now)
    bars = []
    for (x, result), end in zip(states, [*(x for x, _ in states[1:]), now], strict=True):
        is_last = end == now
        if result is Result.MET:
            bars.append(Bar("met", x, _width(x, end)))
        elif result is Result.NOT_MET and is_last and known < now:
            bars += [Bar("until", x, _width(x, max(known, x))), Bar("after", max(known, x), _width(known, now))]
        else:
            bars.append(Bar("until" if result is Result.NOT_MET else "after", x, _width(x, end)))
    mark = (MARKS[test.result], test.result.value, known) if test.result in MARKS else None
    on = test.result_on or test.reviewed_on
    since = f", {'since' if test.result is Result.MET else 'as known on'} {on.in_words}" if on else ""
    return Lane(test.label, f"{test.result.label}{since}", tuple(bars), mark)


def _law_lanes(links: Iterable[PublicLink], axis: Axis, today: date) -> Iterator[Lane]:
    """When law serves the ask in each place, the earliest first."""
    known: defaultdict[str, list[Time]] = defaultdict(list)
    for link in links:
        begin, end = link.in_force_on, link.ended_on or (link.law.lapsed_on if link.law else None)
        if begin and begin.first_day <= today and link.effect.serves:
            for place in link.extent:
                known[place].append((begin, end))
    for place, times in sorted(known.items(), key=lambda item: min(begin.text for begin, _ in item[1])):
        whole = _joined(times)
        places = [(axis.point(begin), axis.point(end) if end else axis.at(today)) for begin, end in whole]
        words = (f"from {begin.in_words}" + (f" until {end.in_words}" if end else "") for begin, end in whole)
        yield Lane(place, f"In force {'; then '.join(words)}", tuple(Bar("law", x, _width(x, to)) for x, to in places))


def _joined(times: Iterable[Time]) -> list[Time]:
    """Return the times in their order, those that touch as one."""
    joined: list[Time] = []
    for begin, end in sorted(times, key=itemgetter(0)):
        if joined and not ((last := joined[-1][1]) and last.last_day < begin.first_day):
            joined[-1] = joined[-1][0], max(last, end) if last and end else None
        else:
            joined.append((begin, end))
    return joined


def _width(start: float, end: float) -> float:
    return round(max(end - start, 0.3), 2)
