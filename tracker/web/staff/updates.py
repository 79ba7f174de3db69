"""Posting to an ask's story: change a status, post a milestone, correct; preview, keep, send or publish it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask, Update
from tracker.queries import staff
from tracker.queries.choosing import AskChoices
from tracker.queries.findings import NewFinding, find_finding
from tracker.queries.stories import find_judged
from tracker.rules.asks import AskDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.official import PROPOSALS
from tracker.rules.people import Action
from tracker.rules.status import Status
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import asks, drafts, findings, records, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import attempt, whole_number
from tracker.web.forms.stories import StoryForm
from tracker.web.forms.updates import CorrectionForm, UpdateForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.session import db
from tracker.web.staff.answers import (
    Page,
    ask_page,
    done,
    form_page,
    found,
    load,
    published,
    rehearsed,
    require_publisher,
    saved,
)
from tracker.web.staff.findings import proposed

bp = Blueprint("updates", __name__, url_prefix="/staff")
KEPT = "Kept as a draft. The public does not see it."
SENT = "Sent for approval. The public does not see it before an editor approves it."
STILL_RIGHT = "We looked at everything: the status is still right."
STEP_NOTED = " The next step stands in its note for colleagues: enter it when this is published."
LOOK_LATER = " Tick again that you looked at everything when you publish it."
HEADINGS = {
    UpdateKind.STATUS: "Change the status",
    UpdateKind.TEST: "Tell the result of a test",
    UpdateKind.MILESTONE: "Post an update",
    UpdateKind.CORRECTION: "Correct an entry",
    UpdateKind.REDEFINITION: "Redefinition",
    UpdateKind.REVIEW: "Looked at: nothing changed",
}


@dataclass(frozen=True)
class Composing:
    """An entry being written: for which ask, as which draft, in place of which saved one."""

    ask: Ask
    form: UpdateForm
    write: Callable[[Change, Ask], Update]
    corrected: Update | None = None
    saved: Update | None = None


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
    corrected = load(Update, update_id)
    if corrected.publication is not Publication.PUBLISHED:
        return done("Only a published entry is corrected.", ask_page(corrected.ask_id))
    ask = found(find_judged(db(), corrected.ask_id))
    own = drafts.draft_of(corrected)
    data = _data_of(own) | {"text": "", "draft_note": "", "seen": staff.count_published(db(), ask.id)}
    before = drafts.draft_of_before(db(), corrected)
    form = CorrectionForm(ask, own, before, **data)

    def write(change: Change, row: Ask) -> Update:
        return drafts.save(change, row, form.draft(update_id))

    return _compose(Composing(ask, form, write, corrected=corrected))


@bp.route("/updates/<id:update_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(update_id: int) -> Page | Response:
    entry = load(Update, update_id)
    drafts.require_own(entry, me())
    ask = found(find_judged(db(), entry.ask_id))
    corrected = staff.find(db(), Update, entry.corrects_id) if entry.corrects_id else None
    form = _form_for(entry.kind, ask, _data_of(drafts.draft_of(entry)) | {"version": entry.version})

    def write(change: Change, row: Ask) -> Update:
        update = found(staff.find(change.session, Update, update_id))
        drafts.edit(change, row, update, form.draft(update.corrects_id), form.seen_version)
        return update

    return _compose(Composing(ask, form, write, corrected, entry))


def _compose(composing: Composing, told: NewFinding | None = None) -> Page | Response:
    """Do what the pressed button says: one more piece of evidence, draft, preview, submit or publish."""
    form, ask = composing.form, composing.ask
    button = request.form.get("do", "")
    form.look_up()
    if button == "more":
        form.add_evidence()
    elif answer := attempt(form, lambda: _send(composing, button)):
        return answer
    if form.is_stale:
        show_news(form, ask)
        if composing.saved:
            entry = load(Update, composing.saved.id)
            form.show_conflict(_form_for(entry.kind, ask, _data_of(drafts.draft_of(entry)), is_sent=False))
            form.version.data = str(entry.version)
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


def _send(composing: Composing, button: str) -> Page | Response:
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
    ask, noted = change.session.get_one(Ask, composing.ask.id), composing.form.note_step()
    updates.submit(change, ask, composing.write(change, ask))
    if review := _review_of(composing.form, change):
        updates.submit(change, ask, drafts.save(change, ask, review))
    return SENT + (STEP_NOTED if noted else "")


def _keep(composing: Composing, change: Change) -> str:
    """Keep the entry as a draft."""
    noted, look = composing.form.note_step(), _review_of(composing.form, change)
    composing.write(change, change.session.get_one(Ask, composing.ask.id))
    return KEPT + (STEP_NOTED if noted else "") + (LOOK_LATER if look else "")


SAVES: Mapping[str, Callable[[Composing, Change], str]] = {"publish": _publish, "submit": _submit, "draft": _keep}


def _review_of(form: UpdateForm, change: Change) -> UpdateDraft | None:
    """That somebody looked at everything today, if the form says so."""
    if "is_reviewed" not in form or not form.is_reviewed.data:
        return None
    return UpdateDraft(UpdateKind.REVIEW, PartialDate(change.today.isoformat()), STILL_RIGHT)


def _form_for(kind: UpdateKind, ask: Ask, data: dict[str, Any], is_sent: bool = True) -> UpdateForm:
    """The form of an entry of this ask, filled with `data` or with what was sent."""
    if request.method == "GET":
        data = data | {"seen": staff.count_published(db(), ask.id)}
    options = {} if is_sent else {"formdata": None}
    return UpdateForm(kind, ask, me().may(Action.EDIT), **options, **data)


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


def show_news(form: StoryForm, ask: Ask) -> None:
    """Show what was published meanwhile; the next save takes it as seen."""
    fresh = found(staff.find_ask(db(), ask.id))
    told = sorted((u for u in fresh.updates if u.published_at), key=lambda u: (str(u.published_at), u.id))
    form.conflicts += [
        ("Published meanwhile", f"{update.happened_on.in_words}: {update.text}", form.text.data or "")
        for update in told[form.seen_entries :]
    ]
    form.seen.data = str(len(told))
