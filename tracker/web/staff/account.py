"""My account: password, two-step sign-in, recovery codes, sessions, who tried to get in; and the first password."""

import re

from flask import Blueprint, abort, current_app, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.models import Person
from tracker.queries import people as queries
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.people import Action, Actor
from tracker.services import people, second_factor, sessions
from tracker.web import sent_forms
from tracker.web.auth import me, requires
from tracker.web.build import face
from tracker.web.forms.base import ConfirmForm, attempt
from tracker.web.forms.people import NewPasswordForm, ProofForm
from tracker.web.session import db, stop_reading, transaction
from tracker.web.staff.answers import Page, done, form_page

bp = Blueprint("account", __name__, url_prefix="/staff/account")
access_links = Blueprint("links", __name__)
CODE = re.compile(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){5}")
NOW_SIGN_IN = "Your password is set. Sign in with it."
SET_UP = "Two-step sign-in is set up. Make new recovery codes, unless you have seen and kept those that you were given."
KEY_LENGTH = 16
ALL_OTHERS = "others"
QUIET_MODULES = 4  # what the standard wants around a code


@bp.get("")
@requires(Action.READ)
def index() -> str:
    at, person = now(), db().get_one(Person, me().id)
    return render_template(
        "staff/account/index.html",
        person=person,
        sessions=queries.list_sessions(db(), person.id, at - sessions.IDLE, at - sessions.ABSOLUTE),
        here=_token_hash(),
        key_length=KEY_LENGTH,
        codes_left=queries.count_codes_left(db(), person.id),
        events=queries.list_access(db(), person.id),
    )


@bp.route("/password", methods=["GET", "POST"])
@requires(Action.READ, recently=True)
def password() -> Page | Response:
    form, person = NewPasswordForm(), db().get_one(Person, me().id)

    def change_it() -> Response:
        stored = sessions.hash_password(form.password.data or "", person.email, person.name)
        with transaction(me()) as change:
            people.set_password(change, change.session.get_one(Person, person.id), stored)
        session.clear()
        return done("Your password is changed. Sign in with the new one.", url_for("auth.sign_in"))

    answer = attempt(form, change_it)
    return answer or form_page(form, "Change your password", url_for(".index"), submit="Change the password")


@bp.route("/two-step", methods=["GET", "POST"])
@requires(Action.READ, recently=True)
def second_step() -> Page:
    form, person, key = ProofForm(), db().get_one(Person, me().id), current_app.config["SECRET_KEY"]

    def set_up() -> list[str]:
        with transaction(me()) as change:
            row = change.session.get_one(Person, person.id)
            codes = second_factor.set_up(change, row, _token_hash(), str(form.code.data), key)
            sessions.end_confirmation(change.session, _token_hash())
            sent_forms.remember(change, SET_UP, url_for(".recovery_codes"))
            return codes

    if codes := attempt(form, set_up):
        return _codes_page(codes), 200
    secret = second_factor.secret_of(key, person.id, second_factor.proposed_nonce(_token_hash(), person))
    return render_template(
        "staff/account/two_step.html",
        form=form,
        person=person,
        secret=" ".join(re.findall("....", secret)),
        drawing=qr_code(second_factor.address(secret, person, face().name)),
        is_required=current_app.config["SECOND_STEP_REQUIRED"],
    ), form.http_code


@bp.route("/recovery-codes", methods=["GET", "POST"])
@requires(Action.READ, recently=True)
def recovery_codes() -> Page:
    form = ConfirmForm()

    def make() -> list[str]:
        with transaction(me()) as change:
            sessions.end_confirmation(change.session, _token_hash())
            return second_factor.make_codes(change, change.session.get_one(Person, me().id))

    if codes := attempt(form, make):
        return _codes_page(codes), 200
    intro = "You get ten new codes. The codes that you have now stop working."
    return form_page(form, "New recovery codes", url_for(".index"), submit="Make new codes", intro=intro)


@bp.post("/recovery-codes.txt")
@requires(Action.READ)
def recovery_file() -> Response:
    """The codes that the page before has just shown, as a file; the site itself keeps only their hashes."""
    codes = [code for code in request.form.getlist("codes") if CODE.fullmatch(code)][: second_factor.CODES]
    if not codes:
        raise RuleBroken([Problem("There are no codes to write into the file.")])
    lines = [f"Recovery codes for {current_app.config['SITE_URL']}", "Each works once, in place of the app's code.", ""]
    text = "\r\n".join([*lines, *codes, ""])
    response = current_app.response_class(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=recovery-codes.txt"
    return response


@bp.post("/sign-out")
@requires(Action.READ, recently=True)
def sign_out() -> Response:
    """End one of my sessions, or all but this one."""
    key = request.form.get("key", "")
    with transaction(me()) as change:
        person = change.session.get_one(Person, me().id)
        if key == ALL_OTHERS:
            people.sign_out(change, person, but=_token_hash())
        elif re.fullmatch(f"[0-9a-f]{{{KEY_LENGTH}}}", key):
            people.sign_out(change, person, key, but=_token_hash())
        else:
            raise RuleBroken([Problem("Choose which session to end.")])
    return done("Signed out there.", url_for(".index"))


@access_links.route("/staff/link/<token>", methods=["GET", "POST"])
def choose(token: str) -> Page | Response:
    """Choose a password with a link that an admin gave out."""
    person, form = people.find_person(db(), token, now()), NewPasswordForm()
    if person is None:
        abort(404, people.WORTHLESS)
    actor = Actor(person.name, person.role, person.id)

    def choose_it() -> Response:
        stop_reading()
        stored = sessions.hash_password(form.password.data or "", person.email, person.name)
        with transaction(actor) as change:
            people.choose_password(change, token, stored)
            sent_forms.remember(change, NOW_SIGN_IN, url_for("auth.sign_in"))
        session["email"] = person.email  # so that the form asks for the password alone
        return done(NOW_SIGN_IN, url_for("auth.sign_in"))

    answer = attempt(form, choose_it)
    return answer or (render_template("staff/choose_password.html", form=form, person=person), form.http_code)


def qr_code(text: str) -> tuple[int, str]:
    """Return the QR code of a text as a page draws it: its width in modules, and its dark ones as a path."""
    import segno  # few set up a phone

    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_MODULES))
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)


def _token_hash() -> str:
    return sessions.digest(str(session.get("token")))


def _codes_page(codes: list[str]) -> str:
    stop_reading()
    return render_template("staff/account/codes.html", codes=codes)
