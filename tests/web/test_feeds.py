"""The feeds: accepted by a reader, whole by the letter of RFC 4287, and honest about corrections."""

import re
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

import feedparser
import pytest
import sqlalchemy as sa

from tests.factories import make_ask, update_draft
from tests.site import ED, LOCAL, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.clock import now
from tracker.models import Ask, Event, Update
from tracker.queries.public import feeds as queries
from tracker.rules.asks import AskDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateKind
from tracker.services import asks, drafts, records, updates
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
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()
        later = Change(change.session, change.actor, now() + timedelta(minutes=after))
        made = updates.post(later, ask, update_draft(**{"happened_on": PartialDate("2026-03-01")} | typed))
        return made.id, made.key


def old_entry(site: Site) -> Any:
    """The entry of 31 January 2018, by which the orders came into force."""
    return site.scalar(sa.select(Update.id).where(Update.key == "2018-01-31", Update.ask_id == site.ask_id()))


def correct(site: Site, entry: int, after: int = 5) -> tuple[int, str]:
    """Say that an entry which set a status was wrong, and that the status is the same."""
    old = site.scalar(sa.select(Update.status).where(Update.id == entry))
    return post(
        site, after, kind=UpdateKind.CORRECTION, corrects_id=entry, status=old,
        text="The date was wrong.", reason="The status stays.", happened_on=PartialDate("2018-01-31"),
    )  # fmt: skip


def name(site: Site, of: str) -> str:
    """The permanent name of something in a feed."""
    first = site.scalar(sa.select(Event.hash).where(Event.id == 1))
    return f"tag:policy-tracker,2026:{first[:16]}/{of}"


def test_a_site_that_moves_keeps_the_names_of_its_feeds_and_calendars(make_site: MakeSite) -> None:
    here, there = make_site(LOCAL), make_site(PRODUCTION)
    there.execute(sa.update(Ask).values(next_step_on=PartialDate("2187-03-05")))
    here.execute(sa.update(Ask).values(next_step_on=PartialDate("2187-03-05")))
    moved = there.browser().send("GET", "/feed.atom", base_url="https://tracker.example")
    assert [entry.id for entry in feedparser.parse(moved.data).entries] == [entry.id for entry in read(here).entries]
    calendar = there.browser().send("GET", "/calendar.ics", base_url="https://tracker.example").text
    uids = re.findall(r"UID:.*", calendar)
    assert uids
    assert uids == re.findall(r"UID:.*", here.browser().send("GET", "/calendar.ics").text)


def test_the_newest_fifty_changes_are_in_the_feed(shared_site: Site) -> None:
    feed = read(shared_site)
    assert len(feed.entries) == 50
    newest = shared_site.scalar(sa.select(sa.func.max(Update.id)))
    assert feed.entries[0].id == name(shared_site, f"update/{newest}")
    assert feed.feed.updated == feed.entries[0].updated
    assert "CC BY 4.0" in feed.feed.rights
    moments = [entry.updated for entry in feed.entries]
    assert moments == sorted(moments, reverse=True)


def test_a_status_change_is_told_in_words_with_its_reason_and_evidence(sqlite_site: Site) -> None:
    _, key = post(sqlite_site, status="reversed", reason="It was repealed.")
    entry = read(sqlite_site).entries[0]
    assert entry.title == ("Use unexplained wealth orders against Kremlin-linked wealth: status changed to Reversed")
    assert entry.link == f"http://127.0.0.1:8000/asks/{WEALTH_ORDERS}/story?entry={key}"
    assert [(tag.term, tag.label) for tag in entry.tags] == [
        ("status", "Status changed"), ("reversed", "Reversed")
    ]  # fmt: skip
    assert [link.href for link in entry.links if link.rel == "related"] == ["https://www.gov.uk/news"]
    content = " ".join(re.sub("<[^>]+>", " ", entry.content[0].value).split())
    assert "1 March 2026: A minister spoke about it." in content
    assert "Status: Reversed. It was repealed." in content
    assert "A minister's answer (Official record)" in content.replace("&#39;", "'")
    assert entry.published == entry.updated == read(sqlite_site).feed.updated


def test_a_correction_brings_the_corrected_entry_back_and_adds_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when more than a feed's worth of entries came between."""
    monkeypatch.setattr(queries, "MOST_ENTRIES", 5)
    old = old_entry(site)
    for number in range(queries.MOST_ENTRIES):
        post(site, text=f"Event {number}.")
    assert name(site, f"update/{old}") not in [entry.id for entry in read(site).entries]
    before = read(site).entries[0]
    made, key = correct(site, old)
    for path in ("/feed.atom", OF_ASK, "/feed.atom?status=in_force"):
        feed = read(site, path)
        correction, corrected = feed.entries[:2]
        assert [entry.id.rpartition("/")[2] for entry in (correction, corrected)] == [str(made), str(old)]
        assert len(feed.entries) == 5
        assert correction.updated == corrected.updated == feed.feed.updated > corrected.published
        assert before.id == feed.entries[2].id
    assert correction.title.endswith(": correction, status In force, ask not yet met")
    assert corrected.title.endswith(": status changed to In force, ask not yet met (since corrected)")
    assert "This entry has been corrected." in corrected.content[0].value
    assert f'href="http://127.0.0.1:8000/asks/{WEALTH_ORDERS}/story?entry={key}"' in corrected.content[0].value
    assert "/story?entry=2018-01-31" in correction.content[0].value


