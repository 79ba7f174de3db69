"""Bodies: who answers for asks. An ask that names a new one makes it; here it is renamed and gets short names."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Body
from tracker.queries import staff
from tracker.rules.asks import BodyDraft
from tracker.rules.people import Action
from tracker.services.bodies import edit_body
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import BodyForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit

bp = Blueprint("bodies", __name__, url_prefix="/staff/bodies")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/bodies.html", page=staff.list_all(db(), Body, request.args.get("after", "")))


@bp.route("/<id:body_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(body_id: int) -> Page | Response:
    def save(change: Change, body: Body, form: BodyForm) -> None:
        edit_body(change, body, BodyDraft(body.slug, **form.values()), form.seen_version)

    return answer_edit(Body, body_id, BodyForm, save, "Kept.", "Edit the body", url_for(".index"))
