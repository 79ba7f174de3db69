"""The only place that reads the clock, and that knows by which time zone the tracker counts its days."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

USUAL_ZONE = "Europe/London"
_zone = ZoneInfo(USUAL_ZONE)


def set_zone(name: str) -> None:
    """Count days by this time zone from now on, in the whole process."""
    global _zone  # noqa: PLW0603 (said once, at start)
    _zone = ZoneInfo(name)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The moment by the clocks of the tracker's time zone."""
    return moment.astimezone(_zone)


def day_of(moment: datetime) -> date:
    """The day on which a moment falls."""
    return local(moment).date()


def beginning_of(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, time(), _zone)


def today() -> date:
    """The present day."""
    return day_of(now())
