"""A tracker counts its days by the clocks of one time zone, whichever the operators chose."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.cli.commands import Tracker
from tests.cli.conftest import tracker
from tests.site import LOCAL, MakeSite
from tracker import clock
from tracker.face import Face

__all__ = ["tracker"]
AUCKLAND = "Pacific/Auckland"
SUMMER_EVENING = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def usual_zone() -> Iterator[None]:
    yield
    clock.set_zone(clock.USUAL_ZONE)


@pytest.mark.parametrize(
    ("zone", "day", "beginning"),
    [
        ("Europe/London", date(2026, 7, 2), "2026-07-01T23:00"),
        ("UTC", date(2026, 7, 1), "2026-07-02T00:00"),
        ("America/Lima", date(2026, 7, 1), "2026-07-02T05:00"),
        (AUCKLAND, date(2026, 7, 2), "2026-07-01T12:00"),
    ],
)
def test_days_begin_by_the_clocks_of_the_zone(zone: str, day: date, beginning: str) -> None:
    clock.set_zone(zone)
    assert clock.day_of(SUMMER_EVENING) == day
    assert f"{clock.beginning_of(date(2026, 7, 2)).astimezone(UTC):%Y-%m-%dT%H:%M}" == beginning


def test_a_kept_page_changes_at_the_midnight_of_the_zone(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_site(replace(LOCAL, face=Face(time_zone=AUCKLAND))).browser()
    for hour, day in ((10, "29 November 2030"), (11, "30 November 2030")):
        monkeypatch.setattr(clock, "now", lambda hour=hour: datetime(2030, 11, 29, hour, 30, tzinfo=UTC))
        assert f"How it stands on {day}" in browser.get("/").text
    assert "Days are those of Auckland." in browser.get("/method").text


def test_a_command_counts_by_the_zone_too(tracker: Tracker) -> None:
    tracker("db", "current", TRACKER_TIME_ZONE=AUCKLAND)
    assert clock.day_of(SUMMER_EVENING) == date(2026, 7, 2)
    assert clock.day_of(datetime(2026, 7, 1, 11, tzinfo=UTC)) == date(2026, 7, 1)
    assert clock.day_of(datetime(2026, 7, 1, 12, tzinfo=UTC)) == date(2026, 7, 2)
