"""Around an ask: the right of reply, and private notes."""

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask, Reply
from tracker.queries import staff
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import Action
from tracker.rules.replies import one_month_after
from tracker.services import asks, replies
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.replies import NoteForm, ReplyForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled

bp = Blueprint("replies", __name__, url_prefix="/staff")
INTRO = (
    "Ask before you publish something about a named person or body. Nothing of this is public until it is published."
)


@bp.route("/asks/<id:ask_id>/replies/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new(ask_id: int) -> Page | Response:
    ask, back = found(db().get(Ask, ask_id)), url_for("asks.show", ask_id=ask_id, _anchor="replies")
    form = ReplyForm(asked_on=PartialDate(today().isoformat()), due_on=one_month_after(today()))

    def save(change: Change) -> str:
        replies.create_reply(change, ask_id, form.draft())
        return back

    return handled(form, save, "Kept. The desk reminds you when the answer is due.") or form_page(
        form, f"We asked for a reply about “{ask.title}”", back, submit="Keep", intro=INTRO
    )


@bp.route("/replies/<id:reply_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(reply_id: int) -> Page | Response:
    form, reply = _form(reply_id), found(db().get(Reply, reply_id))
    ask_id, heading = reply.ask_id, f"The reply of {reply.asked}"
    back = url_for("asks.show", ask_id=ask_id, _anchor="replies")

    def save(change: Change) -> str:
        replies.edit_reply(change, change.session.get_one(Reply, reply_id), form.draft(), form.seen_version)
        return back

    answer = handled(form, save, "Kept.", lambda: _form(reply_id, formdata=None))
    return answer or form_page(form, heading, back, intro=INTRO)


@bp.route("/asks/<id:ask_id>/notes/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def note(ask_id: int) -> Page | Response:
    ask, form = found(db().get(Ask, ask_id)), NoteForm()
    back = url_for("asks.show", ask_id=ask_id, _anchor="notes")

    def save(change: Change) -> str:
        asks.add_note(change, change.session.get_one(Ask, ask_id), form.text.data or "")
        return back

    return handled(form, save, "The note is written.") or form_page(
        form, f"Private note about “{ask.title}”", back, submit="Write the note"
    )


def _form(reply_id: int, **options: Any) -> ReplyForm:
    return ReplyForm(obj=found(staff.find_reply(db(), reply_id)), **options)
