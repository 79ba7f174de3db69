"""An entry before it is public: kept, sent for approval, previewed, and decided about by an editor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.models import Ask, Update
from tracker.queries import desk, findings, paging, public, staff
from tracker.queries.people import find_refusals
from tracker.rules.asks import AskDraft
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.people import Action
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import asks, drafts, records, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, attempt
from tracker.web.forms.stories import ApprovalForm
from tracker.web.forms.updates import UpdateForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.session import db
from tracker.web.staff.answers import Page, ask_page, found, preview_page, rehearsed, require_publisher, saved

KEPT = "Kept as a draft. The public does not see it."
SENT = "Sent for approval. The public does not see it before an editor approves it."
STILL_RIGHT = "We looked at everything: the status is still right."
NOT_TAKEN = " What you said of the next step and of looking at everything is asked again when it is published."
NO_STEP_YET = " What you said of the next step is asked again when it is published."
bp = Blueprint("approval", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Composing:
    """An entry being written: for which ask, as which draft, in place of which saved one."""

    ask: Ask
    form: UpdateForm
    write: Callable[[Change, Ask], Update]
    corrected: Update | None = None
    saved: Update | None = None


def send(composing: Composing, button: str) -> Page | Response:
    """Do what the pressed button says: publish, send for approval or keep as a draft; any other shows a preview."""
    if button == "publish":
        require_publisher()
    if button in SAVES:
        return saved(lambda change: (SAVES[button](composing, change), ask_page(composing.ask.id)))

    return rehearsed(lambda change: _publish_all(composing, change)[0], is_entry=True)


def _publish(composing: Composing, change: Change) -> str:
    """Publish the entry, and with it what else the form says."""
    ask, update = _publish_all(composing, change)
    ask_before_repeating(change, composing.form, update)
    return published(ask)


def _publish_all(composing: Composing, change: Change) -> tuple[Ask, Update]:
    """Publish the entry, the look at everything, and the next step; return the ask and the entry."""
    form, ask = composing.form, change.session.get_one(Ask, composing.ask.id)
    update = composing.write(change, ask)
    updates.publish(change, ask, update, form.seen_entries)
    if review := _review_of(form, change):
        updates.post(change, ask, review)
    if after := form.step_after():
        step, on = after
        draft = replace(records.draft_of(AskDraft, ask), next_step=step, next_step_on=on)
        asks.edit_ask(change, ask, draft, seen_version=None)
    return ask, update


def _submit(composing: Composing, change: Change) -> str:
    """Send the entry to the editors, and with it the look at everything."""
    ask = change.session.get_one(Ask, composing.ask.id)
    updates.submit(change, ask, composing.write(change, ask))
    if review := _review_of(composing.form, change):
        updates.submit(change, ask, drafts.save(change, ask, review))
    return SENT + (NO_STEP_YET if composing.form.step_after() else "")


def _keep(composing: Composing, change: Change) -> str:
    """Keep the entry as a draft."""
    composing.write(change, change.session.get_one(Ask, composing.ask.id))
    rest = composing.form.step_after() or _review_of(composing.form, change)
    return KEPT + (NOT_TAKEN if rest else "")


SAVES: Mapping[str, Callable[[Composing, Change], str]] = {"publish": _publish, "submit": _submit, "draft": _keep}


def _review_of(form: UpdateForm, change: Change) -> UpdateDraft | None:
    """That somebody looked at everything today, if the form says so."""
    if "is_reviewed" not in form or not form.is_reviewed.data:
        return None
    return UpdateDraft(UpdateKind.REVIEW, PartialDate(change.today.isoformat()), STILL_RIGHT)


def published(ask: Ask) -> str:
    """Return what is said of an entry that was published: a draft ask shows it to nobody yet."""
    if ask.publication.is_public:
        return "Published. The public page shows it now."
    return "Kept. It shows when the ask is published."


@bp.app_template_global()
def count_waiting() -> int:
    """How many entries wait for an editor; 0 on a page that tells of an error, which asks the database nothing."""
    return 0 if "tells_of_error" in g else desk.count_waiting(db())


@bp.get("/approval/")
@requires(Action.READ)
def index() -> str:
    after = request.args.get("after", "")
    waiting = desk.list_waiting(db(), paging.SIZE, after)
    return render_template("staff/approval/index.html", waiting=waiting, is_first=not after, form_for=ConfirmForm)


@bp.route("/updates/<id:update_id>/approve", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def decide(update_id: int) -> Page | Response:
    update = found(staff.find_update(db(), update_id))
    form = ApprovalForm(version=update.version, seen=staff.count_published(db(), update.ask_id))
    if answer := attempt(form, lambda: _decide(update_id, form)):
        return answer
    if form.is_stale or form.is_refused:
        update = found(staff.find_update(db(), update_id))
    if update.submitted_at is None or update.published_at:
        return _too_late(update, form)
    if form.is_stale:
        form.take_as_seen(update.version, staff.count_published(db(), update.ask_id))
    return _page(update, form)


@bp.post("/updates/<id:update_id>/withdraw")
@requires(Action.DRAFT)
def withdraw(update_id: int) -> Response:
    update, form = found(staff.find_update(db(), update_id)), ConfirmForm()
    back = url_for("updates.edit", update_id=update_id)
    if not form.is_sent():
        return redirect(ask_page(update.ask_id), 303)

    def save(change: Change) -> tuple[str, str]:
        updates.withdraw(change, found(staff.find_update(change.session, update_id)), form.seen_version)
        return "Withdrawn. It is your draft again.", back

    return saved(save)


def _decide(update_id: int, form: ApprovalForm) -> Response:
    def save(change: Change) -> tuple[str, str]:
        update = found(staff.find_update(change.session, update_id))
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
