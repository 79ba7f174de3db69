"""Saying in public that something on an ask's page is disputed, and that it no longer is."""

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import Action
from tracker.services import replies
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.replies import DisputeForm, EndDisputeForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled

bp = Blueprint("disputes", __name__, url_prefix="/staff/asks/<id:ask_id>/dispute")
INTRO = (
    "The public page and the list then say since when it is disputed, and that you answer within a month. "
    "The desk reminds you."
)
END_INTRO = (
    "The mark goes from the ask. What was disputed, since when, and what came of it, stay under Corrections. "
    "A mistake is put right by a correction: post it first, in the ask's story."
)


@bp.route("", methods=["GET", "POST"])
@requires(Action.EDIT)
def mark(ask_id: int) -> Page | Response:
    form, ask = _form(ask_id), found(db().get(Ask, ask_id))
    heading, back = f"Something about “{ask.title}” is disputed", url_for("asks.show", ask_id=ask_id)

    def save(change: Change) -> str:
        replies.mark_disputed(change, change.session.get_one(Ask, ask_id), form.draft(), form.seen_version)
        return back

    answer = handled(form, save, "The public page says that it is disputed.", lambda: _form(ask_id, formdata=None))
    return answer or form_page(form, heading, back, submit="Show that it is disputed", intro=INTRO)


@bp.route("/end", methods=["GET", "POST"])
@requires(Action.EDIT)
def end(ask_id: int) -> Page | Response:
    ask, back = found(db().get(Ask, ask_id)), url_for("asks.show", ask_id=ask_id)
    form, title = EndDisputeForm(version=ask.version), ask.title

    def save(change: Change) -> str:
        row = change.session.get_one(Ask, ask_id)
        replies.end_dispute(change, row, form.seen_version, form.reason.data or "")
        return back

    def fresh() -> EndDisputeForm:
        return EndDisputeForm(formdata=None, version=found(db().get(Ask, ask_id)).version)

    return handled(form, save, "The dispute is ended. Corrections tells what came of it.", fresh) or form_page(
        form, f"End the dispute about “{title}”", back, submit="End the dispute", intro=END_INTRO
    )


def _form(ask_id: int, **options: Any) -> DisputeForm:
    """The form of what is disputed, or of something that is since today."""
    ask = found(db().get(Ask, ask_id))
    if ask.disputed_on:
        return DisputeForm(obj=ask, **options)
    return DisputeForm(disputed_on=PartialDate(today().isoformat()), version=ask.version, **options)
