"""What feed readers and calendars subscribe to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports import calendar
from tracker.exports.columns import ask_path
from tracker.queries import public
from tracker.queries.public import dates, feeds
from tracker.queries.public.dates import DateKind
from tracker.queries.public.feeds import FeedChange
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
# Names of feeds and entries never change (RFC 4151), nor does the date with which they were first made.
NAMED = "tag:policy-tracker,2026"
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)
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
    return _atom(
        feeds.list_changes(db(), wanted),
        name=f"feed?{urlencode(chosen)}" if chosen else "feed",
        title="changes to some of the asks" if chosen else "all changes",
        subtitle="What became of each ask, with the evidence. A corrected entry appears again, marked as corrected.",
        own=whole_address("feeds.changes", **chosen),
        page=whole_address("public.index", **chosen),
    )


@bp.get("/asks/<slug:slug>/feed.atom")
def ask_changes(slug: str) -> Response:
    """The newest changes of one ask."""
    refuse_contradictions()
    ask = feeds.find_feed_ask(db(), slug)
    if ask is None:
        return follow_former_slug(slug)
    return _atom(
        feeds.list_changes_of(db(), ask.id),
        name=f"ask/{ask.id}",
        title=ask.title,
        subtitle="Every change of this ask. A corrected entry appears again, marked as corrected.",
        own=whole_address("feeds.ask_changes", slug=slug),
        page=whole_address("public.ask", slug=slug),
    )


def _atom(changes: Sequence[FeedChange], **told: str) -> Response:
    """Return the changes as a feed, which was updated when the newest of them was; its name tells it from others."""
    document = render_template(
        "public/feed.xml",
        changes=changes,
        updated=max((change.changed_at for change in changes), default=NOTHING_YET),
        named=f"{NAMED}:{feeds.find_site_id(db())}/",
        checkpoint=public.find_checkpoint(db()),
        headline=headline,
        **told,
    )
    return current_app.response_class(document, content_type="application/atom+xml; charset=utf-8")


def headline(change: FeedChange) -> str:
    """ "Unexplained wealth orders: status changed to Partly met"."""
    entry = change.entry
    words = WORDS[entry.kind]
    if entry.kind is UpdateKind.MILESTONE:
        words += f" of {entry.happened_on.in_words}"
    if entry.status:
        words += f" to {entry.status.label}" if entry.kind is UpdateKind.STATUS else f", status {entry.status.label}"
    return f"{change.ask_title}: {words}{' (since corrected)' if entry.corrected_by else ''}"


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
    return _calendar(ask.title, ask.id) if ask else follow_former_slug(slug)


def _calendar(name: str, of: int | None) -> Response:
    site_id = feeds.find_site_id(db())
    events = [_event(found, site_id) for found in dates.list_dates(db(), today(), of)]
    written = calendar.write(name, face().name, events)
    return current_app.response_class(written, content_type="text/calendar; charset=utf-8")


def _event(found: Any, site_id: str) -> calendar.CalendarEvent:
    kind = DateKind(found.kind)
    of = "link" if kind is DateKind.IN_FORCE else "ask"
    return calendar.CalendarEvent(
        uid=f"{of}-{found.number}-{kind.value}@{site_id}.policy-tracker",
        first_day=found.on.first_day,
        last_day=found.on.last_day,
        summary=summary(found),
        description=found.note,
        category=kind.label,
        url=site_url() + ask_path(found.slug),
        recorded_at=found.recorded_at,
    )


def summary(found: Any) -> str:
    """ "Next step, some time in March 2027: Unexplained wealth orders"; a day is not named again."""
    words = DateKind(found.kind).label
    if found.on.precision != "day":
        words += f", some time in {found.on.in_words}"
    if found.kind != DateKind.IN_FORCE:
        return f"{words}: {found.title}"
    law = " ".join(filter(None, (found.law_title, found.provisions)))
    extent = f" ({', '.join(found.extent)})" if found.extent else ""
    return f"{words}: {law}{extent}"
