"""How staff routes answer: save a form and go on, show it with what is wrong, or 404."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from tracker.services.change import Change
from tracker.web.auth import me
from tracker.web.forms.base import Form, attempt
from tracker.web.session import transaction

Row = TypeVar("Row")
Page = tuple[str, int]


def found(row: Row | None) -> Row:
    """The row, or the page that says that there is none."""
    return row if row is not None else abort(404)


def done(message: str, address: str) -> Response:
    """Go on to another page, which shows the message."""
    flash(message)
    return redirect(address, 303)


def handled(
    form: Form, save: Callable[[Change], str], message: str, fresh: Callable[[], Form] | None = None
) -> Response | None:
    """Save a sent form in one transaction and go on to the address that `save` answers, once it is kept.

    None when the form is to be shown: it was not sent, the rules refuse it, or somebody else saved first;
    then `fresh` gives the form of what is saved now, for the comparison.
    """

    def save_and_go_on() -> Response:
        with transaction(me()) as change:
            address = save(change)
        return done(message, address)

    answer = attempt(form, save_and_go_on) if form.is_sent() else None
    if form.is_stale and fresh:
        form.show_conflict(fresh())
    return answer


def form_page(
    form: Form,
    heading: str,
    back: str,
    *,
    submit: str = "Save",
    intro: str = "",
    template: str = "staff/form.html",
    **context: object,
) -> Page:
    """A form with what is wrong with it, or with both versions after a stale edit."""
    code = 409 if form.is_stale else 422 if form.is_refused else 200
    page = render_template(template, form=form, heading=heading, back=back, submit=submit, intro=intro, **context)
    return page, code
