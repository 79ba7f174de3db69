"""What feed readers and calendars subscribe to."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports import calendar, xml
from tracker.exports.columns import ask_path
from tracker.queries import public
from tracker.queries.public import dates, feeds
from tracker.queries.public.dates import DateKind, PublicDate
from tracker.queries.public.feeds import FeedAsk, FeedChange
from tracker.queries.public.filters import AskFilter
from tracker.rules.updates import UpdateKind
from tracker.web.addresses import follow_former_slug, refuse_contradictions, site_url, whole_address
from tracker.web.build import face
from tracker.web.security import share
from tracker.web.session import db

bp = Blueprint("feeds", __name__)
bp.after_request(share)
calendars = Blueprint("calendars", __name__)
calendars.after_request(share)
WORDS = {
    UpdateKind.STATUS: "status changed",
    UpdateKind.TEST: "test result changed",
    UpdateKind.MILESTONE: "milestone",
    UpdateKind.CORRECTION: "correction",
    UpdateKind.REDEFINITION: "wording changed",
    UpdateKind.REVIEW: "checked, nothing changed",
}
DATE_WORDS = {
    DateKind.NEXT_STEP: "Next step",
    DateKind.FIRST_DEADLINE: "First deadline",
    DateKind.DEADLINE: "Deadline",
    DateKind.IN_FORCE: "Comes into force",
}


@bp.get("/feed.atom")
def changes() -> Response:
    """The newest changes of all asks, or of those that the filters of the status page choose."""
    refuse_contradictions()
    wanted = AskFilter.from_query(request.args)
    chosen = wanted.as_query()
    return _atom(
        f"feed?{urlencode(chosen)}" if chosen else "feed",
        "changes to some of the asks" if chosen else "all changes",
        "What became of each ask, with the evidence. A corrected entry appears again, marked as corrected.",
        _links("public.index", **chosen),
        feeds.list_changes(db(), wanted),
    )


@bp.get("/asks/<slug:slug>/feed.atom")
def ask_changes(slug: str) -> Response:
    """The newest changes of one ask."""
    refuse_contradictions()
    ask = feeds.find_feed_ask(db(), slug)
    if ask is None:
        return follow_former_slug(slug)
    return _atom(
        f"ask/{ask.number}",
        ask.title,
        "Every change of this ask. A corrected entry appears again, marked as corrected.",
        _links("public.ask", slug=ask.slug),
        feeds.list_changes_of(db(), ask),
    )


def _atom(
    name: str, title: str, subtitle: str, links: tuple[xml.FeedLink, ...], changes: Iterable[FeedChange]
) -> Response:
    """Return the changes as a feed; `name` tells it from the site's other feeds."""
    site_id = feeds.find_site_id(db())
    feed = xml.Feed(
        id=xml.tag(site_id, name),
        title=f"{face().name}: {title}",
        subtitle=subtitle,
        author=face().name,
        home=whole_address("public.index"),
        links=links,
        rights=f"Free to re-use under {face().licence}: name {face().name} and link to the page.",
        checkpoint=public.find_checkpoint(db()).line,
        entries=tuple(_entry(site_id, change) for change in changes),
    )
    return current_app.response_class(xml.write_feed(feed), content_type="application/atom+xml; charset=utf-8")


def _entry(site_id: str, change: FeedChange) -> xml.FeedEntry:
    """A change as an entry: its words link to the page, its evidence is related."""
    entry, story = change.entry, whole_address("public.story", slug=change.ask.slug)
    method = whole_address("public.method")
    categories = [xml.FeedCategory(f"{method}#story", entry.kind.value, entry.kind.label)]
    if entry.status:
        categories.append(xml.FeedCategory(f"{method}#statuses", entry.status.value, entry.status.label))
    evidence = (xml.FeedLink("related", item.url, item.title) for item in entry.evidence)
    return xml.FeedEntry(
        id=xml.tag(site_id, f"update/{change.number}"),
        title=headline(change),
        published=change.published_at,
        updated=change.changed_at,
        links=(xml.FeedLink("alternate", f"{story}?entry={entry.key}", type="text/html"), *evidence),
        categories=tuple(categories),
        content=current_app.jinja_env.get_template("public/feed_entry.html").render(entry=entry, story=story).strip(),
    )


def headline(change: FeedChange) -> str:
    """ "Unexplained wealth orders: status changed to Partly met"."""
    entry = change.entry
    words = WORDS[entry.kind]
    if entry.kind is UpdateKind.MILESTONE:
        words += f" of {entry.happened_on.in_words}"
    if entry.status:
        words += f" to {entry.status.label}" if entry.kind is UpdateKind.STATUS else f", status {entry.status.label}"
    return f"{change.ask.title}: {words}{' (since corrected)' if entry.corrected_by else ''}"


def _links(page: str, **values: Any) -> tuple[xml.FeedLink, ...]:
    """The feed's own address, with its filters, that of the page that shows the same, and the licence."""
    own = whole_address(request.endpoint or "", **values)
    return (
        xml.FeedLink("self", own, type="application/atom+xml"),
        xml.FeedLink("alternate", whole_address(page, **values), type="text/html"),
        xml.FeedLink("license", face().licence_url),
    )


@calendars.get("/calendar.ics")
def all_dates() -> Response:
    """The dates of all asks, from a year back on."""
    refuse_contradictions()
    return _calendar(face().name, None)


@calendars.get("/asks/<slug:slug>/calendar.ics")
def ask_dates(slug: str) -> Response:
    """The dates of one ask, from a year back on."""
    refuse_contradictions()
    ask = feeds.find_feed_ask(db(), slug)
    return _calendar(ask.title, ask) if ask else follow_former_slug(slug)


def _calendar(name: str, of: FeedAsk | None) -> Response:
    site_id = feeds.find_site_id(db())
    events = [_event(found, site_id) for found in dates.list_dates(db(), today(), of)]
    written = calendar.write(name, face().name, events)
    return current_app.response_class(written, content_type="text/calendar; charset=utf-8")


def _event(found: PublicDate, site_id: str) -> calendar.CalendarEvent:
    of = "link" if found.kind is DateKind.IN_FORCE else "ask"
    return calendar.CalendarEvent(
        uid=f"{of}-{found.number}-{found.kind.value}@{site_id}.policy-tracker",
        first_day=found.on.first_day,
        last_day=found.on.last_day,
        summary=summary(found),
        description=found.note,
        category=DATE_WORDS[found.kind],
        url=site_url() + ask_path(found.ask.slug),
        recorded_at=found.recorded_at,
    )


def summary(found: PublicDate) -> str:
    """ "Next step, some time in March 2027: Unexplained wealth orders"; a day is not named again."""
    words = DATE_WORDS[found.kind]
    if found.on.precision != "day":
        words += f", some time in {found.on.in_words}"
    if found.kind is not DateKind.IN_FORCE:
        return f"{words}: {found.ask.title}"
    law = " ".join(filter(None, (found.law_title, found.provisions)))
    extent = f" ({', '.join(found.extent)})" if found.extent else ""
    return f"{words}: {law}{extent}"
