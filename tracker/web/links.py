"""Choosing a password with a link that an admin gave out."""

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.rules.permissions import Actor
from tracker.services import passwords, people
from tracker.web.forms.base import attempt
from tracker.web.forms.people import NewPasswordForm
from tracker.web.pages import Page, done
from tracker.web.session import db, stop_reading, transaction

bp = Blueprint("links", __name__)


@bp.route("/staff/link/<token>", methods=["GET", "POST"])
def choose(token: str) -> Page | Response:
    person, form = people.find_person(db(), token, now()), NewPasswordForm()
    if person is None:
        abort(404, people.WORTHLESS)
    actor = Actor(person.name, person.role, person.id)

    def choose_it() -> Response:
        stop_reading()
        stored = passwords.hash_password(form.password.data or "", person.email, person.name)
        with transaction(actor) as change:
            people.choose_password(change, token, stored)
        return done("Your password is set. Sign in with it.", url_for("auth.sign_in"))

    answer = attempt(form, choose_it)
    return answer or (render_template("staff/choose_password.html", form=form, person=person), form.http_code)
