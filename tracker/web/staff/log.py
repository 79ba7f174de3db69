"""The event log: who did what, when and why, with what it was before."""

import logging
from dataclasses import replace
from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports.folder import LOG
from tracker.models import Event
from tracker.queries import log, staff
from tracker.queries.log import LogFilter
from tracker.queries.public.filters import UnknownFilter
from tracker.rules.people import Action
from tracker.web.addresses import FIRST_DAY, expect
from tracker.web.auth import me, requires
from tracker.web.forms.base import whole_number
from tracker.web.limits import CSV, download
from tracker.web.session import db, engine, stop_reading
from tracker.web.staff.answers import ask_page, found

security = logging.getLogger("tracker.security")
bp = Blueprint("log", __name__, url_prefix="/staff")
LAST_DAY = date(2999, 12, 31)
MACHINES = "Command line and seeds"
FILTERS = ("person", "ask", "subject", "action", "from", "to", "all")


@bp.get("/log")
@requires(Action.READ)
def index() -> str:
    expect(*FILTERS, "before")
    wanted = _wanted()
    return render_template(
        "staff/log/index.html",
        page=log.list_entries(db(), me(), wanted, _number("before")),
        wanted=wanted,
        query={name: request.args[name] for name in FILTERS if request.args.get(name)},
        people=[(log.NOBODY, MACHINES), *((person.id, person.name) for person in staff.list_everybody(db()))],
        subjects=[(name, name.capitalize()) for name in log.list_distinct(db(), Event.subject)],
        actions=[(name, name.capitalize()) for name in log.list_distinct(db(), Event.action)],
        is_first="before" not in request.args,
        subject_page=_subject_page,
    )


@bp.get("/log/<id:number>")
@requires(Action.READ)
def entry(number: int) -> str:
    return render_template(
        "staff/log/entry.html",
        entry=found(log.find_entry(db(), me(), number)),
        subject_page=_subject_page,
    )


@bp.get("/log.csv")
@requires(Action.EXPORT_LOG, recently=True)
def csv() -> Response:
    """The entries that fit the filters, sent piece by piece."""
    expect(*FILTERS)
    wanted, reader, source = replace(_wanted(), has_all=True), me(), engine()
    stop_reading()
    answer = download(LOG.csv(log.read(source, reader, wanted), ""), CSV, f"log-{today()}.csv")
    security.info("the log was taken along")
    return answer


def _wanted() -> LogFilter:
    return LogFilter(
        person=_number("person"),
        ask=_name("ask"),
        subject=_name("subject"),
        action=_name("action"),
        first=_day("from"),
        last=_day("to"),
        has_all=_name("all") != "",
    )


def _name(name: str) -> str:
    text = request.args.get(name, "").strip()
    if not text.isprintable():
        raise UnknownFilter(f"“{name}” holds characters that no name has.")
    return text


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if text in {"", "0"}:
        return int(text) if text else None
    if not whole_number(text):
        raise UnknownFilter(f"“{name}” is not a number of this list.")
    return whole_number(text)


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise UnknownFilter("Write a day as year, month and day: 2026-11-22.") from None
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise UnknownFilter(f"Choose a day between {FIRST_DAY} and {LAST_DAY}.")
    return day


def _subject_page(event: Event) -> str:
    """The staff page of the record that an entry is about; empty where there is none to see."""
    if event.ask_id is not None:
        return ask_page(event.ask_id)
    match event.subject:
        case "legislation":
            return url_for("laws.show", law_id=event.subject_id)
        case "source":
            return url_for("sources.index")
        case "body":
            return url_for("bodies.index")
        case "person" if me().may(Action.MANAGE_PEOPLE):
            return url_for("people.index")
    return ""
