"""Posting to an ask's story: change a status, post a milestone, correct, review; preview before publishing."""

import re
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask, Update
from tracker.queries import public, staff
from tracker.queries.choosing import AskChoices, find_known_page
from tracker.queries.findings import NewFinding, find_finding
from tracker.queries.stories import find_judged
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.official import PROPOSALS
from tracker.rules.people import Action
from tracker.rules.status import Status
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import drafts, findings, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, attempt, whole_number
from tracker.web.forms.stories import ReviewForm, StoryForm
from tracker.web.forms.updates import CorrectionForm, UpdateForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, ask_page, done, form_page, found, handled, preview_page
from tracker.web.staff.drafts import Composing, send
from tracker.web.staff.findings import proposed

bp = Blueprint("updates", __name__, url_prefix="/staff")
# The asks that were looked at from the list of the desk, each with the place of its row: "12-0.7-3".
PLACES = re.compile(r"\d{1,9}-\d{1,2}(\.\d{1,9}-\d{1,2}){0,19}", re.ASCII)
NOTHING_CHANGED = "We looked: nothing has changed."
LOOKED = "You looked at “{title}”: nothing changed."
PROPOSED = "The review of “{title}” waits for an editor. Its public page says so once it is approved."
HEADINGS = {
    UpdateKind.STATUS: "Change the status",
    UpdateKind.TEST: "Tell the result of a test",
    UpdateKind.MILESTONE: "Post an update",
    UpdateKind.CORRECTION: "Correct an entry",
    UpdateKind.REDEFINITION: "Redefinition",
    UpdateKind.REVIEW: "Looked at: nothing changed",
}


@bp.get("/post")
@requires(Action.DRAFT)
def which() -> str | Response:
    """Ask which ask is meant, unless the words name one alone."""
    words = " ".join(request.args.get("q", "").split())
    if words and (ask := AskChoices(db()).find(words)):
        return redirect(url_for(".new", ask_id=ask.id, kind=UpdateKind.MILESTONE.value), 303)
    return render_template("staff/updates/which.html", words=words, offered=AskChoices(db()).offer(words))


