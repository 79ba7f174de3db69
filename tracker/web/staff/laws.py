"""Laws, and their links to asks."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask, Legislation
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import legislation
from tracker.web.auth import me, requires
from tracker.web.forms.base import saving
from tracker.web.forms.legislation import LegislationForm, LinkForm
from tracker.web.forms.updates import ConfirmForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction

bp = Blueprint("laws", __name__, url_prefix="/staff")


@bp.get("/legislation/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/laws/index.html", laws=staff.list_laws(db()))


@bp.get("/legislation/<id:law_id>")
@requires(Action.READ)
def show(law_id: int) -> str:
    law = found(staff.find_law(db(), law_id))
    events = staff.list_subject_events(db(), "legislation", law_id)
    return render_template("staff/laws/show.html", law=law, events=events, confirm=ConfirmForm(version=law.version))


@bp.route("/legislation/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    form = LegislationForm(laws=staff.list_laws(db()))
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            law = legislation.create_legislation(change, form.draft())
            return done("The law is entered as a draft.", url_for(".show", law_id=law.id))
    return form_page(form, "New law", url_for(".index"), submit="Enter the law")


@bp.route("/legislation/<id:law_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(law_id: int) -> Page | Response:
    laws = staff.list_laws(db())
    form = LegislationForm(obj=found(staff.find_law(db(), law_id)), laws=laws)
    here = url_for(".show", law_id=law_id)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            law = change.session.get_one(Legislation, law_id)
            legislation.edit_legislation(change, law, form.draft(), form.seen_version)
            return done("Saved.", here)
    if form.is_stale:
        form.show_conflict(LegislationForm(formdata=None, obj=found(staff.find_law(db(), law_id)), laws=laws))
    return form_page(form, "Edit the law", here)


@bp.route("/asks/<id:ask_id>/links/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new_link(ask_id: int) -> Page | Response:
    ask = found(db().get(Ask, ask_id))
    form, back = LinkForm(laws=staff.list_laws(db())), url_for("asks.show", ask_id=ask_id)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            legislation.create_link(change, form.draft(ask_id))
            return done("The link is entered as a draft. Publish it when it is right.", back)
    return form_page(form, f"Link a law to “{ask.title}”", back, submit="Enter the link")


@bp.route("/links/<id:link_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit_link(link_id: int) -> Page | Response:
    link, laws = found(staff.find_link(db(), link_id)), staff.list_laws(db())
    form, back = LinkForm(obj=link, laws=laws), url_for("asks.show", ask_id=link.ask_id)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = found(staff.find_link(change.session, link_id))
            legislation.edit_link(change, row, form.draft(row.ask_id), form.seen_version)
            return done("Saved.", back)
    if form.is_stale:
        form.show_conflict(LinkForm(formdata=None, obj=found(staff.find_link(db(), link_id)), laws=laws))
    return form_page(form, f"Edit the link to {link.legislation.citation or link.legislation.title}", back)
