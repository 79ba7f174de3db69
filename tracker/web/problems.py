"""Errors of the API as problem details (RFC 9457), never as a page."""

from http import HTTPStatus

from flask import request

from tracker.exports import json
from tracker.exports.operations import PROBLEMS
from tracker.web.filters import site_url
from tracker.web.sharing import HEADERS

MEDIA_TYPE = "application/problem+json"


def is_for_programs() -> bool:
    """Whether the request was made to the API."""
    return request.path.startswith("/api/")


def problem(code: int, detail: str = "") -> tuple[str, int, dict[str, str]]:
    """The answer that says what is wrong; its type is explained on the page about the API."""
    title = HTTPStatus(code).phrase
    document = {
        "type": f"{site_url()}/api#error-{code}" if code in PROBLEMS else "about:blank",
        "title": title,
        "status": code,
        "detail": detail or PROBLEMS.get(code, title),
    }
    return json.write(document), code, {"Content-Type": MEDIA_TYPE, **HEADERS}