@bp.route("/asks/<id:ask_id>/updates/<any(status, test, milestone):kind>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new(ask_id: int, kind: str) -> Page | Response:
    ask = found(find_judged(db(), ask_id))
    finding_id = whole_number(request.args.get("finding"))
    told = found(find_finding(db(), finding_id)) if finding_id else None
    if told and ask_id not in {each.id for each in told.asks}:
        told, finding_id = None, 0  # as when the link was put aside since the page was opened; the words stay
    form = _form_for(UpdateKind(kind), ask, proposed(told) if told else {})

    def write(change: Change, row: Ask) -> Update:
        update = drafts.save(change, row, form.draft(None))
        if finding_id:
            findings.note_telling(change, finding_id, update)
        return update

    return _compose(Composing(ask, form, write), told)


@bp.route("/updates/<id:update_id>/correct", methods=["GET", "POST"])
@requires(Action.DRAFT)
def correct(update_id: int) -> Page | Response:
    corrected = found(staff.find_update(db(), update_id))
    if corrected.publication is not Publication.PUBLISHED:
        return done("Only a published entry is corrected.", ask_page(corrected.ask_id))
    ask = found(find_judged(db(), corrected.ask_id))
    own = drafts.draft_of(corrected)
    data = _data_of(own) | {"text": "", "draft_note": "", "seen": staff.count_published(db(), ask.id)}
    before = drafts.draft_of_before(db(), corrected)
    form = CorrectionForm(ask, lambda: AskChoices(db(), but_not=ask.id), own, before, **data)

    def write(change: Change, row: Ask) -> Update:
        return drafts.save(change, row, form.draft(update_id))

    return _compose(Composing(ask, form, write, corrected=corrected))


@bp.route("/updates/<id:update_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(update_id: int) -> Page | Response:
    saved = found(staff.find_update(db(), update_id))
    drafts.require_own(saved, me())
    ask = found(find_judged(db(), saved.ask_id))
    corrected = staff.find_update(db(), saved.corrects_id) if saved.corrects_id else None
    form = _form_for(saved.kind, ask, _data_of(drafts.draft_of(saved)) | {"version": saved.version})

    def write(change: Change, row: Ask) -> Update:
        update = found(staff.find_update(change.session, update_id))
        drafts.edit(change, row, update, form.draft(update.corrects_id), form.seen_version)
        return update

    return _compose(Composing(ask, form, write, corrected, saved))


@bp.route("/updates/<id:update_id>/<any(discard, restore):action>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def discard(update_id: int, action: str) -> Page | Response:
    find = partial(staff.find_update, update_id=update_id)
    update = found(find(db()))
    if action == "discard":
        drafts.require_own(update, me())
    verb = "Put aside" if action == "discard" else "Take up"

    def save(change: Change, row: Update, form: ConfirmForm) -> None:
        do = drafts.discard if action == "discard" else drafts.restore
        do(change, row, form.seen_version)

    said = "The draft is put aside." if action == "discard" else "The draft is taken up again."
    words = {"submit": verb, "intro": f"{update.happened_on.in_words}: {update.text}"}
    return answer_edit(find, ConfirmForm, save, said, f"{verb} this draft", ask_page(update.ask_id), **words)


@bp.route("/asks/<id:ask_id>/review", methods=["GET", "POST"])
@requires(Action.DRAFT)
def review(ask_id: int) -> Page | Response:
    ask, back, may_publish = found(db().get(Ask, ask_id)), ask_page(ask_id), me().may(Action.PUBLISH)
    day = PartialDate(today().isoformat())
    form = ReviewForm(happened_on=day, text=NOTHING_CHANGED, seen=staff.count_published(db(), ask_id))
    sent_from = form.back.data or ""
    is_row = bool(PLACES.fullmatch(sent_from))

    def save(change: Change) -> str:
        row = change.session.get_one(Ask, ask_id)
        update = drafts.save(change, row, form.draft())
        if may_publish:
            updates.publish(change, row, update, form.seen_entries)
            ask_before_repeating(change, form, update)
        else:
            updates.submit(change, row, update)
        if is_row and may_publish:  # the row says it, and stays where it is if it was in sight
            return url_for("staff.desk", looked=sent_from)
        return url_for("staff.desk", _anchor=f"due-{ask_id}") if is_row or sent_from == "desk" else back

    message = (LOOKED if may_publish else PROPOSED).format(title=ask.title)
    answer = handled(form, save, "" if is_row and may_publish else message)
    if form.is_stale:
        _show_news(form, ask)
    heading, submit = f"Looked at “{ask.title}”: nothing changed", "Publish" if may_publish else "Send for approval"
    return answer or form_page(form, heading, back, submit=submit)


@bp.get("/asks/<id:ask_id>/preview")
@requires(Action.READ)
def preview(ask_id: int) -> str:
    ask = found(db().get(Ask, ask_id))
    page = found(public.find_ask(db(), ask.slug, with_drafts=True))
    return preview_page("staff/asks/preview.html", page, page, ask_id=ask_id)


def _compose(composing: Composing, told: NewFinding | None = None) -> Page | Response:
    """Do what the pressed button says: one more piece of evidence, draft, preview, submit or publish."""
    form, ask = composing.form, composing.ask
    button = request.form.get("do", "")
    form.look_up(lambda url: find_known_page(db(), url))
    if button == "more":
        form.add_evidence()
    elif answer := attempt(form, lambda: send(composing, button)):
        return answer
    if form.is_stale:
        _show_news(form, ask)
        if composing.saved:
            saved = found(staff.find_update(db(), composing.saved.id))
            form.show_conflict(_form_for(saved.kind, ask, _data_of(drafts.draft_of(saved)), is_sent=False))
            form.version.data = str(saved.version)
    return form_page(
        form,
        HEADINGS[form.kind],
        ask_page(ask.id),
        template="staff/updates/form.html",
        ask=ask,
        corrected=composing.corrected,
        saved=composing.saved,
        statuses=Status,
        row=told,
        proposals=PROPOSALS,
    )


def _form_for(kind: UpdateKind, ask: Ask, data: dict[str, Any], is_sent: bool = True) -> UpdateForm:
    """The form of an entry of this ask, filled with `data` or with what was sent."""
    if request.method == "GET":
        data = data | {"seen": staff.count_published(db(), ask.id)}
    options = {} if is_sent else {"formdata": None}
    return UpdateForm(kind, ask, lambda: AskChoices(db(), but_not=ask.id), me().may(Action.EDIT), **options, **data)


def _data_of(draft: UpdateDraft) -> dict[str, Any]:
    """A draft as the form takes it."""
    return {
        "happened_on": draft.happened_on,
        "text": draft.text,
        "status": draft.status.value if draft.status else "",
        "reason": draft.reason,
        "superseded_by_id": draft.superseded_by_id,
        "draft_note": draft.draft_note,
        "results": [{"test_id": str(test_id), "result": result.value} for test_id, result in draft.results],
        "evidence": [vars(piece) | {"is_opened": not piece.is_see_also} for piece in draft.evidence],
    }


def _show_news(form: StoryForm, ask: Ask) -> None:
    """Show what was published meanwhile; the next save takes it as seen."""
    fresh = found(staff.find_ask(db(), ask.id))
    told = sorted((u for u in fresh.updates if u.published_at), key=lambda u: (str(u.published_at), u.id))
    form.conflicts += [
        ("Published meanwhile", f"{update.happened_on.in_words}: {update.text}", form.text.data or "")
        for update in told[form.seen_entries :]
    ]
    form.seen.data = str(len(told))
