"""What is done with an entry as its form says it: kept as a draft, sent for approval, previewed or published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from werkzeug.wrappers import Response

from tracker.models import Ask, Update
from tracker.rules.asks import AskDraft
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import asks, drafts, records, updates
from tracker.services.change import Change
from tracker.web.forms.updates import UpdateForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.staff.answers import Page, ask_page, rehearsed, require_publisher, saved

KEPT = "Kept as a draft. The public does not see it."
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
