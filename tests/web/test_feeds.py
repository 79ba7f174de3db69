"""The feeds and the calendars: read back by other libraries, whole by the letter of their standards."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

import feedparser
import pytest
import sqlalchemy as sa
import vobject

from tests.factories import make_ask, update_draft
from tests.site import ED, LOCAL, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.clock import now, today
from tracker.models import Ask, Event, Legislation, Link, Update
from tracker.queries.public import dates
from tracker.queries.public import feeds as queries
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateKind
from tracker.services import drafts, updates
from tracker.services.change import Change

OF_ASK = f"/asks/{WEALTH_ORDERS}/feed.atom"
SCRIPT = "</content><script>alert(1)</script> & “Škoda” ]]>"
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TAG = re.compile(r"tag:policy-tracker,2026:[0-9a-f]{16}/(feed|ask/\d+|update/\d+)(\?[\w.%+=&/-]+)?")


def read(site: Site, path: str = "/feed.atom") -> Any:
    """The feed as a feed reader reads it, after the letter of the standard was checked."""
    response = site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    check_letter(fromstring(response.data))
    feed = feedparser.parse(response.data)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def check_letter(feed: Element) -> None:
    """What RFC 4287 demands of a feed (section 4.1.1) and of each entry (4.1.2)."""
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(ATOM + name)) == 1, name
            assert (part.findtext(ATOM + name) or "").strip()
        assert TAG.fullmatch(part.findtext(f"{ATOM}id") or "")
        moments = [part.findtext(f"{ATOM}updated"), part.findtext(f"{ATOM}published")]
        assert all(MOMENT.fullmatch(moment) for moment in moments if moment)
        for link in part.findall(f"{ATOM}link"):
            assert link.get("href", "").startswith(("http://", "https://"))
        alternates = [link for link in part.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    assert len([link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1
    assert len(feed.findall(f"{ATOM}author/{ATOM}name")) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


def post(site: Site, after: int = 0, slug: str = WEALTH_ORDERS, **typed: Any) -> tuple[int, str]:
    """Ed posts an entry, so many minutes from now; answers its id and its key."""
    with site.change(ED) as change:
        ask = change.session.get_one(Ask, site.ask_id(slug))
        later = Change(change.session, change.actor, now() + timedelta(minutes=after))
        made = updates.post(later, ask, update_draft(**{"happened_on": PartialDate("2026-03-01")} | typed))
        return made.id, made.key


def name(site: Site, of: str) -> str:
    """The permanent name of something in a feed."""
    first = site.scalar(sa.select(Event.hash).where(Event.id == 1))
    return f"tag:policy-tracker,2026:{first[:16]}/{of}"


def test_a_site_that_moves_keeps_the_names_of_its_feeds_and_calendars(make_site: MakeSite) -> None:
    here, there = make_site(LOCAL), make_site(PRODUCTION)
    for site in (here, there):
        site.execute(sa.update(Ask).values(next_step_on=PartialDate("2187-03-05")))
    moved = there.browser().send("GET", "/feed.atom", base_url="https://tracker.example")
    assert moved.headers["Access-Control-Allow-Origin"] == "*"
    feed = feedparser.parse(moved.data)
    assert feed.feed.id == name(there, "feed")
    assert [entry.id for entry in feed.entries] == [entry.id for entry in read(here).entries]
    assert {entry.link.partition("/asks/")[0] for entry in feed.entries} == {"https://tracker.example"}
    page = there.browser().send("GET", "/api/v1/updates?limit=1", base_url="https://tracker.example").get_json()
    assert page["next"].startswith("https://tracker.example/api/v1/updates?")
    assert page["records"][0]["ask_url"].startswith("https://tracker.example/asks/")
    calendar = there.browser().send("GET", "/calendar.ics", base_url="https://tracker.example").text
    uids = re.findall(r"UID:.*", calendar)
    assert uids == re.findall(r"UID:.*", here.browser().send("GET", "/calendar.ics").text) != []


def test_the_newest_fifty_changes_are_in_the_feed(shared_site: Site) -> None:
    feed = read(shared_site)
    assert len(feed.entries) == 50
    newest = shared_site.scalar(sa.select(sa.func.max(Update.id)))
    assert feed.entries[0].id == name(shared_site, f"update/{newest}")
    assert feed.feed.updated == feed.entries[0].updated
    assert "CC BY 4.0" in feed.feed.rights
    assert feed.entries == sorted(feed.entries, key=lambda entry: entry.updated, reverse=True)
    nothing = read(shared_site, "/feed.atom?q=no+such+zebra")
    assert nothing.entries == []
    assert nothing.feed.updated == "2026-01-01T00:00:00Z", "a feed of nothing is still a feed"


def test_an_entry_is_told_in_words_that_cannot_break_out_and_a_draft_is_not_told(sqlite_site: Site) -> None:
    _, key = post(sqlite_site, status="reversed", reason="It was repealed.")
    entry = read(sqlite_site).entries[0]
    assert entry.title == "Use unexplained wealth orders against Kremlin-linked wealth: status changed to Reversed"
    assert entry.link == f"http://127.0.0.1:8000/asks/{WEALTH_ORDERS}/story?entry={key}"
    tags = {tag.term: tag.label for tag in entry.tags}
    assert tags == {"status": "Status changed", "reversed": "Reversed"}
    assert [link.href for link in entry.links if link.rel == "related"] == ["https://www.gov.uk/news"]
    content = " ".join(re.sub("<[^>]+>", " ", entry.content[0].value).split())
    assert "1 March 2026: A minister spoke about it." in content
    assert "Status: Reversed. It was repealed." in content
    assert "A minister's answer (Official record)" in content.replace("&#39;", "'")
    assert entry.published == entry.updated == read(sqlite_site).feed.updated

    with sqlite_site.change() as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        drafts.save(change, ask, update_draft(text="Only a draft."))
        hidden = make_ask(change, slug="hidden", title="A hidden ask", source_id=ask.source_id)
        updates.post(change, hidden, update_draft(text="Not yet public."))
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=SCRIPT))
    post(sqlite_site, text=SCRIPT)
    assert sqlite_site.browser().send("GET", "/asks/hidden/feed.atom").status_code == 404
    told = str(read(sqlite_site)) + str(read(sqlite_site, OF_ASK))
    assert [words for words in ("Only a draft.", "Not yet public.") if words in told] == []
    response = sqlite_site.browser().send("GET", OF_ASK)
    first = fromstring(response.data).find(f"{ATOM}entry")
    assert first is not None
    assert (first.findtext(f"{ATOM}title") or "").startswith(SCRIPT)
    assert "&lt;script&gt;" in (first.findtext(f"{ATOM}content") or "")
    assert b"<script" not in response.data


def test_a_correction_brings_the_corrected_entry_back_and_adds_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when more than a feed's worth of entries came between."""
    monkeypatch.setattr(queries, "MOST_ENTRIES", 5)
    # The entry by which the orders came into force.
    old = site.scalar(sa.select(Update.id).where(Update.key == "2018-01-31", Update.ask_id == site.ask_id()))
    for number in range(queries.MOST_ENTRIES):
        post(site, text=f"Event {number}.")
    assert name(site, f"update/{old}") not in [entry.id for entry in read(site).entries]
    before = read(site).entries[0]
    made, key = post(
        site, 5, kind=UpdateKind.CORRECTION, corrects_id=old, status="in_force", text="The date was wrong.",
        reason="The status stays.", happened_on=PartialDate("2018-01-31"),
    )  # fmt: skip
    for path in ("/feed.atom", OF_ASK, "/feed.atom?status=in_force"):
        feed = read(site, path)
        correction, corrected, third, *_ = feed.entries
        assert [correction.id, corrected.id, third.id] == [*(name(site, f"update/{n}") for n in (made, old)), before.id]
        assert len(feed.entries) == 5
        assert correction.updated == corrected.updated == feed.feed.updated > corrected.published
    assert correction.title.endswith(": correction, status In force, ask not yet met")
    assert corrected.title.endswith(": status changed to In force, ask not yet met (since corrected)")
    assert "This entry has been corrected." in corrected.content[0].value
    assert f'href="http://127.0.0.1:8000/asks/{WEALTH_ORDERS}/story?entry={key}"' in corrected.content[0].value
    assert "/story?entry=2018-01-31" in correction.content[0].value


