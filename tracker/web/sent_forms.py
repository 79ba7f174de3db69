"""A form that is sent twice does one thing: each has a key, and what it did is kept for a day.

The key is of the page that showed the form. Sent again with the same words and the same button, as by a double click or
after "Back", it leads where it led before. With other words it is a new form.
"""

import json
import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, flash, g, redirect, request
from werkzeug.wrappers import Response

from tracker.models import SentForm, Update
from tracker.queries import staff
from tracker.rules.errors import Problem, RuleBroken
from tracker.services.change import Change
from tracker.services.sessions import digest
from tracker.web.forms.base import new_key
from tracker.web.forms.updates import SeenForm
from tracker.web.kept_forms import NOT_KEPT
from tracker.web.security import SAFE_METHODS
from tracker.web.session import db

KEPT = timedelta(days=1)
REPEATS_WITHIN = timedelta(minutes=10)
REPEATED = "The same entry was published a few minutes ago. Send this only if it should stand in the story twice."
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
# What may differ between two sendings of one form, and secrets, of which nothing is kept.
NOT_COMPARED = NOT_KEPT | {"form_key", "version", "seen"}


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
    change.session.execute(sa.delete(SentForm).where(SentForm.sent_at < change.at - KEPT))
    if key_hash := _key_hash():
        row = SentForm(key_hash=key_hash, content_hash=_content_hash(), sent_at=change.at)
        row.message, row.address = message, address
        change.session.merge(row)


def ask_before_repeating(change: Change, form: SeenForm, update: Update) -> None:
    """Refuse, once, what was just published, and undo it, if it says the same as an entry of the last minutes."""
    twin = staff.find_twin(change.session, update, change.at - REPEATS_WITHIN)
    if twin and form.twice.data != str(twin.id):
        form.twice.data = str(twin.id)
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
