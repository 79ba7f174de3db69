"""What is done with an entry as its form says it: kept as a draft, sent for approval, previewed or published."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import abort
from werkzeug.wrappers import Response

from tracker.models import Ask, Update
from tracker.rules.asks import AskDraft
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import Action
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import approval, asks, drafts, records, updates
from tracker.services.change import Change
from tracker.web.auth import me
from tracker.web.forms.updates import UpdateForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.staff.answers import Page, ask_page, rehearsed, saved

SENT = "Sent for approval. The public does not see it before an editor approves it."
STILL_RIGHT = "We looked at everything: the status is still right."
NOT_TAKEN = " What you said of the next step and of looking at everything is asked again when it is published."
NO_STEP_YET = " What you said of the next step is asked again when it is published."


@dataclass(frozen=True)
class Composing:
    """An entry being written: for which ask, as which draft, in place of which saved one."""

    ask: Ask
    form: UpdateForm
    write: Callable[[Change, Ask], Update]
    corrected: Update | None = None
    saved: Update | None = None


def keep(composing: Composing) -> Page | Response:
    """Keep the entry as a draft."""
    form = composing.form

    def save(change: Change) -> tuple[str, str]:
        composing.write(change, change.session.get_one(Ask, composing.ask.id))
        rest = NOT_TAKEN if form.step_after() or ("is_reviewed" in form and form.is_reviewed.data) else ""
        return f"Kept as a draft. The public does not see it.{rest}", ask_page(composing.ask.id)

    return saved(save)


def publish(composing: Composing) -> Page | Response:
    """Publish the entry, and with it what else the form says."""
    if not me().may(Action.PUBLISH):
        abort(403, "Your role may write drafts. An editor publishes them: send it for approval.")

    def save(change: Change) -> tuple[str, str]:
        ask = change.session.get_one(Ask, composing.ask.id)
        ask_before_repeating(change, composing.form, _publish_all(composing, change, ask))
        return published(ask), ask_page(composing.ask.id)

    return saved(save)


def _publish_all(composing: Composing, change: Change, ask: Ask) -> Update:
    """Publish the entry, the look at everything, and the next step; returns the entry."""
    form, update = composing.form, composing.write(change, ask)
    updates.publish(change, ask, update, form.seen_entries)
    if review := _review_of(form, change):
        updates.post(change, ask, review)
    if after := form.step_after():
        step, on = after
        draft = replace(records.draft_of(AskDraft, ask), next_step=step, next_step_on=on)
        asks.edit_ask(change, ask, draft, seen_version=None)
    return update


def submit(composing: Composing) -> Page | Response:
    """Send the entry to the editors, and with it the look at everything."""

    def save(change: Change) -> tuple[str, str]:
        ask = change.session.get_one(Ask, composing.ask.id)
        approval.submit(change, ask, composing.write(change, ask))
        if review := _review_of(composing.form, change):
            approval.submit(change, ask, drafts.save(change, ask, review))
        rest = NO_STEP_YET if composing.form.step_after() else ""
        return f"{SENT}{rest}", ask_page(composing.ask.id)

    return saved(save)


def _review_of(form: UpdateForm, change: Change) -> UpdateDraft | None:
    """That somebody looked at everything today, if the form says so."""
    if "is_reviewed" not in form or not form.is_reviewed.data:
        return None
    return UpdateDraft(UpdateKind.REVIEW, PartialDate(change.today.isoformat()), STILL_RIGHT)


def rehearse(composing: Composing) -> Page | Response:
    """The public page as it would be."""

    def write(change: Change) -> Ask:
        ask = change.session.get_one(Ask, composing.ask.id)
        _publish_all(composing, change, ask)
        return ask

    return rehearsed("staff/updates/preview.html", write)


def published(ask: Ask) -> str:
    """What is said of an entry that was published: a draft ask shows it to nobody yet."""
    if ask.publication.is_public:
        return "Published. The public page shows it now."
    return "Kept. It shows when the ask is published."
