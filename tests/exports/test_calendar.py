"""The calendar that we write is, byte for byte, the one that a library for iCalendar writes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vText

from tracker.exports import calendar
from tracker.exports.calendar import A_DAY, CalendarEvent

# Text that tempts: escapes, line breaks, letters of two to four octets at the end of a line; and any text at all. A
# backslash before an N is left out: the library takes it for a line break, and so loses it.
TEXTS = (st.text('\\;,:\r\n ^"aéN中𝄞', max_size=300) | st.text(st.characters(exclude_categories=["Cs"]))).filter(
    lambda text: r"\N" not in text
)
DAYS = st.dates(date(1200, 1, 1), date(2199, 12, 31))
EVENTS = st.builds(
    CalendarEvent,
    uid=st.just("ask-1-next-step@0123456789abcdef.policy-tracker"),
    first_day=DAYS,
    last_day=DAYS,
    summary=TEXTS,
    description=TEXTS,
    category=TEXTS,
    url=st.text("abc,;:?&=%/~.", max_size=200),
    recorded_at=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 2018),
)


def written_by_the_library(name: str, site: str, events: Iterable[CalendarEvent]) -> bytes:
    expected = Calendar()
    expected.add("prodid", f"-//{site}//{site}//EN")
    expected.add("version", "2.0")
    expected.add("method", "PUBLISH")
    expected.add("name", vText(name))
    expected.add("x-wr-calname", vText(name))
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (RFC 5545, 3.6.5 wants it without a zone)
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    expected.add_component(zone)
    for event in events:
        expected.add_component(component(event))
    written: bytes = expected.to_ical()
    return written


def component(event: CalendarEvent) -> Event:
    expected = Event()
    expected.add("uid", event.uid)
    expected.add("dtstamp", event.recorded_at)
    expected.add("dtstart", event.first_day)
    expected.add("dtend", event.last_day + A_DAY)
    expected.add("summary", event.summary)
    if event.description:
        expected.add("description", event.description)
    expected.add("categories", [event.category])
    expected.add("url", event.url)
    expected.add("transp", "TRANSPARENT")
    return expected


@given(TEXTS, TEXTS, st.lists(EVENTS, max_size=3))
def test_a_calendar_is_written_as_the_library_writes_it(name: str, site: str, events: list[CalendarEvent]) -> None:
    assert calendar.write(name, site, events) == written_by_the_library(name, site, events)


def test_a_backslash_before_an_n_is_kept() -> None:
    assert rb"NAME:C:\\News\, C:\\new" in calendar.write(r"C:\News, C:\new", "A site", [])
