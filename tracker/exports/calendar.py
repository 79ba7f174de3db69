"""iCalendar files (RFC 5545): whole days, and spans of days where a date is known to the month or the year only."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

A_DAY = timedelta(days=1)
# A line may have 75 octets, of which a space begins each one but the first.
LONGEST = 74
# A calendar must have a component (3.4), even one without events.
UTC_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


class CalendarEvent(NamedTuple):
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
    """The calendar as a file."""
    return b"\r\n".join(map(_folded, _lines(name, site, events)))


def _lines(name: str, site: str, events: Iterable[CalendarEvent]) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//{_text(site)}//{_text(site)}//EN"
    yield "METHOD:PUBLISH"
    yield f"NAME:{_text(name)}"
    yield f"X-WR-CALNAME:{_text(name)}"
    yield from UTC_ZONE
    for event in events:
        yield from _event(event)
    yield "END:VCALENDAR"
    yield ""  # the last line ends as all others do


def _event(event: CalendarEvent) -> Iterator[str]:
    """It takes no time from anybody: its days stay free."""
    yield "BEGIN:VEVENT"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DTSTART;VALUE=DATE:{event.first_day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.last_day + A_DAY:%Y%m%d}"
    yield f"DTSTAMP:{event.recorded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"UID:{event.uid}"
    yield f"CATEGORIES:{_text(event.category)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield "TRANSP:TRANSPARENT"
    yield f"URL:{event.url}"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """Return a text as the value of a property (3.3.11)."""
    escaped = value.replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,")
    return escaped.replace("\r\n", r"\n").replace("\n", r"\n").replace("\r", r"\n")


def _folded(line: str) -> bytes:
    """Return a line in UTF-8, in pieces that may stand (3.1), none of which ends within a character or an escape."""
    left, pieces = line.encode(), []
    while len(left) > LONGEST:
        end = LONGEST
        while left[end] & 0xC0 == 0x80:
            end -= 1
        end -= left[end - 1] in b"\\^"  # some readers undo escapes, also those of RFC 6868, before they join lines
        pieces.append(left[:end])
        left = left[end:]
    return b"\r\n ".join([*pieces, left])
