"""The addresses of the site: what their parts and parameters may be, and where a former slug leads."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.queries import public
from tracker.queries.public.filters import FILTER_PARAMETERS, UnknownFilter
from tracker.rules.legislation import KEY
from tracker.rules.updates import UpdateKind
from tracker.web.security import SAFE_METHODS
from tracker.web.session import db

SHOWN_LENGTH = 40
AFTER_ADDRESS = re.compile(r"[/.,;:!?*)>\]}'\"’”»…\s]+\Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_DAY = date(1900, 1, 1)


class SlugConverter(BaseConverter):
    """An ask's slug."""

    regex = r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?"


class LawConverter(BaseConverter):
    """A law's key, such as ukpga/2017/22 or ukpga/Edw7/7/51."""

    regex = KEY.pattern
    part_isolating = False


class IdConverter(IntegerConverter):
    """A row's number, small enough for every database."""

    regex = r"[1-9][0-9]{0,8}"


def site_url() -> str:
    """Return the public address of this site, without a slash at the end."""
    return str(current_app.config["SITE_URL"])


def whole_address(endpoint: str, **values: Any) -> str:
    """Return the address of a page as other programs need it: with the site's own."""
    return site_url() + url_for(endpoint, **values)


def follow_former_slug(slug: str, **values: Any) -> Response:
    """Send on to the same address under the ask's present slug; not found when no ask ever had this one."""
    slug_now = public.find_slug_now(db(), slug)
    return redirect(url_for(request.endpoint or "", slug=slug_now, **values), 301) if slug_now else abort(404)


def find_meant() -> Response | None:
    """Return a redirect if the address is one of ours but for what a mail program put after it, such as a full stop."""
    path = AFTER_ADDRESS.sub("", request.path) or "/"
    path = {"/asks": "/"}.get(path, path)
    adapter = current_app.create_url_adapter(request)
    if path == request.path or request.method not in SAFE_METHODS or adapter is None:
        return None
    query = request.query_string.decode("latin-1")
    for meant in (path, f"{path}/"):
        with suppress(HTTPException):
            endpoint, values = adapter.match(meant, "GET")
            return redirect(url_for(endpoint, **values) + (f"?{query}" if query else ""), 301)
    return None


def expect(*names: str) -> None:
    """Raise UnknownFilter for a parameter of the request that is none of these, or that is given twice."""
    for name, values in request.args.lists():
        if name not in names:
            shown = name[:SHOWN_LENGTH] if name.isprintable() else "…"
            raise UnknownFilter(f"This address has no filter called “{shown}”.")
        if len(values) > 1:
            raise UnknownFilter(f"“{name}” is given twice. Give it once.")


def refuse_contradictions() -> None:
    """Raise UnknownFilter for what would give a file that is not what was asked for: a past day, two of a filter.

    Any other parameter is ignored, as feed readers and calendars add some of their own.
    """
    if request.args.get("on"):
        raise UnknownFilter("Only pages tell the past, so this address has no “on”. The story has the dates.")
    for name in FILTER_PARAMETERS:
        if len(set(request.args.getlist(name))) > 1:
            raise UnknownFilter(f"“{name}” is given twice. Give it once.")


def day_asked_for() -> date | None:
    """The past day of `?on=`, or None for the present; raises UnknownFilter for what is no such day.

    Today may be asked for by its date: that address goes on showing today when tomorrow has come.
    """
    text = request.args.get("on", "")
    if not text:
        return None
    if not DAY.fullmatch(text):
        raise UnknownFilter("Write the day after “on=” as year, month and day: 2019-06-30.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnknownFilter(f"There is no such day as {text}. Write it as year, month and day: 2019-06-30.") from None
    if not FIRST_DAY <= day <= today():
        raise UnknownFilter(f"Choose a day between {FIRST_DAY} and today, {today()}.")
    return day


def kind_asked_for() -> UpdateKind | None:
    """The kind of entry of `?kind=`; raises UnknownFilter for what is none."""
    text = request.args.get("kind", "")
    if text and text not in set(UpdateKind):
        raise UnknownFilter(f"There is no such kind of entry. Choose one of: {', '.join(UpdateKind)}.")
    return UpdateKind(text) if text else None


def init_app(app: Flask) -> None:
    """Make the converters known by name."""
    app.url_map.converters |= {"slug": SlugConverter, "law": LawConverter, "id": IdConverter}