def test_the_filters_of_the_page_apply(shared_site: Site) -> None:
    for query in ("q=magnitsky", "body=home-office", "law=ukpga%2F2017%2F22", "status=met&kind=policy"):
        feed = read(shared_site, f"/feed.atom?{query}")
        listed = set(re.findall(r'href="/asks/([a-z0-9-]+)"', shared_site.browser().get(f"/?{query}").html))
        told = {entry.link.partition("/asks/")[2].partition("/story")[0] for entry in feed.entries}
        assert set() < told <= listed
        assert feed.feed.id == name(shared_site, f"feed?{query}")
        pages = [unquote(link.href) for link in feed.feed.links if link.rel == "alternate"]
        assert pages == [f"http://127.0.0.1:8000/?{unquote(query)}"]
    of_ask = read(shared_site, OF_ASK).feed.id
    assert of_ask == name(shared_site, f"ask/{shared_site.ask_id()}"), "names outlast a new slug"


def test_a_filter_looks_through_a_bounded_number_of_entries(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in ("LOOKED_THROUGH", "UNFILTERED"):
        monkeypatch.setattr(queries, most, 3)
    post(site, slug="stop-brexit")
    assert len(read(site).entries) == 3
    assert read(site, "/feed.atom?status=rejected").entries == []


# --- the calendars ---

CALENDAR = f"/asks/{WEALTH_ORDERS}/calendar.ics"
TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"


def events_in(site: Site, path: str = CALENDAR) -> dict[str, Any]:
    """The events by the first part of their names."""
    response = site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, "text/calendar")
    (calendar,) = vobject.readComponents(response.text)
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


