"""While TRACKER_READ_ONLY is on, the site writes nothing: every form is refused, and what was typed is kept.

Signing in and out are writes too. Whoever is signed in can go on reading until the session ends by itself.
"""

from flask import Flask, current_app, render_template, request

from tracker.web.kept_forms import SIGNING_IN, given_back, kept_through_sign_in, sign_in_page
from tracker.web.problems import is_for_programs, problem
from tracker.web.security import SAFE_METHODS
from tracker.web.session import stop_reading

TITLE = "The site is read-only for now"
WHY = f"{TITLE}, so nothing was saved. Leave this page open until it can be written again."
LATER = {"Retry-After": "300"}
Answer = tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Refuse every request that would write, if the settings say so."""
    app.before_request(_refuse_writes)


def _refuse_writes() -> Answer | None:
    if not current_app.config["READ_ONLY"] or request.method in SAFE_METHODS or request.endpoint is None:
        return None
    stop_reading()
    if is_for_programs():
        text, code, headers = problem(503, TITLE)
        return text, code, headers | LATER
    if request.endpoint in SIGNING_IN:
        return sign_in_page(request.form.get("next", ""), kept_through_sign_in()), 503, LATER
    if kept := given_back(WHY):
        return kept, 503, LATER
    page = render_template(
        "error.html",
        code=503,
        title=TITLE,
        explanation="Nothing was changed.",
        advice="Somebody is working on it. Try again later.",
    )
    return page, 503, LATER
