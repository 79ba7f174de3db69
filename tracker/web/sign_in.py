"""Signing in, in one step or two, signing out, and giving the password again before what matters."""

import logging

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.db.engine import writing
from tracker.models import Person
from tracker.queries.people import find_last_sign_in
from tracker.rules.checks import is_local_path
from tracker.rules.errors import Problem
from tracker.rules.people import UNKNOWN, Action, Actor
from tracker.services import people, second_factor, sessions
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.devices import device_in_words, known_device, remember_device
from tracker.web.forms.people import CodeForm, ConfirmPasswordForm, SignInForm
from tracker.web.sent_forms import confirm_page, kept_through_sign_in, restore_page, sign_in_page
from tracker.web.session import db, engine, stop_reading, transaction
from tracker.web.templating import minute

log = logging.getLogger("tracker.security")
bp = Blueprint("auth", __name__)
WAIT_SECONDS = int(sessions.WINDOW.total_seconds())
Page = str | Response | tuple[str, int]
NOBODY = ""  # no account has this address
CONFIRMED = "You confirmed that it is you. Nothing was changed yet."


@bp.route("/staff/sign-in", methods=["GET", "POST"])
def sign_in() -> Page:
    wanted = request.args.get("next", "")
    form = SignInForm(next=wanted if is_local_path(wanted) else "", email=session.get("email", ""))
    kept = kept_through_sign_in()
    if form.is_sent():
        needs_code = _enter(str(form.email.data), str(form.password.data))
        if needs_code:
            return render_template("staff/code.html", form=CodeForm(formdata=None, next=form.next.data), kept=kept)
        if needs_code is not None:
            return _go_on(str(form.next.data or ""), kept)
        form.problems.append("The e-mail address or the password is wrong.")
    return render_template("staff/sign_in.html", form=form, kept=kept), form.http_code


@bp.route("/staff/sign-in/code", methods=["GET", "POST"])
def code() -> Page:
    form, kept = CodeForm(), kept_through_sign_in()
    waiting = sessions.find_waiting(db(), str(session.get("token")), now())
    if waiting is None:
        if request.method == "POST":
            flash("The code came too late. Please sign in once more.")
        return sign_in_page(str(form.next.data or ""), kept), 422 if request.method == "POST" else 200
    if form.is_sent():
        refusal = _give_code(str(form.code.data))
        if not refusal:
            return _go_on(str(form.next.data or ""), kept)
        form.problems.append(refusal)
    return render_template("staff/code.html", form=form, kept=kept), form.http_code


@bp.route("/staff/confirm", methods=["GET", "POST"])
@requires(Action.READ)
def confirm() -> Page:
    wanted = request.args.get("next", "")
    wanted = wanted if is_local_path(wanted) else ""
    form = ConfirmPasswordForm(next=wanted, has_second_step=g.person.has_second_step)
    kept = kept_through_sign_in()
    if not form.is_sent():
        return confirm_page(form, kept), 422 if form.errors else 200
    if not _is_own_password(str(form.password.data)):
        form.password.errors = ["This is not your password."]
        return confirm_page(form, kept), 422
    with writing(engine()) as writer:
        person = writer.get_one(Person, me().id)
        if person.has_second_step and (refusal := _take_code(writer, person, str(form.data.get("code", "")))):
            form.add_problems([Problem(refusal, "code")])
        else:
            token = sessions.confirm(writer, str(session.get("token")), now())
    if form.is_refused:
        return confirm_page(form, kept), 422
    session["token"] = token
    return _go_on(str(form.next.data or ""), kept, CONFIRMED)


@bp.post("/staff/sign-out")
@requires(Action.READ)
def sign_out() -> Response:
    key = sessions.digest(str(session.get("token")))
    with transaction(me()) as change:
        people.sign_out(change, change.session.get_one(Person, me().id), key)
    session.clear()
    flash("You are signed out.")
    return redirect(url_for(".sign_in"), 303)


def _is_own_password(password: str) -> bool:
    """True if this is the signed-in person's password; failures are counted as at sign-in."""
    person = db().get_one(Person, me().id)
    _refuse_when_throttled(db(), person.email)
    stop_reading()
    if sessions.is_right(password, person.password_hash, is_known=True):
        return True
    with writing(engine()) as writer:
        _note_failure(writer, person.email, sessions.find_person(writer, person.email), "sign-in failed")
    return False


