"""Posting to an ask's story: change a status, post a milestone, correct, review; preview before publishing."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask, Update
from tracker.queries import public, staff
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import Action
from tracker.rules.status import DEFINITIONS
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import approval, drafts, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm
from tracker.web.forms.updates import ReviewForm
from tracker.web.pages import Page, form_page, found, handled
from tracker.web.session import db
from tracker.web.staff.composing import Composing, compose, data_of, form_for, page_of, show_news

bp = Blueprint("updates", __name__, url_prefix="/staff")
NOTHING_CHANGED = "Checked: nothing has changed."
RECORDED = "The review of “{title}” is recorded."
PROPOSED = "The review of “{title}” waits for an editor. The date of the check changes once it is approved."


@bp.route("/asks/<id:ask_id>/updates/<any(status, test, milestone):kind>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new(ask_id: int, kind: str) -> Page | Response:
    ask = found(staff.find_judged(db(), ask_id))
    form = form_for(UpdateKind(kind), ask, {})
    return compose(Composing(ask, form, lambda change, row: drafts.save(change, row, form.draft(None))))


@bp.route("/updates/<id:update_id>/correct", methods=["GET", "POST"])
@requires(Action.DRAFT)
def correct(update_id: int) -> Page | Response:
    corrected = found(staff.find_update(db(), update_id))
    ask = found(staff.find_judged(db(), corrected.ask_id))
    data = data_of(drafts.draft_of(corrected)) | {"text": "", "draft_note": ""}
    form = form_for(UpdateKind.CORRECTION, ask, data)

    def write(change: Change, row: Ask) -> Update:
        return drafts.save(change, row, form.draft(update_id))

    return compose(Composing(ask, form, write, corrected=corrected))


@bp.route("/updates/<id:update_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(update_id: int) -> Page | Response:
    saved = found(staff.find_update(db(), update_id))
    drafts.require_own(saved, me())
    ask = found(staff.find_judged(db(), saved.ask_id))
    corrected = staff.find_update(db(), saved.corrects_id) if saved.corrects_id else None
    form = form_for(saved.kind, ask, data_of(drafts.draft_of(saved)) | {"version": saved.version})

    def write(change: Change, row: Ask) -> Update:
        update = found(staff.find_update(change.session, update_id))
        drafts.edit(change, row, update, form.draft(update.corrects_id), form.seen_version)
        return update

    return compose(Composing(ask, form, write, corrected, saved))


@bp.route("/updates/<id:update_id>/<any(discard, restore):action>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def discard(update_id: int, action: str) -> Page | Response:
    update = found(staff.find_update(db(), update_id))
    if action == "discard":
        drafts.require_own(update, me())
    form, back = ConfirmForm(version=update.version), page_of(update.ask)
    verb = "Put aside" if action == "discard" else "Take up again"

    def save(change: Change) -> str:
        do = drafts.discard if action == "discard" else drafts.restore
        do(change, found(staff.find_update(change.session, update_id)), form.seen_version)
        return back

    def fresh() -> ConfirmForm:
        return ConfirmForm(formdata=None, version=found(staff.find_update(db(), update_id)).version)

    said = "The draft is put aside." if action == "discard" else "The draft is taken up again."
    return handled(form, save, said, fresh) or form_page(
        form, f"{verb} this draft", back, submit=verb, intro=f"{update.happened_on.in_words}: {update.text}"
    )


@bp.route("/asks/<id:ask_id>/review", methods=["GET", "POST"])
@requires(Action.DRAFT)
def review(ask_id: int) -> Page | Response:
    ask, back, may_publish = found(db().get(Ask, ask_id)), url_for("asks.show", ask_id=ask_id), me().may(Action.PUBLISH)
    day = PartialDate(today().isoformat())
    form = ReviewForm(happened_on=day, text=NOTHING_CHANGED, seen=staff.count_published(db(), ask_id))

    def save(change: Change) -> str:
        row = change.session.get_one(Ask, ask_id)
        draft = UpdateDraft(UpdateKind.REVIEW, form.happened_on.data, form.text.data or "")
        if may_publish:
            updates.post(change, row, draft, form.seen_entries)
        else:
            approval.submit(change, row, drafts.save(change, row, draft))
        return url_for("staff.desk", _anchor="due") if form.back.data == "desk" else back

    answer = handled(form, save, (RECORDED if may_publish else PROPOSED).format(title=ask.title))
    if form.is_stale:
        show_news(form, ask)
    heading, submit = f"Record a review of “{ask.title}”", "Record the review" if may_publish else "Send for approval"
    return answer or form_page(form, heading, back, submit=submit)


@bp.get("/asks/<id:ask_id>/preview")
@requires(Action.READ)
def preview(ask_id: int) -> str:
    ask = found(db().get(Ask, ask_id))
    page = found(public.find_ask(db(), ask.slug, with_drafts=True))
    return render_template(
        "staff/asks/preview.html", ask=page, ask_id=ask_id, definitions=DEFINITIONS, today=today(), seen_on=today()
    )
