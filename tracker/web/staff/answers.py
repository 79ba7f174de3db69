"""How staff routes answer: a form is shown, saved or previewed, and leads on to another page; or 404."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import public, staff
from tracker.queries.public.records import PublicAsk
from tracker.rules.people import Action, Role
from tracker.services import records
from tracker.services.change import Change
from tracker.web import sent_forms
from tracker.web.auth import me
from tracker.web.forms.base import Form, attempt
from tracker.web.sent_forms import kept_fields
from tracker.web.session import db, rehearsal, transaction

Row = TypeVar("Row")
AnyForm = TypeVar("AnyForm", bound=Form)
Page = tuple[str, int]


def found(row: Row | None) -> Row:
    """The row, or the page that says that there is none."""
    return row if row is not None else abort(404)


def load(kind: type[Row], row_id: int) -> Row:
    """The record with this number and what its forms show, or the page that says that there is none."""
    return found(staff.find(db(), kind, row_id))


def found_own(ask_id: int) -> Ask:
    """The ask, or the page that says that there is none or that it is not theirs to edit."""
    ask = found(db().get(Ask, ask_id))
    if not records.may_edit(db(), me(), ask):
        abort(403, "Only an editor, or who entered the ask, can change it.")
    return ask


def require_publisher() -> None:
    """Refuse to publish for whoever may only write drafts."""
    if not me().may(Action.PUBLISH):
        abort(403, "Your role may write drafts. An editor publishes them: send it for approval.")


def ask_page(ask_id: int, anchor: str | None = None) -> str:
    """Return the address of an ask in the staff area."""
    return url_for("asks.show", ask_id=ask_id, _anchor=anchor)


def done(message: str, address: str) -> Response:
    """Go on to another page, which shows the message, unless it says so itself."""
    if message:
        flash(message)
    return redirect(address, 303)


def published(ask: Ask) -> str:
    """Return what is said of an entry that was published: a draft ask shows it to nobody yet."""
    if ask.publication.is_public:
        return "Published. The public page shows it now."
    return "Kept. It shows when the ask is published."


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
    """Save a sent form and go on to the address that `save` returns; else as `attempt`."""
    return attempt(form, lambda: saved(lambda change: (message, save(change))), fresh)


def form_page(form: Form, heading: str, back: str, *, template: str = "staff/form.html", **context: object) -> Page:
    """A form with what is wrong with it, or with both versions after a stale edit."""
    page = render_template(template, form=form, heading=heading, back=back, **context)
    return page, form.http_code


def answer_form(
    make: Callable[..., AnyForm],
    save: Callable[[Change, AnyForm], str | None],
    said: str,
    heading: str,
    back: str,
    *,
    previews: int | None = None,
    **context: str,
) -> Page | Response:
    """Show the form that `make` returns; once it was sent, save it, say so and go back, or where `save` says.

    After a stale edit `make(formdata=None)` returns the form of what is saved now, for the comparison. With the number
    of an ask in `previews` the form has a button that shows its public page as it would be, with nothing saved.
    """
    form = make()

    def show(change: Change) -> Ask:
        save(change, form)
        return change.session.get_one(Ask, previews)

    def send() -> Page | Response:
        if previews and request.form.get("do") == "preview":
            return rehearsed(show, is_entry=False)
        return saved(lambda change: (said, save(change, form) or back))

    answer = attempt(form, send, lambda: make(formdata=None))
    return answer or form_page(form, heading, back, can_preview=bool(previews), **context)


def answer_edit(
    kind: type[Row],
    row_id: int,
    make: Callable[..., AnyForm],
    save: Callable[[Change, Row, AnyForm], str | None],
    *said: str,
    **options: Any,
) -> Page | Response:
    """The same for a form about a record, which is loaded for the form, and again for the change of it."""
    return answer_form(
        lambda **data: make(obj=load(kind, row_id), **data),
        lambda change, form: save(change, found(staff.find(change.session, kind, row_id)), form),
        *said,
        **options,
    )


def rehearsed(write: Callable[[Change], Ask], *, is_entry: bool) -> Page:
    """Return the public page of an ask as it would be after a change, which is made, read and undone.

    What was typed stands beside it, with the buttons for an entry or for another change. Raises what would speak
    against the change by an editor.
    """
    with rehearsal(replace(me(), role=Role.EDITOR)) as change:
        ask = write(change)
        change.session.flush()
        change.session.expire_all()  # the page is read as the database now has it
        page = found(public.find_ask(change.session, ask.slug, with_drafts=True))
    kept = [pair for pair in kept_fields() if pair[0] != "do"]
    before = public.find_ask(db(), page.line.slug, with_drafts=True)
    return preview_page("staff/preview.html", page, before, kept=kept, is_entry=is_entry), 200


def preview_page(template: str, page: PublicAsk, before: PublicAsk | None, **context: object) -> str:
    """The public page as it would be, with what it says now, and the keys of the entries that are new."""
    new_keys = {entry.key for entry in page.story} - {entry.key for entry in (before.story if before else ())}
    context |= {"before": before, "new_keys": new_keys}
    return render_template(template, ask=page, today=today(), seen_on=today(), **context)
