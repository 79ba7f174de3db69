"""Signing in and out."""

import logging

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.db.engine import writing
from tracker.rules.permissions import Action, Actor
from tracker.rules.urls import is_local_path
from tracker.services import passwords, sessions
from tracker.services.change import Change
from tracker.web.auth import requires, restore_page
from tracker.web.forms.people import SignInForm
from tracker.web.session import db, engine, stop_reading

log = logging.getLogger("tracker.security")
bp = Blueprint("auth", __name__)
KEPT = "kept."
WAIT_SECONDS = int(sessions.WINDOW.total_seconds())


@bp.route("/staff/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    wanted = request.args.get("next", "")
    form = SignInForm(next=wanted if is_local_path(wanted) else "")
    kept = [(name[len(KEPT) :], value) for name, value in request.form.items(multi=True) if name.startswith(KEPT)]
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
    stop_reading()
    with writing(engine()) as writer:
        sessions.end(writer, str(token), now())
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
    with writing(engine()) as writer:
        again = sessions.find_person(writer, email)
        if not is_right or person is None or again is None or again.password_hash != person.password_hash:
            sessions.note_failure(writer, email, address, now())
            log.warning("sign-in failed")
            return False
        token = sessions.start(Change(writer, Actor(again.name, again.role, again.id), now()), again)
        if passwords.needs_rehash(again.password_hash):
            again.password_hash = passwords.hash_password(password, again.email)
    session.clear()
    g.pop("csrf_token", None)  # it was made for the session that is over
    session["token"] = token
    log.info("signed in: person %s", person.id)
    return True
