"""Error pages: what happened, what is safe, what to do; for the API the same as problem documents (RFC 9457)."""

import logging
import re
import sqlite3
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, g, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, SecurityError
from werkzeug.wrappers import Response

from tracker.db.errors import Unsure, lacks_room, took_too_long
from tracker.exports import json
from tracker.exports.openapi import PROBLEMS
from tracker.queries.public.filters import UnknownFilter
from tracker.rules.errors import Conflict, NotAllowed, RuleBroken
from tracker.services.sessions import Busy
from tracker.web.addresses import find_meant, site_url
from tracker.web.security import SAFE_METHODS, SHARED
from tracker.web.sent_forms import SIGNING_IN, given_back, kept_through_sign_in, sign_in_page
from tracker.web.session import stop_reading

log = logging.getLogger(__name__)
Answer = tuple[str, int, dict[str, str]]
RETRY_SOON, RETRY_LATER = {"Retry-After": "5"}, {"Retry-After": "300"}
PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Words:
    """What an error page says."""

    title: str
    explanation: str
    advice: str


NOT_OUR_NAME = """This site does not go by that name.
Whoever runs it: a proxy in front must pass on Host as it came, and TRACKER_SITE_URL must have that name.
"""
NOTHING_CHANGED = "Nothing was changed."
WORDS = {
    400: Words(
        "We could not read that request", NOTHING_CHANGED, "Go back, check the address or the form, and try again."
    ),
    403: Words(
        "You may not do that", NOTHING_CHANGED, "If you think you should be able to, ask an admin of this site."
    ),
    404: Words("There is no such page", "The address may be mistyped.", "Start from the list of asks."),
    405: Words("That address does not work this way", NOTHING_CHANGED, "Go back and use the page's own buttons."),
    409: Words("Somebody else was quicker", NOTHING_CHANGED, "Open the page again to see what changed."),
    413: Words("That is too large", NOTHING_CHANGED, "Send less at once; the largest files go by the command line."),
    422: Words("The rules do not allow that", NOTHING_CHANGED, "Go back and correct what is named."),
    429: Words("Too many attempts", NOTHING_CHANGED, "Wait five minutes, then try again."),
    503: Words("The site is busy", "Nothing was lost and nothing was changed.", "Try again in a few seconds."),
}

CANNOT_SAVE = Words(
    "The site cannot save anything at the moment",
    "Its disk is full or fails, or may not be written. Nothing was lost and nothing was changed.",
    "Please tell whoever runs this site, and try again later.",
)
TOO_LONG = Words(
    "That takes too long to look up",
    "It was stopped, so that others get their pages too. Nothing was changed.",
    "Narrow it: use more particular words, or one filter more.",
)
UNSURE = Words(
    "We cannot tell whether that was saved",
    "The database was lost at that very moment.",
    "Look whether it is there before you send it again.",
)
# What SQLite says of a file that the disk gives in part.
UNREADABLE = re.compile("malformed|not a database")
READ_ONLY = Words("The site is read-only for now", NOTHING_CHANGED, "Somebody is working on it. Try again later.")


def is_for_programs() -> bool:
    """True if the request was made to the API."""
    return request.path.startswith("/api/")


def problem(code: int, detail: str = "") -> tuple[str, int, dict[str, str]]:
    """Return the problem document (RFC 9457) that says what is wrong; the page "API" explains its type."""
    title = HTTPStatus(code).phrase
    document = {
        "type": f"{site_url()}/api#error-{code}" if code in PROBLEMS else "about:blank",
        "title": title,
        "status": code,
        "detail": detail or PROBLEMS.get(code, title),
    }
    return json.write(document), code, {"Content-Type": PROBLEM_TYPE, **SHARED}


def refuse_writes() -> Answer | None:
    """Refuse every form and give back what was typed: for a site with TRACKER_READ_ONLY.

    Signing in and out are writes too. A signed-in user can go on reading until the session expires.
    """
    if request.method in SAFE_METHODS or request.endpoint is None:
        return None
    stop_reading()
    if is_for_programs():
        text, code, headers = problem(503, READ_ONLY.title)
        return text, code, headers | RETRY_LATER
    if request.endpoint in SIGNING_IN:
        return sign_in_page(request.form.get("next", ""), kept_through_sign_in()), 503, RETRY_LATER
    if kept := given_back(
        f"{READ_ONLY.title}, so nothing was saved. Leave this page open until it can be written again."
    ):
        return kept, 503, RETRY_LATER
    return _words_page(503, READ_ONLY), 503, RETRY_LATER


def init_app(app: Flask) -> None:
    """Register the handler of each kind of error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(UnknownFilter, lambda error: _page(400, str(error)))
    app.register_error_handler(RuleBroken, lambda error: _page(422, str(error)))
    app.register_error_handler(Conflict, lambda error: _page(409))
    app.register_error_handler(NotAllowed, lambda error: _page(403, str(error)))
    app.register_error_handler(Busy, lambda error: _page(503))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(sqlite3.OperationalError, _system)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Answer | Response:
    """An error that Flask or a view raised; only our own sentences are shown."""
    if isinstance(error, InternalServerError):
        return _unexpected(error)
    if isinstance(error, SecurityError):  # raised before addresses can be made, so without a page of ours
        return NOT_OUR_NAME, 400, {"Content-Type": "text/plain; charset=utf-8"}
    is_of_no_page = error is request.routing_exception and isinstance(error, NotFound) and not is_for_programs()
    if is_of_no_page and (meant := find_meant()):
        return meant
    own_words = error.description if error.description != type(error).description else ""
    text, status, headers = _page(error.code or 500, own_words or "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            headers[name] = value
    return text, status, headers


def _page(code: int, explanation: str = "", words: Words | None = None) -> Answer:
    stop_reading()
    g.tells_of_error = True
    words = words or WORDS.get(code, WORDS[400])
    if code == 503 and (page := given_back(f"{words.title}. {words.explanation} {words.advice}")):
        return page, code, RETRY_SOON
    retry = RETRY_SOON if code == 503 else {}
    if is_for_programs():
        text, _, headers = problem(code, explanation)
        return text, code, headers | retry
    return _words_page(code, words, explanation), code, {**retry}


def _words_page(code: int, words: Words, explanation: str = "") -> str:
    return render_template(
        "error.html",
        code=code,
        title=words.title,
        explanation=explanation or words.explanation,
        advice=words.advice,
    )


def _database(error: DBAPIError) -> Answer:
    """A locked, full, failing or unreachable database is a busy site, not a broken one."""
    is_unreadable = UNREADABLE.search(str(error.orig)) is not None
    if not isinstance(error, OperationalError) and not is_unreadable:
        return _unexpected(error)
    log.error("database: %s", error.orig)
    if isinstance(error, Unsure):
        return _page(503, words=UNSURE)
    if took_too_long(error.orig):
        return _page(503, TOO_LONG.explanation, TOO_LONG)
    return _page(503, words=CANNOT_SAVE if is_unreadable or lacks_room(error.orig) else None)


def _system(error: OSError | sqlite3.OperationalError) -> Answer:
    """A file that cannot be written, such as a large upload on its way or a download that is made."""
    if lacks_room(error):
        log.error("system: %s", error)
        return _page(503, words=CANNOT_SAVE)
    return _unexpected(error)


def _unexpected(error: Exception) -> Answer:
    log.error("unexpected error", exc_info=error)
    if is_for_programs():
        return problem(500)
    return render_template("error500.html"), 500, {}
