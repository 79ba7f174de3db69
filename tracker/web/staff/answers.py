"""How staff routes answer: save a form and go on, show it with what is wrong, or 404."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from tracker.models import Ask
from tracker.services import records
from tracker.services.change import Change
from tracker.web import sent_forms
from tracker.web.auth import me
from tracker.web.forms.base import Form, attempt
from tracker.web.session import db, transaction

Row = TypeVar("Row")
Page = tuple[str, int]


def found(row: Row | None) -> Row:
    """The row, or the page that says that there is none."""
    return row if row is not None else abort(404)


def found_own(ask_id: int) -> Ask:
    """The ask, or the page that says that there is none or that it is not theirs to edit."""
    ask = found(db().get(Ask, ask_id))
    if not records.may_edit(db(), me(), ask):
        abort(403, "Only an editor, or who entered the ask, can change it.")
    return ask


def done(message: str, address: str) -> Response:
    """Go on to another page, which shows the message, unless it says so itself."""
    if message:
        flash(message)
    return redirect(address, 303)


def saved(save: Callable[[Change], tuple[str, str]]) -> Response:
    """Save in one transaction and go on with the message and to the address that `save` returns.

    A form that has been saved is not saved again: its second sending goes where the first one did.
    """
    with transaction(me()) as change:
        if again := sent_forms.sent_before(change):
            return again
        message, address = save(change)
        sent_forms.remember(change, message, address)
    return done(message, address)


def handled(
    form: Form, save: Callable[[Change], str], message: str, fresh: Callable[[], Form] | None = None
) -> Response | None:
    """Save a sent form and go on to the address that `save` answers; else as `attempt`."""
    return attempt(form, lambda: saved(lambda change: (message, save(change))), fresh)


def form_page(
    form: Form,
    heading: str,
    back: str,
    *,
    submit: str = "Keep",
    intro: str = "",
    template: str = "staff/form.html",
    **context: object,
) -> Page:
    """A form with what is wrong with it, or with both versions after a stale edit."""
    page = render_template(template, form=form, heading=heading, back=back, submit=submit, intro=intro, **context)
    return page, form.http_code
