"""Sources: where asks were made."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from tracker.models import Source
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import asks
from tracker.web.auth import me, requires
from tracker.web.forms.asks import SourceForm
from tracker.web.forms.base import saving
from tracker.web.forms.updates import ConfirmForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction

bp = Blueprint("sources", __name__, url_prefix="/staff/sources")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/sources.html", sources=staff.list_sources(db()), form_for=ConfirmForm)


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    form = SourceForm()
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            asks.create_source(change, form.draft())
            return done("The source is entered as a draft.", url_for(".index"))
    return form_page(form, "New source", url_for(".index"), submit="Enter the source")


@bp.route("/<id:source_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(source_id: int) -> Page | Response:
    form = SourceForm(obj=found(db().get(Source, source_id)))
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            source = change.session.get_one(Source, source_id)
            asks.edit_source(change, source, form.draft(), form.seen_version)
            return done("Saved.", url_for(".index"))
    if form.is_stale:
        form.show_conflict(SourceForm(formdata=None, obj=found(db().get(Source, source_id))))
    return form_page(form, "Edit the source", url_for(".index"))
