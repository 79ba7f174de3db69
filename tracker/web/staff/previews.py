"""The public page of an ask as it would be after a change: the change is made, read, and undone."""

from collections.abc import Callable
from dataclasses import replace

from flask import render_template, request
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.records import PublicAsk
from tracker.rules.permissions import Role
from tracker.rules.status import DEFINITIONS
from tracker.services.change import Change
from tracker.web.auth import me
from tracker.web.forms.base import Form, attempt
from tracker.web.sent_forms import kept_fields
from tracker.web.session import db, rehearsal
from tracker.web.staff.answers import Page, found, handled


def rehearsed(template: str, write: Callable[[Change], Ask]) -> Page:
    """Return that page, with what was typed beside it; raises what would speak against the change by an editor."""
    with rehearsal(replace(me(), role=Role.EDITOR)) as change:
        ask = write(change)
        change.session.flush()
        change.session.expire_all()  # the page is read as the database now has it
        page = found(public.find_ask(change.session, ask.slug, with_drafts=True))
    kept = [pair for pair in kept_fields() if pair[0] != "do"]
    return preview_page(template, page, public.find_ask(db(), page.line.slug, with_drafts=True), kept=kept), 200


def preview_page(template: str, page: PublicAsk, before: PublicAsk | None, **context: object) -> str:
    """The public page as it would be, with what it says now, and the keys of the entries that are new."""
    new_keys = {entry.key for entry in page.story} - {entry.key for entry in (before.story if before else ())}
    context |= {"before": before, "new_keys": new_keys, "definitions": DEFINITIONS}
    return render_template(template, ask=page, today=today(), seen_on=today(), **context)


def saved_or_previewed(
    form: Form, ask_id: int, save: Callable[[Change], str], message: str, fresh: Callable[[], Form] | None = None
) -> Page | Response | None:
    """Save like `handled`; or, if the button says so, show the ask's public page as it would be, with nothing saved."""
    if request.form.get("do") != "preview":
        return handled(form, save, message, fresh)

    def write(change: Change) -> Ask:
        save(change)
        return change.session.get_one(Ask, ask_id)

    return attempt(form, lambda: rehearsed("staff/asks/preview_edit.html", write), fresh)
