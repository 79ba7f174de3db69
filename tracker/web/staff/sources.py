"""Sources: where asks were made."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Source
from tracker.queries import staff
from tracker.rules.people import Action
from tracker.services import asks
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import SourceForm
from tracker.web.forms.base import ConfirmForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, answer_form

bp = Blueprint("sources", __name__, url_prefix="/staff/sources")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    page = staff.list_all(db(), Source, request.args.get("after", ""))
    return render_template("staff/sources.html", page=page, form_for=ConfirmForm)


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    def save(change: Change, form: SourceForm) -> None:
        asks.create_source(change, form.draft())

    return answer_form(SourceForm, save, "Kept as a draft.", "New source", url_for(".index"), submit="Keep as a draft")


@bp.route("/<id:source_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(source_id: int) -> Page | Response:
    def save(change: Change, source: Source, form: SourceForm) -> None:
        asks.edit_source(change, source, form.draft(), form.seen_version)

    return answer_edit(Source, source_id, SourceForm, save, "Kept.", "Edit the source", url_for(".index"))
