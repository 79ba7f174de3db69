"""What feed readers and calendars subscribe to."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from tracker.exports import xml
from tracker.queries import public
from tracker.queries.public import feeds
from tracker.queries.public.feeds import FeedChange
from tracker.queries.public.filters import AskFilter
from tracker.rules.updates import UpdateKind
from tracker.web.addresses import follow_former_slug, refuse_contradictions, site_url
from tracker.web.build import face
from tracker.web.security import share
from tracker.web.session import db

bp = Blueprint("feeds", __name__)
bp.after_request(share)
WORDS = {
    UpdateKind.STATUS: "status changed",
    UpdateKind.TEST: "test result changed",
    UpdateKind.MILESTONE: "milestone",
    UpdateKind.CORRECTION: "correction",
    UpdateKind.REDEFINITION: "wording changed",
    UpdateKind.REVIEW: "checked, nothing changed",
}


@bp.get("/feed.atom")
def changes() -> Response:
    """The newest changes of all asks, or of those that the filters of the status page choose."""
    refuse_contradictions()
    wanted = AskFilter.from_query(request.args)
    chosen = wanted.as_query()
    site_id = feeds.find_site_id(db())
    feed = xml.Feed(
        id=xml.tag(site_id, f"feed?{urlencode(chosen)}" if chosen else "feed"),
        title=f"{face().name}: changes to some of the asks" if chosen else f"{face().name}: all changes",
        subtitle="What became of each ask, with the evidence. A corrected entry appears again, marked as corrected.",
        author=face().name,
        home=_address("public.index"),
        links=_links("public.index", **chosen),
        rights=_rights(),
        checkpoint=public.find_checkpoint(db()).line,
        entries=tuple(_entry(site_id, change) for change in feeds.list_changes(db(), wanted)),
    )
    return _atom(feed)


@bp.get("/asks/<slug:slug>/feed.atom")
def ask_changes(slug: str) -> Response:
    """The newest changes of one ask."""
    refuse_contradictions()
    ask = feeds.find_feed_ask(db(), slug)
    if ask is None:
        return follow_former_slug(slug)
    site_id = feeds.find_site_id(db())
    feed = xml.Feed(
        id=xml.tag(site_id, f"ask/{ask.number}"),
        title=f"{face().name}: {ask.title}",
        subtitle="Every change of this ask. A corrected entry appears again, marked as corrected.",
        author=face().name,
        home=_address("public.index"),
        links=_links("public.ask", slug=ask.slug),
        rights=_rights(),
        checkpoint=public.find_checkpoint(db()).line,
        entries=tuple(_entry(site_id, change) for change in feeds.list_changes_of(db(), ask)),
    )
    return _atom(feed)


def _entry(site_id: str, change: FeedChange) -> xml.FeedEntry:
    """A change as an entry: its words link to the page, its evidence is related."""
    entry, story = change.entry, _address("public.story", slug=change.ask.slug)
    method = _address("public.method")
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
    own = site_url() + url_for(request.endpoint or "", **values)
    return (
        xml.FeedLink("self", own, type="application/atom+xml"),
        xml.FeedLink("alternate", _address(page, **values), type="text/html"),
        xml.FeedLink("license", face().licence_url),
    )


def _rights() -> str:
    return f"Free to re-use under {face().licence}: name {face().name} and link to the page."


def _address(endpoint: str, **values: Any) -> str:
    return site_url() + url_for(endpoint, **values)


def _atom(feed: xml.Feed) -> Response:
    """Return the feed as a response."""
    return current_app.response_class(
        xml.write_feed(feed),
        content_type="application/atom+xml; charset=utf-8",
    )
