"""Sources: where asks were made."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Source
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import asks
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import SourceForm
from tracker.web.forms.base import ConfirmForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled

bp = Blueprint("sources", __name__, url_prefix="/staff/sources")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    after = request.args.get("after", "")
    page = staff.list_sources(db(), after)
    return render_template("staff/sources.html", page=page, is_first=not after, form_for=ConfirmForm)


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    form, back = SourceForm(), url_for(".index")

    def save(change: Change) -> str:
        asks.create_source(change, form.draft())
        return back

    return handled(form, save, "Kept as a draft.") or form_page(form, "New source", back, submit="Keep as a draft")


@bp.route("/<id:source_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(source_id: int) -> Page | Response:
    form, back = _form(source_id), url_for(".index")

    def save(change: Change) -> str:
        asks.edit_source(change, change.session.get_one(Source, source_id), form.draft(), form.seen_version)
        return back

    return handled(form, save, "Kept.", lambda: _form(source_id, formdata=None)) or form_page(
        form, "Edit the source", back
    )


def _form(source_id: int, **options: Any) -> SourceForm:
    return SourceForm(obj=found(db().get(Source, source_id)), **options)