def test_names_outlast_a_new_slug(sqlite_site: Site) -> None:
    ids = [entry.id for entry in read(sqlite_site, OF_ASK).entries]
    name = read(sqlite_site, OF_ASK).feed.id
    with sqlite_site.change() as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        typed = {field.name: getattr(ask, field.name) for field in fields(AskDraft)} | {"slug": "wealth-orders"}
        asks.edit_ask(change, ask, AskDraft(**typed), seen_version=None)
    moved = sqlite_site.browser().send("GET", OF_ASK)
    assert (moved.status_code, moved.location) == (301, "/asks/wealth-orders/feed.atom")
    feed = read(sqlite_site, "/asks/wealth-orders/feed.atom")
    assert feed.feed.id == name
    assert set(ids) <= {entry.id for entry in feed.entries}


@pytest.mark.parametrize(
    "query",
    [
        "family=met",
        "status=met",
        "kind=sanctions",
        "topic=uk-and-eu",
        "q=magnitsky",
        "body=home-office",
        "law=ukpga%2F2017%2F22",
        "status=met&kind=policy",
    ],
)
def test_the_filters_of_the_page_apply(shared_site: Site, query: str) -> None:
    feed = read(shared_site, f"/feed.atom?{query}")
    listed = set(re.findall(r'href="/asks/([a-z0-9-]+)"', shared_site.browser().get(f"/?{query}").html))
    told = {re.search(r"/asks/([a-z0-9-]+)/story", entry.link)[1] for entry in feed.entries}  # type: ignore[index]
    assert told
    assert told <= listed
    assert feed.feed.id == name(shared_site, f"feed?{query}")
    pages = [unquote(link.href) for link in feed.feed.links if link.rel == "alternate"]
    assert pages == [f"http://127.0.0.1:8000/?{unquote(query)}"]


def test_a_filter_looks_through_a_bounded_number_of_entries(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in ("LOOKED_THROUGH", "UNFILTERED"):
        monkeypatch.setattr(queries, most, 3)
    post(site, slug="stop-brexit")
    newest = read(site).entries
    assert [entry.id for entry in read(site, "/feed.atom?status=rejected").entries] == []
    assert len(newest) == 3


def test_a_feed_of_nothing_is_still_a_feed(shared_site: Site) -> None:
    feed = read(shared_site, "/feed.atom?q=no+such+zebra")
    assert feed.entries == []
    assert feed.feed.updated == "2026-01-01T00:00:00Z"


def test_what_is_typed_cannot_break_out(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=SCRIPT))
    post(sqlite_site, text=SCRIPT)
    response = sqlite_site.browser().send("GET", OF_ASK)
    entry = fromstring(response.data).find(f"{ATOM}entry")
    assert entry is not None
    assert (entry.findtext(f"{ATOM}title") or "").startswith(SCRIPT)
    assert "&lt;script&gt;" in (entry.findtext(f"{ATOM}content") or "")
    assert b"<script" not in response.data
    read(sqlite_site, OF_ASK)


def test_only_what_is_published_is_told(sqlite_site: Site) -> None:
    with sqlite_site.change() as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        drafts.save(change, ask, update_draft(text="Only a draft."))
        hidden = make_ask(change, slug="hidden", title="A hidden ask", source_id=ask.source_id)
        updates.post(change, hidden, update_draft(text="Not yet public."))
    assert sqlite_site.browser().send("GET", "/asks/hidden/feed.atom").status_code == 404
    told = str(read(sqlite_site)) + str(read(sqlite_site, OF_ASK))
    assert "Only a draft." not in told
    assert "Not yet public." not in told


def test_an_archived_ask_keeps_its_feed_and_leaves_the_others(sqlite_site: Site) -> None:
    with sqlite_site.change() as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        records.archive(change, ask, None, "No longer followed.")
        assert ask.publication is Publication.ARCHIVED
    assert read(sqlite_site, OF_ASK).entries
    assert not [entry for entry in read(sqlite_site).entries if WEALTH_ORDERS in entry.link]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feed.atom?family=nobody", 400),
        ("/feed.atom?familly=won", 200),
        ("/feed.atom?topic=nowhere", 400),
        ("/feed.atom?law=nowhere", 400),
        ("/feed.atom?on=2019-01-01", 400),
        ("/feed.atom?sort=title&_=1&v=2&after=x", 200),
        ("/feed.atom?family=met&family=met", 200),
        ("/feed.atom?family=met&family=ended", 400),
        ("/feed.atom?q=" + "a" * 300, 400),
        (f"{OF_ASK}?family=met&_=1", 200),
        (f"{OF_ASK}?on=2019-01-01", 400),
        ("/asks/never-there/feed.atom", 404),
        ("/asks/NEVER/feed.atom", 404),
    ],
)
def test_bad_addresses_get_a_clear_answer(shared_site: Site, path: str, status: int) -> None:
    assert shared_site.browser().send("GET", path).status_code == status


def test_other_sites_may_read_it_and_addresses_are_whole(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    response = site.browser().send("GET", "/feed.atom", base_url="https://tracker.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    feed = feedparser.parse(response.data)
    assert feed.feed.id == name(site, "feed")
    assert {entry.link.partition("/asks/")[0] for entry in feed.entries} == {"https://tracker.example"}
    assert datetime.fromisoformat(feed.feed.updated).tzinfo
