"""An entry before it is public: put aside, withdrawn, previewed, and decided about by an editor."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.models import Ask, Update
from tracker.queries import desk, findings, paging, public, staff
from tracker.queries.people import find_refusals
from tracker.rules.errors import RuleBroken
from tracker.rules.people import Action
from tracker.services import asks, drafts, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, attempt
from tracker.web.forms.stories import ApprovalForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, ask_page, found, load, preview_page, published, saved

bp = Blueprint("approval", __name__, url_prefix="/staff")


@bp.app_template_global()
def count_waiting() -> int:
    """How many entries wait for an editor; 0 on a page that tells of an error, which asks the database nothing."""
    return 0 if "tells_of_error" in g else desk.count_waiting(db())


@bp.get("/approval/")
@requires(Action.READ)
def index() -> str:
    waiting = desk.list_waiting(db(), paging.SIZE, request.args.get("after", ""))
    return render_template("staff/approval/index.html", waiting=waiting, form_for=ConfirmForm)


@bp.route("/updates/<id:update_id>/approve", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def decide(update_id: int) -> Page | Response:
    update = load(Update, update_id)
    form = ApprovalForm(version=update.version, seen=staff.count_published(db(), update.ask_id))
    if answer := attempt(form, lambda: _decide(update_id, form)):
        return answer
    if form.is_stale or form.is_refused:
        update = load(Update, update_id)
    if update.submitted_at is None or update.published_at:
        return _too_late(update, form)
    if form.is_stale:
        form.take_as_seen(update.version, staff.count_published(db(), update.ask_id))
    return _page(update, form)


@bp.route("/updates/<id:update_id>/<any(discard, restore):action>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def discard(update_id: int, action: str) -> Page | Response:
    update = load(Update, update_id)
    if action == "discard":
        drafts.require_own(update, me())
    verb = "Put aside" if action == "discard" else "Take up"

    def save(change: Change, row: Update, form: ConfirmForm) -> None:
        do = drafts.discard if action == "discard" else drafts.restore
        do(change, row, form.seen_version)

    said = "The draft is put aside." if action == "discard" else "The draft is taken up again."
    words = {"submit": verb, "intro": f"{update.happened_on.in_words}: {update.text}"}
    heading, back = f"{verb} this draft", ask_page(update.ask_id)
    return answer_edit(Update, update_id, ConfirmForm, save, said, heading, back, **words)


@bp.post("/updates/<id:update_id>/withdraw")
@requires(Action.DRAFT)
def withdraw(update_id: int) -> Response:
    update, form = load(Update, update_id), ConfirmForm()
    back = url_for("updates.edit", update_id=update_id)
    if not form.is_sent():
        return redirect(ask_page(update.ask_id), 303)

    def save(change: Change) -> tuple[str, str]:
        updates.withdraw(change, found(staff.find(change.session, Update, update_id)), form.seen_version)
        return "Withdrawn. It is your draft again.", back

    return saved(save)


@bp.get("/asks/<id:ask_id>/preview")
@requires(Action.READ)
def preview(ask_id: int) -> str:
    ask = found(db().get(Ask, ask_id))
    page = found(public.find_ask(db(), ask.slug, with_drafts=True))
    return preview_page("staff/asks/preview.html", page, page, ask_id=ask_id)


def _decide(update_id: int, form: ApprovalForm) -> Response:
    def save(change: Change) -> tuple[str, str]:
        update = found(staff.find(change.session, Update, update_id))
        if form.approves:
            ask = change.session.get_one(Ask, update.ask_id)
            updates.approve(change, ask, update, form.seen_version, form.seen_entries)
            ask_before_repeating(change, form, update)
            if request.form.get("do") == "with_ask":
                asks.publish_ask(change, ask, None)
            return published(ask), url_for("staff.desk")
        updates.send_back(change, update, form.note.data or "", form.seen_version)
        return "Sent back to its author.", url_for("staff.desk")

    return saved(save)


def _page(update: Update, form: ApprovalForm) -> Page:
    """Return what is to decide, what the rules say, and the public page as it would be (or, if refused, as it is)."""
    slug = update.ask.slug
    seconds = find_refusals(db(), me().id, [update], now()) if current_app.config["FOUR_EYES"] else {}
    refusals = list(seconds.values())
    log = staff.list_subject_events(db(), "update", update.id)
    page = before = found(public.find_ask(db(), slug, with_drafts=True))

    def foresee(whole: Ask) -> None:
        updates.foresee(Change(db(), me(), now()), whole, update)

    try:
        page = found(public.find_ask(db(), slug, with_drafts=True, foresee=foresee))
    except RuleBroken as broken:
        refusals += [problem.message for problem in broken.problems]
    told = findings.find_told_by(db(), update.id)
    html = preview_page(
        "staff/approval/show.html", page, before, update=update, form=form, refusals=refusals, log=log, told=told
    )
    return html, form.http_code


def _too_late(update: Update, form: ApprovalForm) -> Page:
    """It was decided or withdrawn meanwhile; what was typed is shown, so that it is not lost."""
    log = staff.list_subject_events(db(), "update", update.id)
    return render_template("staff/approval/late.html", update=update, form=form, log=log), 409