def _enter(email: str, password: str) -> bool | None:
    """Return True if a code has to follow, False if the person is signed in; None, and count it, if it is wrong."""
    _refuse_when_throttled(db(), email)
    person = sessions.find_person(db(), email)
    stop_reading()  # since checking a password takes long
    is_right = _is_right(email, password, person.password_hash if person else None)
    stronger_hash = sessions.rehash(password, person.password_hash) if person and is_right else None
    with writing(engine()) as writer:
        _refuse_when_throttled(writer, email)  # by those who tried at the same time
        again = sessions.find_person(writer, email)
        if not is_right or person is None or again is None or again.password_hash != person.password_hash:
            _note_failure(writer, email, again, "sign-in failed")
            return None
        again.password_hash = stronger_hash or again.password_hash
        needs_code = again.has_second_step
        if needs_code:
            change = Change(writer, _actor(again), now())
            token = sessions.wait(change, again, session.get("token"), device_in_words())
        else:
            token = _start(writer, again)
    _hold(token)
    return needs_code


def _is_right(email: str, password: str, stored: str | None) -> bool:
    """True if the password fits; who is told that the site is busy has failed, as far as the address is concerned."""
    try:
        return sessions.is_right(password, stored, is_known=bool(known_device(email)))
    except sessions.Busy:
        with writing(engine()) as writer:
            sessions.note_failure(writer, NOBODY, request.remote_addr or "", now())
        raise


def _give_code(typed: str) -> str:
    """Take the second step and return why not; empty if the person is signed in now."""
    stop_reading()
    with writing(engine()) as writer:
        again = sessions.find_waiting(writer, str(session.get("token")), now())
        if again is None:
            return second_factor.WRONG
        if refusal := _take_code(writer, again.person, typed):
            return refusal
        token = _start(writer, again.person)
    _hold(token)
    return ""


def _take_code(writer: Session, person: Person, typed: str) -> str:
    """Use a code up and return why not; a wrong one counts like a wrong password."""
    _refuse_when_throttled(writer, person.email)
    change, key = Change(writer, _actor(person), now()), current_app.config["SECRET_KEY"]
    if second_factor.take(change, person, typed, key):
        return ""
    _note_failure(writer, person.email, person, "code failed")
    return second_factor.explain(person, typed, key, change.at)


def _start(writer: Session, person: Person) -> str:
    """Begin a session, and tell the person what happened at the door since the last one."""
    last, failures = find_last_sign_in(writer, person.id)
    token = sessions.start(Change(writer, _actor(person), now()), person, session.get("token"), device_in_words())
    remember_device(person.email)
    log.info("signed in: person %s", person.id)
    if last:
        g.last_sign_in = f"Your last sign-in: {minute(last)}. {_failures(failures)}"
    return token


def _failures(number: int) -> str:
    if not number:
        return "No attempt has failed since."
    attempts = "1 attempt has" if number == 1 else f"{number} attempts have"
    return f"{attempts} failed since; see “My account”."


def _hold(token: str) -> None:
    """Let the browser hold this session and nothing of the one before."""
    session.clear()
    g.pop("csrf_token", None)  # it was made for the session that is over
    session["token"] = token
    if notice := g.pop("last_sign_in", ""):
        flash(notice)


def _go_on(path: str, kept: list[tuple[str, str]], why: str = "") -> str | Response:
    """Where the person wanted to go; or the page that brings a typed form back."""
    is_safe = is_local_path(path) and path.startswith("/staff")
    if kept and is_safe:
        return restore_page(path, kept, why) if why else restore_page(path, kept)
    return redirect(path if is_safe else url_for("staff.desk"), 303)


def _actor(person: Person) -> Actor:
    return Actor(person.name, person.role, person.id)


def _refuse_when_throttled(reader: Session, email: str) -> None:
    if sessions.is_throttled(reader, email, request.remote_addr or "", now(), known_device(email)):
        log.warning("sign-in throttled")
        abort(429, "Nobody was signed in.", retry_after=WAIT_SECONDS)


def _note_failure(writer: Session, email: str, person: Person | None, what: str) -> None:
    """Count the failure; when there is such a person, the log has it as well, and they will see it."""
    sessions.note_failure(writer, email, request.remote_addr or "", now(), known_device(email))
    log.warning("%s", what)
    if person is not None:
        sessions.log_failure(Change(writer, UNKNOWN, now()), person, what)
