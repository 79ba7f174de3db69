"""iCalendar files (RFC 5545): whole days, and spans of days where a date is known to the month or the year only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event as Component

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


def write(name: str, product: str, events: Iterable[CalendarEvent]) -> bytes:
    """The calendar as a file. It takes no time from anybody: its days stay free."""
    from icalendar import Calendar  # a tenth of a second, which only the first calendar costs

    calendar = Calendar()
    calendar.add("prodid", f"-//{product}//Policy ask tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_component(event))
    written: bytes = calendar.to_ical()
    return written


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
