"""Laws, and their links to asks."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Legislation, Link
from tracker.queries import staff
from tracker.queries.choosing import LawChoices
from tracker.rules.people import Action
from tracker.services import legislation
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.base import ConfirmForm
from tracker.web.forms.legislation import LegislationForm, LinkForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, answer_form, ask_page, found_own, load

bp = Blueprint("laws", __name__, url_prefix="/staff")
DRAFT = "Kept as a draft."
NO_LAW = "There is no law to link yet. Add the law first (Legislation, New law)."


@bp.get("/legislation/")
@requires(Action.READ)
def index() -> str:
    page = staff.list_all(db(), Legislation, request.args.get("after", ""))
    return render_template("staff/laws/index.html", page=page)


@bp.get("/legislation/<id:law_id>")
@requires(Action.READ)
def show(law_id: int) -> str:
    law = load(Legislation, law_id)
    events = staff.list_subject_events(db(), "legislation", law_id)
    return render_template("staff/laws/show.html", law=law, events=events, confirm=ConfirmForm(version=law.version))


@bp.route("/legislation/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new() -> Page | Response:
    def save(change: Change, form: LegislationForm) -> str:
        return url_for(".show", law_id=legislation.create_legislation(change, form.draft()).id)

    return answer_form(LegislationForm, save, DRAFT, "New law", url_for(".index"), submit="Keep as a draft")


@bp.route("/legislation/<id:law_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(law_id: int) -> Page | Response:
    def save(change: Change, law: Legislation, form: LegislationForm) -> None:
        legislation.edit_legislation(change, law, form.draft(), form.seen_version)

    back = url_for(".show", law_id=law_id)
    return answer_edit(Legislation, law_id, LegislationForm, save, "Kept.", "Edit the law", back)


@bp.route("/asks/<id:ask_id>/links/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new_link(ask_id: int) -> Page | Response:
    heading = f"Link a law to “{found_own(ask_id).title}”"

    def save(change: Change, form: LinkForm) -> None:
        legislation.create_link(change, form.draft(ask_id))

    said, intro = f"{DRAFT} Publish it when it is right.", "" if LawChoices(db()).offer("") else NO_LAW
    return answer_form(LinkForm, save, said, heading, ask_page(ask_id), submit="Keep as a draft", intro=intro)


@bp.route("/links/<id:link_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit_link(link_id: int) -> Page | Response:
    link = load(Link, link_id)
    heading = f"Edit the link to {link.legislation.citation or link.legislation.title}"
    ask_id = found_own(link.ask_id).id

    def save(change: Change, row: Link, form: LinkForm) -> None:
        legislation.edit_link(change, row, form.draft(ask_id), form.seen_version)

    return answer_edit(Link, link_id, LinkForm, save, "Kept.", heading, ask_page(ask_id), previews=ask_id)
