"""Signing in and out."""

import logging

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.db.engine import writing
from tracker.models import Person
from tracker.rules.permissions import Action, Actor
from tracker.rules.urls import is_local_path
from tracker.services import passwords, sessions
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.records import subject_of
from tracker.web.auth import kept_through_sign_in, me, requires, restore_page
from tracker.web.forms.people import SignInForm
from tracker.web.session import db, engine, stop_reading, transaction

log = logging.getLogger("tracker.security")
bp = Blueprint("auth", __name__)
WAIT_SECONDS = int(sessions.WINDOW.total_seconds())


@bp.route("/staff/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    wanted = request.args.get("next", "")
    form = SignInForm(next=wanted if is_local_path(wanted) else "")
    kept = kept_through_sign_in()
    if not form.is_sent():
        return render_template("staff/sign_in.html", form=form, kept=kept), 422 if form.errors else 200
    if not _enter(str(form.email.data), str(form.password.data)):
        form.problems.append("The e-mail address or the password is wrong.")
        return render_template("staff/sign_in.html", form=form, kept=kept), 422
    path = str(form.next.data or "")
    is_safe = is_local_path(path) and path.startswith("/staff")
    if kept and is_safe:
        return restore_page(path, kept)
    return redirect(path if is_safe else url_for("staff.desk"), 303)


@bp.post("/staff/sign-out")
@requires(Action.READ)
def sign_out() -> Response:
    token = session.get("token")
    with transaction(me()) as change:
        sessions.end(change.session, str(token), change.at)
        record(change, "signed out", subject_of(change.session.get_one(Person, me().id)))
    session.clear()
    flash("You are signed out.")
    return redirect(url_for(".sign_in"), 303)


def _enter(email: str, password: str) -> bool:
    """Check the password outside any transaction, since it takes long; then begin a session or count a failure."""
    address = request.remote_addr or ""
    if sessions.is_throttled(db(), email, address, now()):
        log.warning("sign-in throttled")
        abort(429, "Nobody was signed in.", retry_after=WAIT_SECONDS)
    person = sessions.find_person(db(), email)
    stop_reading()
    is_right = passwords.is_right(password, person.password_hash if person else None)
    stronger_hash = passwords.rehash(password, person.password_hash) if person and is_right else None
    with writing(engine()) as writer:
        again = sessions.find_person(writer, email)
        if not is_right or person is None or again is None or again.password_hash != person.password_hash:
            sessions.note_failure(writer, email, address, now())
            log.warning("sign-in failed")
            return False
        change = Change(writer, Actor(again.name, again.role, again.id), now())
        token = sessions.start(change, again, session.get("token"))
        again.password_hash = stronger_hash or again.password_hash
    session.clear()
    g.pop("csrf_token", None)  # it was made for the session that is over
    session["token"] = token
    log.info("signed in: person %s", person.id)
    return True
