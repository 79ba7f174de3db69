"""How staff routes answer: a form's page with the right code, a redirect with a message, or 404."""

from typing import TypeVar

from flask import abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from tracker.web.forms.base import Form

Row = TypeVar("Row")
Page = tuple[str, int]


def found(row: Row | None) -> Row:
    """The row, or the page that says that there is none."""
    return row if row is not None else abort(404)


def done(message: str, address: str) -> Response:
    """Go on to another page, which shows the message."""
    flash(message)
    return redirect(address, 303)


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
    if form.is_stale:
        code = 409
    else:
        code = 422 if form.is_refused else 200
    page = render_template(template, form=form, heading=heading, back=back, submit=submit, intro=intro, **context)
    return page, code
