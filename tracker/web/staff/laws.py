"""Laws, and their links to asks."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Legislation
from tracker.queries import staff
from tracker.queries.choosing import LawChoices
from tracker.rules.permissions import Action
from tracker.services import legislation
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.base import ConfirmForm
from tracker.web.forms.legislation import LegislationForm, LinkForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, found_own, handled
from tracker.web.staff.previews import saved_or_previewed

bp = Blueprint("laws", __name__, url_prefix="/staff")
NO_LAW = "There is no law to link yet. Add the law first (Legislation, New law)."


@bp.get("/legislation/")
@requires(Action.READ)
def index() -> str:
    after = request.args.get("after", "")
    return render_template("staff/laws/index.html", page=staff.list_laws(db(), after), is_first=not after)


@bp.get("/legislation/<id:law_id>")
@requires(Action.READ)
def show(law_id: int) -> str:
    law = found(staff.find_law(db(), law_id))
    events = staff.list_subject_events(db(), "legislation", law_id)
    return render_template("staff/laws/show.html", law=law, events=events, confirm=ConfirmForm(version=law.version))


@bp.route("/legislation/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new() -> Page | Response:
    form = LegislationForm(laws=lambda: LawChoices(db()))

    def save(change: Change) -> str:
        return url_for(".show", law_id=legislation.create_legislation(change, form.draft()).id)

    return handled(form, save, "Kept as a draft.") or form_page(
        form, "New law", url_for(".index"), submit="Keep as a draft"
    )


@bp.route("/legislation/<id:law_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(law_id: int) -> Page | Response:
    form, here = _form(law_id), url_for(".show", law_id=law_id)

    def save(change: Change) -> str:
        law = change.session.get_one(Legislation, law_id)
        legislation.edit_legislation(change, law, form.draft(), form.seen_version)
        return here

    return handled(form, save, "Kept.", lambda: _form(law_id, formdata=None)) or form_page(form, "Edit the law", here)


@bp.route("/asks/<id:ask_id>/links/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new_link(ask_id: int) -> Page | Response:
    ask = found_own(ask_id)
    form, back = LinkForm(laws=lambda: LawChoices(db())), url_for("asks.show", ask_id=ask_id)
    heading, intro = f"Link a law to “{ask.title}”", "" if form.legislation_id.offered else NO_LAW

    def save(change: Change) -> str:
        legislation.create_link(change, form.draft(ask_id))
        return back

    return handled(form, save, "Kept as a draft. Publish it when it is right.") or form_page(
        form, heading, back, submit="Keep as a draft", intro=intro
    )


@bp.route("/links/<id:link_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit_link(link_id: int) -> Page | Response:
    link, form = found(staff.find_link(db(), link_id)), _link_form(link_id)
    heading = f"Edit the link to {link.legislation.citation or link.legislation.title}"
    ask_id = found_own(link.ask_id).id
    back = url_for("asks.show", ask_id=ask_id)

    def save(change: Change) -> str:
        row = found(staff.find_link(change.session, link_id))
        legislation.edit_link(change, row, form.draft(row.ask_id), form.seen_version)
        return back

    answer = saved_or_previewed(form, ask_id, save, "Kept.", lambda: _link_form(link_id, formdata=None))
    return answer or form_page(form, heading, back, can_preview=True)


def _form(law_id: int, **options: Any) -> LegislationForm:
    return LegislationForm(
        obj=found(staff.find_law(db(), law_id)), laws=lambda: LawChoices(db(), but_not=law_id), **options
    )


def _link_form(link_id: int, **options: Any) -> LinkForm:
    link = found(staff.find_link(db(), link_id))
    return LinkForm(obj=link, laws=lambda: LawChoices(db()), **options)
