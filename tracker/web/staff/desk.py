"""The first page after signing in."""

from flask import Blueprint, render_template

from tracker.clock import today
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.web.auth import requires
from tracker.web.session import db

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("/")
@requires(Action.READ)
def desk() -> str:
    return render_template(
        "staff/desk.html",
        due=staff.list_due(db(), today()),
        drafts=staff.list_drafts(db()),
        events=staff.list_events(db()),
    )
