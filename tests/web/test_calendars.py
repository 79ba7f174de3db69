"""The calendars: read back by another library, with no day that nobody gave."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import vobject

from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.clock import today
from tracker.models import Ask, Legislation, Link
from tracker.queries.public import dates
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate

OF_ASK = f"/asks/{WEALTH_ORDERS}/calendar.ics"
TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"


def read(site: Site, path: str = OF_ASK) -> dict[str, Any]:
    """The events by the first part of their names."""
    response = site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, "text/calendar")
    text = response.data.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (calendar,) = vobject.readComponents(text)
    events = [child for child in calendar.getChildren() if child.name == "VEVENT"]
    found = {event.uid.value.partition("@")[0]: event for event in events}
    assert len(found) == len(events)
    return found


def set_dates(site: Site, **values: Any) -> None:
    """Give one ask these dates; no other ask keeps any."""
    site.execute(sa.update(Ask).values(next_step_on=None, first_deadline=None, current_deadline=None))
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(**values))


def day(offset: int) -> PartialDate:
    return PartialDate((today() + timedelta(days=offset)).isoformat())


def span(event: Any) -> tuple[date, date]:
    """The first and the last day of an event."""
    assert not hasattr(event.dtstart.value, "hour")
    return event.dtstart.value, event.dtend.value - timedelta(days=1)


SPANS = [
    ("2187-03-05", date(2187, 3, 5), date(2187, 3, 5), "Next step"),
    ("2187-03", date(2187, 3, 1), date(2187, 3, 31), "Next step, some time in March 2187"),
    ("2188-02", date(2188, 2, 1), date(2188, 2, 29), "Next step, some time in February 2188"),
    ("2199", date(2199, 1, 1), date(2199, 12, 31), "Next step, some time in 2199"),
]


def test_a_date_is_as_long_as_it_is_uncertain(sqlite_site: Site) -> None:
    for on, first, last, words in SPANS:
        set_dates(sqlite_site, next_step_on=PartialDate(on), next_step="A vote; then, perhaps,\nmore.")
        event = read(sqlite_site)[f"ask-{sqlite_site.ask_id()}-next-step"]
        assert span(event) == (first, last)
        assert event.summary.value == f"{words}: {TITLE}"
        assert event.description.value == "A vote; then, perhaps,\nmore."
        assert event.url.value == f"http://127.0.0.1:8000/asks/{WEALTH_ORDERS}"
        assert event.transp.value == "TRANSPARENT"


def test_every_kind_of_date_is_there_on_both_engines(site: Site) -> None:
    number = site.ask_id()
    set_dates(site, next_step_on=day(3), first_deadline=day(-9), current_deadline=day(9), deadline_note="A report.")
    link = site.scalar(sa.select(sa.func.max(Link.id)).where(Link.ask_id == number))
    site.execute(sa.update(Link).where(Link.id == link).values(in_force_on=day(30)))
    events = read(site)
    assert set(events) == {
        f"ask-{number}-next-step", f"ask-{number}-first-deadline", f"ask-{number}-deadline", f"link-{link}-in-force"
    }  # fmt: skip
    assert set(read(site, "/calendar.ics")) == set(events)
    assert [event.summary.value.partition(":")[0] for event in events.values()] == [
        "First deadline", "Next step", "Deadline", "Comes into force"
    ]  # fmt: skip
    law = site.scalar(sa.select(Legislation.title).join(Link.legislation.of_type(Legislation)).where(Link.id == link))
    assert law in events[f"link-{link}-in-force"].summary.value
    assert events[f"ask-{number}-deadline"].description.value == "A report."


def test_one_deadline_is_one_event(sqlite_site: Site) -> None:
    set_dates(sqlite_site, first_deadline=day(5), current_deadline=day(5))
    assert [name.partition("-")[2].partition("-")[2] for name in read(sqlite_site)] == ["deadline"]


def test_a_calendar_reaches_a_year_back_and_as_far_ahead_as_is_known(sqlite_site: Site) -> None:
    for offset, is_there in ((-700, False), (-380, False), (-300, True), (0, True), (9999, True)):
        set_dates(sqlite_site, next_step_on=day(offset))
        assert bool(read(sqlite_site)) is is_there
    # A month that may have begun a year ago still counts.
    year, month = PartialDate(str(today().year - 1)), PartialDate(day(-366).text[:7])
    set_dates(sqlite_site, next_step_on=year, current_deadline=month)
    assert len(read(sqlite_site)) == 2


def test_a_calendar_that_is_full_keeps_what_comes_first(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "MOST_DATES", 2)
    set_dates(sqlite_site, next_step_on=day(9), first_deadline=day(-2), current_deadline=day(-1))
    assert [name.rpartition("-")[2] for name in read(sqlite_site)] == ["deadline", "step"]


def test_names_and_stamps_come_from_the_data(sqlite_site: Site) -> None:
    """The same calendar twice is the same file; a date that is moved moves its event."""
    set_dates(sqlite_site, next_step_on=day(9))
    browser = sqlite_site.browser()
    assert browser.send("GET", OF_ASK).data == browser.send("GET", OF_ASK).data
    name = f"ask-{sqlite_site.ask_id()}-next-step"
    stamp = read(sqlite_site)[name].dtstamp.value
    assert stamp.tzinfo
    set_dates(sqlite_site, next_step_on=day(11))
    moved = read(sqlite_site)[name]
    assert (moved.dtstamp.value, moved.dtstart.value) == (stamp, today() + timedelta(days=11))


def test_names_are_escaped(sqlite_site: Site) -> None:
    title = "Tax, spend; and \\ save"
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=title))
    text = sqlite_site.browser().send("GET", OF_ASK).text.replace("\r\n ", "")
    escaped = "Tax\\, spend\\; and \\\\ save"
    assert f"\r\nNAME:{escaped}\r\n" in text
    assert f"\r\nX-WR-CALNAME:{escaped}\r\n" in text


def test_an_empty_calendar_has_a_component_as_it_must(sqlite_site: Site) -> None:
    set_dates(sqlite_site, next_step_on=None)
    sqlite_site.execute(sa.update(Link).values(in_force_on=None))
    (calendar,) = vobject.readComponents(sqlite_site.browser().send("GET", OF_ASK).text)
    assert [child.name for child in calendar.components()] == ["VTIMEZONE"]


def test_drafts_and_archived_records_have_no_dates(sqlite_site: Site) -> None:
    set_dates(sqlite_site, next_step_on=day(3))
    sqlite_site.execute(sa.update(Link).values(in_force_on=day(3), publication=Publication.DRAFT))
    assert len(read(sqlite_site)) == 1
    set_dates(sqlite_site, next_step_on=day(3), publication=Publication.ARCHIVED)
    assert read(sqlite_site) == read(sqlite_site, "/calendar.ics") == {}


def test_a_former_slug_leads_on_and_an_unknown_one_nowhere(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    site.execute(sa.text("INSERT INTO former_slug (slug, ask_id) VALUES ('older', 11)"))
    slug = site.scalar(sa.select(Ask.slug).where(Ask.id == 11))
    for name in ("calendar.ics", "feed.atom"):
        moved = site.browser().send("GET", f"/asks/older/{name}", base_url="https://tracker.example")
        assert (moved.status_code, moved.location) == (301, f"/asks/{slug}/{name}")
        never = site.browser().send("GET", f"/asks/never/{name}", base_url="https://tracker.example")
        assert never.status_code == 404
    answer = site.browser().send("GET", "/calendar.ics?on=2020-01-01", base_url="https://tracker.example")
    assert answer.status_code == 400
    answer = site.browser().send("GET", "/calendar.ics", base_url="https://tracker.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
