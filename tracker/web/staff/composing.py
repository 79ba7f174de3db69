"""Writing an entry of an ask's story: look up, keep as a draft, preview, send for approval or publish."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask, Update
from tracker.queries import staff
from tracker.queries.choosing import Asks
from tracker.queries.known_pages import find_page
from tracker.rules.permissions import Action
from tracker.rules.status import DEFINITIONS
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import approval, drafts, updates
from tracker.services.change import Change
from tracker.web.auth import me
from tracker.web.forms.base import attempt
from tracker.web.forms.updates import StoryForm, UpdateForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction
from tracker.web.staff.previews import rehearsed

NOT_KNOWN = "No address without a title is known here yet. Fill in its title and who says so."
HEADINGS = {
    UpdateKind.STATUS: "Change the status",
    UpdateKind.TEST: "Record a test result",
    UpdateKind.MILESTONE: "Post an update",
    UpdateKind.CORRECTION: "Correct an entry",
    UpdateKind.REDEFINITION: "Redefinition",
    UpdateKind.REVIEW: "Record a review",
}


@dataclass(frozen=True)
class Composing:
    """An entry being written: for which ask, as which draft, in place of which saved one."""

    ask: Ask
    form: UpdateForm
    write: Callable[[Change, Ask], Update]
    corrected: Update | None = None
    saved: Update | None = None


def compose(composing: Composing) -> Page | Response:
    """Do what the pressed button says: one more piece of evidence, look up, draft, preview, submit or publish."""
    form, ask = composing.form, composing.ask
    button = request.form.get("do", "")
    if button == "more":
        form.add_evidence()
    elif button and form.look_up(lambda url: find_page(db(), url)):
        pass  # the form comes back with what we know of the page, to be looked at before it is sent
    elif button == "look-up":
        form.problems.append(NOT_KNOWN)
    else:
        do = {"publish": _publish, "draft": _keep, "submit": _submit}.get(button, _rehearse)
        if answer := attempt(form, lambda: do(composing)):
            return answer
    if form.is_stale:
        show_news(form, ask)
        if composing.saved:
            saved = found(staff.find_update(db(), composing.saved.id))
            form.show_conflict(form_for(saved.kind, ask, data_of(drafts.draft_of(saved)), is_sent=False))
            form.version.data = str(saved.version)
    return form_page(
        form,
        HEADINGS[form.kind],
        url_for("asks.show", ask_id=ask.id),
        template="staff/updates/form.html",
        ask=ask,
        corrected=composing.corrected,
        saved=composing.saved,
        definitions=DEFINITIONS,
    )


def _keep(composing: Composing) -> Page | Response:
    with transaction(me()) as change:
        composing.write(change, change.session.get_one(Ask, composing.ask.id))
    return done("Kept as a draft. The public does not see it.", page_of(composing.ask))


def _publish(composing: Composing) -> Page | Response:
    if not me().may(Action.PUBLISH):
        abort(403, "Your role may write drafts. An editor publishes them: send it for approval.")
    with transaction(me()) as change:
        ask = change.session.get_one(Ask, composing.ask.id)
        update = composing.write(change, ask)
        updates.publish(change, ask, update, composing.form.seen_entries)
    return done("Published. The public page shows it now.", page_of(composing.ask))


def _submit(composing: Composing) -> Page | Response:
    with transaction(me()) as change:
        ask = change.session.get_one(Ask, composing.ask.id)
        approval.submit(change, ask, composing.write(change, ask))
    return done("Sent for approval. The public does not see it before an editor approves it.", page_of(composing.ask))


def _rehearse(composing: Composing) -> Page | Response:
    """The public page as it would be."""

    def publish(change: Change, ask: Ask) -> None:
        updates.publish(change, ask, composing.write(change, ask), composing.form.seen_entries)

    return rehearsed("staff/updates/preview.html", composing.ask.id, publish)


def form_for(kind: UpdateKind, ask: Ask, data: dict[str, Any], is_sent: bool = True) -> UpdateForm:
    """The form of an entry of this ask, filled with `data` or with what was sent."""
    if request.method == "GET":
        data = data | {"seen": staff.count_published(db(), ask.id)}
    options = {} if is_sent else {"formdata": None}
    return UpdateForm(kind, ask.tests, lambda: Asks(db(), but_not=ask.id), **options, **data)


def data_of(draft: UpdateDraft) -> dict[str, Any]:
    """A draft as the form takes it."""
    return {
        "happened_on": draft.happened_on,
        "text": draft.text,
        "status": draft.status.value if draft.status else "",
        "reason": draft.reason,
        "superseded_by_id": draft.superseded_by_id,
        "draft_note": draft.draft_note,
        "results": [{"test_id": str(test_id), "result": result.value} for test_id, result in draft.results],
        "evidence": [vars(evidence) for evidence in draft.evidence],
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


def page_of(ask: Ask) -> str:
    """The ask's page in the staff area."""
    return url_for("asks.show", ask_id=ask.id)
