"""What we changed about an ask's own words, for the public."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from tracker.queries.public import wording
from tracker.web.session import db
from tracker.web.slugs import lead_on

bp = Blueprint("history", __name__)


@bp.get("/asks/<slug:slug>/history")
def ask(slug: str) -> str | Response:
    """The wording of an ask over time."""
    found = wording.find_history(db(), slug)
    if found is None:
        return lead_on(slug)
    return render_template("public/ask_history.html", history=found)
