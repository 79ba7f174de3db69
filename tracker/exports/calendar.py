"""iCalendar files (RFC 5545): whole days, and spans of days where a date is known to the month or the year only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event as Component
    from icalendar import Timezone

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CalendarEvent:
    """Something on a day, or some time from its first to its last day. `uid` never changes."""

    uid: str
    first_day: date
    last_day: date
    summary: str
    description: str
    category: str
    url: str
    recorded_at: datetime


def write(name: str, site: str, events: Iterable[CalendarEvent]) -> bytes:
    """The calendar as a file. It takes no time from anybody: its days stay free."""
    from icalendar import Calendar, vText  # a tenth of a second, which only the first calendar costs

    calendar = Calendar()
    calendar.add("prodid", f"-//{site}//{site}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add_component(_utc())  # a calendar must have a component (RFC 5545, 3.4), even one without events
    for event in events:
        calendar.add_component(_component(event))
    written: bytes = calendar.to_ical()
    return written


def _utc() -> "Timezone":
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (RFC 5545, 3.6.5 wants it without a zone)
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def _component(event: CalendarEvent) -> "Component":
    from icalendar import Event as Component

    component = Component()
    component.add("uid", event.uid)
    component.add("dtstamp", event.recorded_at.astimezone(UTC))
    component.add("dtstart", event.first_day)
    component.add("dtend", event.last_day + A_DAY)
    component.add("summary", event.summary)
    if event.description:
        component.add("description", event.description)
    component.add("categories", [event.category])
    component.add("url", event.url)
    component.add("transp", "TRANSPARENT")
    return component
