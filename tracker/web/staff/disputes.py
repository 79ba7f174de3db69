"""What others say of an ask and what must not be said: replies, private notes, disputes, words that have to go."""

import logging
from functools import partial
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.db.engine import reading
from tracker.models import Ask, Reply
from tracker.rules.checks import MARK
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import DisputeDraft, ReplyDraft, one_month_after
from tracker.rules.people import Action
from tracker.services import asks, replies, taking_down
from tracker.services.change import Change
from tracker.services.taking_down import WordsFound
from tracker.web.addresses import site_url
from tracker.web.auth import requires
from tracker.web.forms.base import attempt
from tracker.web.forms.disputes import DisputeForm, EndDisputeForm, NoteForm, ReplyForm, WordsForm
from tracker.web.session import engine
from tracker.web.staff.answers import Page, answer_edit, answer_form, ask_page, form_page, handled, load

security = logging.getLogger("tracker.security")
bp = Blueprint("disputes", __name__, url_prefix="/staff")
ASKING = (
    "Ask before you publish something about a named person or body. Nothing of this is public until it is published."
)
MARKING = (
    "The public page and the list then say since when it is disputed, and that you answer within a month. "
    "The desk reminds you."
)
ENDING = (
    "The mark goes from the ask. What was disputed, since when, and what came of it, stay under Corrections. "
    "A mistake is put right by a correction: post it first, in the ask's story."
)
GONE = "The words are taken down. Corrections says so in public. Delete the backups and copies that still hold them."


@bp.route("/asks/<id:ask_id>/replies/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new_reply(ask_id: int) -> Page | Response:
    heading = f"We asked for a reply about “{load(Ask, ask_id).title}”"

    def save(change: Change, form: ReplyForm) -> None:
        replies.create_reply(change, ask_id, ReplyDraft(**form.values()))

    make = partial(ReplyForm, asked_on=PartialDate(today().isoformat()), due_on=one_month_after(today()))
    said = "Kept. Until you say what came of it, the desk reminds you of an answer that is due."
    return answer_form(make, save, said, heading, ask_page(ask_id, "replies"), intro=ASKING)


@bp.route("/replies/<id:reply_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit_reply(reply_id: int) -> Page | Response:
    reply = load(Reply, reply_id)

    def save(change: Change, row: Reply, form: ReplyForm) -> None:
        replies.edit_reply(change, row, ReplyDraft(**form.values()), form.seen_version)

    heading, back = f"The reply of {reply.asked}", ask_page(reply.ask_id, "replies")
    return answer_edit(Reply, reply_id, ReplyForm, save, "Kept.", heading, back, intro=ASKING)


@bp.route("/asks/<id:ask_id>/notes/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def note(ask_id: int) -> Page | Response:
    heading = f"Private note about “{load(Ask, ask_id).title}”"

    def save(change: Change, form: NoteForm) -> None:
        asks.add_note(change, change.session.get_one(Ask, ask_id), form.text.data or "")

    back = ask_page(ask_id, "notes")
    return answer_form(NoteForm, save, "The note is written.", heading, back, submit="Write the note")


@bp.route("/asks/<id:ask_id>/dispute", methods=["GET", "POST"])
@requires(Action.EDIT)
def mark(ask_id: int) -> Page | Response:
    heading = f"Something about “{load(Ask, ask_id).title}” is disputed"

    def make(obj: Ask, **data: Any) -> DisputeForm:
        if obj.disputed_on:
            return DisputeForm(obj=obj, **data)
        return DisputeForm(disputed_on=PartialDate(today().isoformat()), version=obj.version, **data)

    def save(change: Change, ask: Ask, form: DisputeForm) -> None:
        replies.mark_disputed(change, ask, DisputeDraft(**form.values()), form.seen_version)

    said, words = "The public page says that it is disputed.", {"submit": "Show that it is disputed", "intro": MARKING}
    return answer_edit(Ask, ask_id, make, save, said, heading, ask_page(ask_id), **words)


@bp.route("/asks/<id:ask_id>/dispute/end", methods=["GET", "POST"])
@requires(Action.EDIT)
def end(ask_id: int) -> Page | Response:
    heading = f"End the dispute about “{load(Ask, ask_id).title}”"

    def save(change: Change, ask: Ask, form: EndDisputeForm) -> None:
        replies.end_dispute(change, ask, form.seen_version, form.reason.data or "")

    said = "The dispute is ended. Corrections tells what came of it."
    words = {"submit": "End the dispute", "intro": ENDING}
    return answer_edit(Ask, ask_id, EndDisputeForm, save, said, heading, ask_page(ask_id), **words)


@bp.route("/words", methods=["GET", "POST"])
@requires(Action.TAKE_DOWN, recently=True)
def take_down() -> Page | Response:
    """Show where the words stand that have to go by law, then take them down permanently."""
    form = WordsForm()

    def save(change: Change) -> str:
        event = taking_down.take_down(change, *_typed(form), form.seen.data or "")
        security.info("words were taken down: entry %s of the log", event.id)
        return url_for("log.entry", number=event.id)

    places = attempt(form, lambda: _find(form))
    if places and request.form.get("do") == "take down" and (answer := handled(form, save, GONE)):
        return answer
    if places:
        form.seen.data = places.seen
    back, heading = url_for("log.index"), "Take words down"
    return form_page(form, heading, back, template="staff/words.html", found=places, mark=MARK)


def _find(form: WordsForm) -> WordsFound:
    """Where the words stand; reading all texts may take longer than a page may."""
    with reading(engine(), is_patient=True) as session:
        return taking_down.find(session, *_typed(form))


def _typed(form: WordsForm) -> tuple[str, str, str]:
    return form.words.data or "", form.reason.data or "", site_url()
