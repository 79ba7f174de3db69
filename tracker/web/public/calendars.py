"""What calendars subscribe to: next steps, deadlines and the days on which linked law comes into force."""

from flask import Blueprint, current_app, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports import calendar
from tracker.queries.public import dates, feeds
from tracker.queries.public.dates import DateKind, PublicDate
from tracker.queries.public.feeds import FeedAsk
from tracker.web.addresses import follow_former_slug, refuse_contradictions, site_url
from tracker.web.build import face
from tracker.web.security import share
from tracker.web.session import db

bp = Blueprint("calendars", __name__)
bp.after_request(share)
WORDS = {
    DateKind.NEXT_STEP: "Next step",
    DateKind.FIRST_DEADLINE: "First deadline",
    DateKind.DEADLINE: "Deadline",
    DateKind.IN_FORCE: "Comes into force",
}


@bp.get("/calendar.ics")
def all_dates() -> Response:
    """The dates of all asks, from a year back on."""
    refuse_contradictions()
    return _calendar(face().name, None)


@bp.get("/asks/<slug:slug>/calendar.ics")
def ask_dates(slug: str) -> Response:
    """The dates of one ask, from a year back on."""
    refuse_contradictions()
    ask = feeds.find_feed_ask(db(), slug)
    return _calendar(ask.title, ask) if ask else follow_former_slug(slug)


def _calendar(name: str, of: FeedAsk | None) -> Response:
    site_id = feeds.find_site_id(db())
    events = [_event(found, site_id) for found in dates.list_dates(db(), today(), of)]
    return current_app.response_class(
        calendar.write(name, face().name, events),
        content_type="text/calendar; charset=utf-8",
    )


def _event(found: PublicDate, site_id: str) -> calendar.CalendarEvent:
    of = "link" if found.kind is DateKind.IN_FORCE else "ask"
    return calendar.CalendarEvent(
        uid=f"{of}-{found.number}-{found.kind.value}@{site_id}.policy-tracker",
        first_day=found.on.first_day,
        last_day=found.on.last_day,
        summary=summary(found),
        description=found.note,
        category=WORDS[found.kind],
        url=site_url() + url_for("public.ask", slug=found.ask.slug),
        recorded_at=found.recorded_at,
    )


def summary(found: PublicDate) -> str:
    """ "Next step, some time in March 2027: Unexplained wealth orders"; a day is not named again."""
    words = WORDS[found.kind]
    if found.on.precision != "day":
        words += f", some time in {found.on.in_words}"
    if found.kind is not DateKind.IN_FORCE:
        return f"{words}: {found.ask.title}"
    law = " ".join(filter(None, (found.law_title, found.provisions)))
    extent = f" ({', '.join(found.extent)})" if found.extent else ""
    return f"{words}: {law}{extent}"