SPANS = [
    ("2187-03-05", date(2187, 3, 5), date(2187, 3, 5), "Next step"),
    ("2188-02", date(2188, 2, 1), date(2188, 2, 29), "Next step, some time in February 2188"),
    ("2199", date(2199, 1, 1), date(2199, 12, 31), "Next step, some time in 2199"),
]


def test_a_date_is_as_long_as_it_is_uncertain_and_moves_its_event(sqlite_site: Site) -> None:
    name, browser = f"ask-{sqlite_site.ask_id()}-next-step", sqlite_site.browser()
    for on, first, last, words in SPANS:
        set_dates(sqlite_site, next_step_on=PartialDate(on), next_step="A vote; then, perhaps,\nmore.")
        event = events_in(sqlite_site)[name]
        assert (event.dtstart.value, event.dtend.value) == (first, last + timedelta(days=1))
        assert event.summary.value == f"{words}: {TITLE}"
        assert event.description.value == "A vote; then, perhaps,\nmore."
        assert event.url.value == f"http://127.0.0.1:8000/asks/{WEALTH_ORDERS}"
        assert event.dtstamp.value.tzinfo
    kept = browser.send("GET", CALENDAR).data
    assert f"\r\nNAME:{TITLE}\r\n" in kept.decode()
    sqlite_site.forget()
    assert browser.send("GET", CALENDAR).data == kept, "the same calendar twice is the same file"


def test_every_kind_of_date_is_there_on_both_engines(site: Site) -> None:
    number = site.ask_id()
    set_dates(site, next_step_on=day(3), first_deadline=day(-9), current_deadline=day(9), deadline_note="A report.")
    link = site.scalar(sa.select(sa.func.max(Link.id)).where(Link.ask_id == number))
    site.execute(sa.update(Link).where(Link.id == link).values(in_force_on=day(30)))
    events = events_in(site)
    of_ask = {f"ask-{number}-{kind}" for kind in ("next-step", "first-deadline", "deadline")}
    assert set(events) == of_ask | {f"link-{link}-in-force"}
    assert set(events_in(site, "/calendar.ics")) == set(events)
    kinds = [event.summary.value.partition(":")[0] for event in events.values()]
    assert kinds == ["First deadline", "Next step", "Deadline", "Comes into force"]
    law = site.scalar(sa.select(Legislation.title).join(Link.legislation.of_type(Legislation)).where(Link.id == link))
    assert law in events[f"link-{link}-in-force"].summary.value
    assert events[f"ask-{number}-deadline"].description.value == "A report."


def test_which_dates_there_are(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    set_dates(sqlite_site, first_deadline=day(5), current_deadline=day(5))
    assert [name.partition("-")[2].partition("-")[2] for name in events_in(sqlite_site)] == ["deadline"], "one event"
    # It reaches a year back and as far ahead as is known.
    for offset, is_there in ((-700, False), (-380, False), (-300, True), (0, True), (9999, True)):
        set_dates(sqlite_site, next_step_on=day(offset))
        assert bool(events_in(sqlite_site)) is is_there
    # A month that may have begun a year ago still counts.
    year, month = PartialDate(str(today().year - 1)), PartialDate(day(-366).text[:7])
    set_dates(sqlite_site, next_step_on=year, current_deadline=month)
    assert len(events_in(sqlite_site)) == 2
    # Drafts and archived records have none.
    set_dates(sqlite_site, next_step_on=day(3))
    sqlite_site.execute(sa.update(Link).values(in_force_on=day(3), publication=Publication.DRAFT))
    assert len(events_in(sqlite_site)) == 1
    # One that is full keeps what comes first.
    monkeypatch.setattr(dates, "MOST_DATES", 2)
    set_dates(sqlite_site, next_step_on=day(9), first_deadline=day(-2), current_deadline=day(-1))
    assert [name.rpartition("-")[2] for name in events_in(sqlite_site)] == ["deadline", "step"]
    set_dates(sqlite_site, next_step_on=day(3), publication=Publication.ARCHIVED)
    assert events_in(sqlite_site) == events_in(sqlite_site, "/calendar.ics") == {}
