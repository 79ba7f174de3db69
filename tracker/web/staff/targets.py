"""Targets of an ask: names pasted, compared with the UK Sanctions List one by one, and erased."""

from flask import Blueprint, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker.models import Ask, Target
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import targets
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.base import attempt
from tracker.web.forms.targets import CompareForm, EraseTargetForm, TargetsForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled, saved

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
    ask, form, back = found(db().get(Ask, ask_id)), TargetsForm(), _of_ask(ask_id)

    def save(change: Change) -> str:
        targets.add_targets(change, change.session.get_one(Ask, ask_id), form.draft())
        return back

    return handled(form, save, "Added. Nobody has compared them with the list yet.") or form_page(
        form, f"Add names to “{ask.title}”", back, submit="Add the names", intro=INTRO
    )


@bp.route("/targets/<id:target_id>/compare", methods=["GET", "POST"])
@requires(Action.EDIT)
def compare(target_id: int) -> Page | Response:
    target = found(staff.find_target(db(), target_id))
    form, back = CompareForm(target), _of_ask(target.ask_id)
    heading = f"Is {target.asked_as or f'target {target.position} (erased)'} on the list?"
    intro = COMPARE + ("" if any("name" in it for it in target.candidates) else NONE_FITS)

    def save(change: Change) -> tuple[str, str]:
        row = found(staff.find_target(change.session, target_id))
        targets.decide(change, row, form.draft(), form.seen_version)
        later = staff.find_next_target(change.session, row)
        if later:
            return "Kept. This is the next name.", url_for(".compare", target_id=later)
        return "Kept. All are compared.", back

    def fresh() -> CompareForm:
        return CompareForm(found(staff.find_target(db(), target_id)), formdata=None)

    return attempt(form, lambda: saved(save), fresh) or form_page(form, heading, back, intro=intro)


@bp.route("/targets/<id:target_id>/erase", methods=["GET", "POST"])
@requires(Action.EDIT)
def erase(target_id: int) -> Page | Response:
    target = found(staff.find_target(db(), target_id))
    form, back, position = EraseTargetForm(version=target.version), _of_ask(target.ask_id), target.position

    def save(change: Change) -> str:
        row = change.session.get_one(Target, target_id)
        reason, is_counted = form.reason.data or "", form.is_counted.data
        targets.erase(change, row, form.seen_version, reason, is_counted=is_counted)
        return back

    def fresh() -> EraseTargetForm:
        return EraseTargetForm(formdata=None, version=found(staff.find_target(db(), target_id)).version)

    return handled(form, save, "Erased.", fresh) or form_page(
        form, f"Erase the name of target {position}", back, submit="Erase it", intro=ERASE
    )


def _of_ask(ask_id: int) -> str:
    return url_for("asks.show", ask_id=ask_id, _anchor="targets")
