"""Targets of an ask: names pasted, compared with the UK Sanctions List one by one, and erased."""

from typing import Any

from flask import Blueprint, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker.models import Ask, Target
from tracker.queries import staff
from tracker.rules.people import Action
from tracker.services import targets
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.base import attempt
from tracker.web.forms.targets import CompareForm, EraseTargetForm, TargetsForm
from tracker.web.staff.answers import Page, answer_edit, answer_form, ask_page, form_page, found, load, saved

bp = Blueprint("targets", __name__, url_prefix="/staff")
INTRO = (
    "For a source that asks for sanctions on named people, bodies or ships. Nothing of this is public until you have "
    "compared a name with the UK Sanctions List. Entries that may fit come with the next look at the list."
)
COMPARE = Markup(
    'Read the entry on <a href="https://www.gov.uk/government/publications/the-uk-sanctions-list" rel="external">'
    "the list itself</a> first: different people often have similar names. The tracker then follows that entry."
)
NONE_FITS = " The list that we read last has no entry with two of its words."
ERASE = (
    "The name and the words of the source go from the tracker permanently; backups keep them as long as you keep "
    "backups. The log never had them."
)


@bp.route("/asks/<id:ask_id>/targets/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new(ask_id: int) -> Page | Response:
    heading = f"Add names to “{load(Ask, ask_id).title}”"

    def save(change: Change, form: TargetsForm) -> None:
        targets.add_targets(change, change.session.get_one(Ask, ask_id), form.draft())

    said, back = "Added. Nobody has compared them with the list yet.", ask_page(ask_id, "targets")
    return answer_form(TargetsForm, save, said, heading, back, submit="Add the names", intro=INTRO)


@bp.route("/targets/<id:target_id>/compare", methods=["GET", "POST"])
@requires(Action.EDIT)
def compare(target_id: int) -> Page | Response:
    def make(**data: Any) -> CompareForm:
        return CompareForm(load(Target, target_id), **data)

    def save(change: Change) -> tuple[str, str]:
        row = found(staff.find(change.session, Target, target_id))
        targets.decide(change, row, form.draft(), form.seen_version)
        if later := staff.find_next_target(change.session, row):
            return "Kept. This is the next name.", url_for(".compare", target_id=later)
        return "Kept. All are compared.", back

    form, target = make(), load(Target, target_id)
    back = ask_page(target.ask_id, "targets")
    heading = f"Is {target.asked_as or f'target {target.position} (erased)'} on the list?"
    intro = COMPARE + ("" if any("name" in it for it in target.candidates) else NONE_FITS)
    answer = attempt(form, lambda: saved(save), lambda: make(formdata=None))
    return answer or form_page(form, heading, back, intro=intro)


@bp.route("/targets/<id:target_id>/erase", methods=["GET", "POST"])
@requires(Action.EDIT)
def erase(target_id: int) -> Page | Response:
    target = load(Target, target_id)

    def save(change: Change, row: Target, form: EraseTargetForm) -> None:
        reason, is_counted = form.reason.data or "", form.is_counted.data
        targets.erase(change, row, form.seen_version, reason, is_counted=is_counted)

    heading, back = f"Erase the name of target {target.position}", ask_page(target.ask_id, "targets")
    return answer_edit(
        Target, target_id, EraseTargetForm, save, "Erased.", heading, back, submit="Erase it", intro=ERASE
    )
