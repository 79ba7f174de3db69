"""Find out who sends a request and what they may do: every page is for staff unless it is open."""

import logging
import uuid
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.db.engine import writing
from tracker.models import StaffSession
from tracker.rules.people import Action, Actor
from tracker.services import sessions
from tracker.web.forms.people import ConfirmPasswordForm
from tracker.web.security import SAFE_METHODS
from tracker.web.sent_forms import (
    asked_for,
    confirm_page,
    kept_fields,
    kept_through_sign_in,
    restore_page,
    show_again,
    sign_in_page,
)
from tracker.web.session import db, engine, stop_reading

log = logging.getLogger("tracker.security")
View = TypeVar("View", bound=Callable[..., object])
# What everybody may read: all that is in tracker/web/public/, which sees nothing else, and what signing in needs.
OPEN_BLUEPRINTS = frozenset({"health", "public", "tables", "feeds", "calendars", "embeds", "machines", "api", "data"})
OPEN = frozenset({"static", "auth.sign_in", "auth.code", "links.choose"})
# Where somebody may go who has to set up the second step first.
BEFORE_SECOND_STEP = frozenset({"account.second_step", "account.recovery_file", "auth.confirm", "auth.sign_out"})


def requires(action: Action, *, recently: bool = False) -> Callable[[View], View]:
    """Mark a view with the action that its visitor must be permitted.

    With `recently` the visitor must also have given password and code within the last ten minutes, since signing in.
    """

    def mark(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        view.recently = recently  # type: ignore[attr-defined]
        return view

    return mark


def is_open(endpoint: str) -> bool:
    """True if everybody may go there."""
    return endpoint in OPEN or endpoint.partition(".")[0] in OPEN_BLUEPRINTS


def me() -> Actor:
    """The signed-in person."""
    return cast(Actor, g.actor)


def guard() -> Response | str | tuple[str, int] | None:
    """Before every request: let open pages pass; else find out who asks and what they may."""
    g.actor = None
    if request.endpoint is None or is_open(request.endpoint):
        return None
    live = _recognise()
    if live is None:
        return _ask_to_sign_in()
    view = current_app.view_functions[request.endpoint]
    action: Action = getattr(view, "action")  # noqa: B009 (set by requires)
    if not g.actor.may(action):
        log.warning("denied: may not %s", action.value)
        abort(403, f"Your role, {g.actor.role.label.lower()}, may not {action.value}.")
    is_required = current_app.config["SECOND_STEP_REQUIRED"] and request.endpoint not in BEFORE_SECOND_STEP
    if is_required and not g.person.has_second_step:
        return redirect(url_for("account.second_step"), 303)
    if getattr(view, "recently") and not sessions.is_confirmed(live, now()):  # noqa: B009 (set by requires)
        return show_again() or _ask_to_confirm()
    return None


def _recognise() -> StaffSession | None:
    """Return the session of the cookie and keep its person; at most once a minute note that it is in use."""
    token = session.get("token")
    live = sessions.find(db(), token, now()) if isinstance(token, str) else None
    if live is None:
        return None
    person = g.person = live.person
    g.actor = Actor(person.name, person.role, person.id, uuid.uuid4().hex)
    if now() - live.seen_at > sessions.SEEN_STEP and not current_app.config["READ_ONLY"]:
        stop_reading()
        _note_use(str(token))
    return live


def _note_use(token: str) -> None:
    """On a full disk, or while somebody else writes for long, people can go on reading."""
    try:
        with writing(engine()) as writer:
            sessions.touch(writer, token, now())
    except OperationalError as error:
        log.warning("that a session is in use could not be noted: %s", error.orig)


def _ask_to_sign_in() -> Response | tuple[str, int]:
    if request.method in SAFE_METHODS:
        return redirect(url_for("auth.sign_in", next=asked_for()), 303)
    if request.endpoint == "auth.sign_out":
        return redirect(url_for("auth.sign_in"), 303)
    flash("Your session had ended, so nothing was saved. Sign in, and what you typed comes back.")
    return sign_in_page(asked_for(), kept_fields()), 403


def _ask_to_confirm() -> Response | tuple[str, int]:
    """Before a change to people or to one's own access: ask for password and code; what was typed waits."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("auth.confirm", next=asked_for()), 303)
    form = ConfirmPasswordForm(formdata=None, next=asked_for(), has_second_step=g.person.has_second_step)
    return confirm_page(form, kept_fields()), 403


def _csrf_failed(error: CSRFError) -> Response | str | tuple[str, int]:
    """Refuse a form without a fitting token; a signed-in person gets the typed text back."""
    log.warning("csrf: %s", error.description)
    if request.endpoint == "auth.sign_in" and (kept := kept_through_sign_in()):
        flash("The sign-in form was out of date. Please sign in once more; what you typed is still kept.")
        return sign_in_page(request.form.get("next", ""), kept), 400
    if g.get("actor") is None:
        return render_template(
            "error.html",
            code=400,
            title="The form was out of date",
            explanation="Nothing was changed.",
            advice="Go back, load the page again and send it once more.",
        ), 400
    return restore_page(asked_for(), kept_fields()), 400


def require_every_route_decided(app: Flask) -> None:
    """Refuse to start while a route is neither open nor marked with an action."""
    undecided = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not is_open(rule.endpoint) and not hasattr(app.view_functions[rule.endpoint], "action")
    ]
    if undecided:
        raise RuntimeError(f"routes that nobody decided about: {', '.join(sorted(undecided))}")


def init_app(app: Flask) -> None:
    """Guard every request, then check the form's token; the order keeps typed text recoverable."""
    app.before_request(guard)
    app.before_request(_protect)
    app.register_error_handler(CSRFError, _csrf_failed)


def _protect() -> None:
    if request.endpoint is not None:
        current_app.extensions["csrf"].protect()
