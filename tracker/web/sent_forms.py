"""Forms that are sent: what was typed is never lost, and sent twice it does one thing.

A form that could not be saved is carried through the sign-in, or shown again to be sent.

Each form has a key, of the page that showed it, and what it did is kept for a day. Sent again with the same words and
the same button, as by a double click or after "Back", it leads where it led before. With other words it is a new form.
"""

import json
import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker.models import SentForm, Update
from tracker.queries.stories import find_twin
from tracker.rules.checks import is_local_path
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.text import showable
from tracker.services.change import Change
from tracker.services.sessions import digest
from tracker.web.forms.base import SeenForm, new_key
from tracker.web.forms.people import ConfirmPasswordForm, SignInForm
from tracker.web.security import SAFE_METHODS
from tracker.web.session import db

SIGNING_IN = frozenset({"auth.sign_in", "auth.code"})
NOT_KEPT = frozenset({"csrf_token", "restore", "password", "current", "code"})
CARRIED = "kept."
SESSION_ENDED = "The form was sent in a session that had ended. Nothing was changed."
KEPT = timedelta(days=1)
REPEATS_WITHIN = timedelta(minutes=10)
REPEATED = "The same entry was published a few minutes ago. Send this only if it should stand in the story twice."
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
# What may differ between two sendings of one form, and secrets, of which nothing is kept.
NOT_COMPARED = NOT_KEPT | {"form_key", "version", "seen"}


def asked_for() -> str:
    """The address of this request with its filters, to come back to; without them if they are no part of a safe one."""
    path = request.full_path.rstrip("?")
    return path if is_local_path(path) else request.path


def kept_fields() -> list[tuple[str, str]]:
    """Return what was typed into the form of this request, without secrets and without what no page can show."""
    typed = request.form.items(multi=True)
    return [(showable(name), showable(value)) for name, value in typed if name not in NOT_KEPT]


def kept_through_sign_in() -> list[tuple[str, str]]:
    """Return what was typed before the session ended, as the sign-in form carries it."""
    return [(name.removeprefix(CARRIED), value) for name, value in kept_fields() if name.startswith(CARRIED)]


def sign_in_page(next_path: str, kept: list[tuple[str, str]]) -> str:
    """The sign-in form that carries a typed form along."""
    form = SignInForm(formdata=None, next=showable(next_path))
    return render_template("staff/sign_in.html", form=form, kept=kept)


def confirm_page(form: ConfirmPasswordForm, kept: list[tuple[str, str]]) -> str:
    """The form that asks for the password again and carries a typed form along."""
    return render_template("staff/confirm.html", form=form, kept=kept)


def restore_page(next_path: str, kept: list[tuple[str, str]], why: str = SESSION_ENDED) -> str:
    """A page with one button that brings a typed form back, unsaved."""
    return render_template("staff/restore.html", next_path=next_path, kept=kept, why=why)


def given_back(why: str) -> str:
    """A page that holds what staff typed into the form of this request; empty if that is nothing.

    Also when the database cannot tell who sent it.
    """
    if request.endpoint in SIGNING_IN and (kept := kept_through_sign_in()):
        flash(why)
        return sign_in_page(request.form.get("next", ""), kept)
    is_for_staff = hasattr(current_app.view_functions.get(request.endpoint or ""), "action")
    return restore_page(asked_for(), kept_fields(), why) if is_for_staff and kept_fields() else ""


def show_again() -> Response | None:
    """Return the way to what this very form did before; None when it is new.

    A form of the same page that was changed since is new, but its conflicts are with its own first sending.
    """
    g.sent_before = None
    if request.method in SAFE_METHODS or not (key_hash := _key_hash()) or "restore" in request.form:
        return None
    before = db().get(SentForm, key_hash)
    g.sent_before = before.sent_at if before else None
    return _answer(before) if before and before.content_hash == _content_hash() else None


def sent_before(change: Change) -> Response | None:
    """Return the same for a form whose first sending was just being saved when this one came."""
    before = change.session.get(SentForm, _key_hash())
    return _answer(before) if before and before.content_hash == _content_hash() else None


def remember(change: Change, message: str, address: str) -> None:
    """Keep what the form of this request does, with what it does; the oldest go."""
    key_hash = _key_hash()
    replaced = sa.or_(SentForm.sent_at < change.at - KEPT, SentForm.key_hash == key_hash)
    change.session.execute(sa.delete(SentForm).where(replaced))
    if key_hash:
        row = SentForm(key_hash=key_hash, content_hash=_content_hash(), sent_at=change.at)
        row.message, row.address = message, address
        change.session.add(row)


def ask_before_repeating(change: Change, form: SeenForm, update: Update) -> None:
    """Refuse, once, what was just published, and undo it, if it says the same as an entry of the last minutes."""
    twin = find_twin(change.session, update, change.at - REPEATS_WITHIN)
    if twin and form.twice.data != str(twin):
        form.twice.data = str(twin)
        raise RuleBroken([Problem(REPEATED)])


def init_app(app: Flask) -> None:
    """Look at each form that is sent, once its sender is known and its token is right."""
    app.before_request(show_again)
    app.jinja_env.globals["new_form_key"] = new_key


def _answer(before: SentForm) -> Response:
    if before.message:
        flash(before.message)
    return redirect(before.address, 303)


def _key_hash() -> str:
    """The hash of the form's key, its address and who sent it; empty for a form without a key."""
    key = request.form.get("form_key", "")
    actor = g.get("actor")
    return digest(json.dumps([key, request.path, actor.id if actor else None])) if KEY.fullmatch(key) else ""


def _content_hash() -> str:
    """The hash of what was typed and of the button, with the key, so that nobody can guess at it."""
    typed = [(name, value.replace("\r\n", "\n")) for name, value in request.form.items(multi=True)]
    compared = sorted(pair for pair in typed if pair[0] not in NOT_COMPARED and pair != ("do", "save"))
    return digest(json.dumps([request.form.get("form_key"), compared]))
