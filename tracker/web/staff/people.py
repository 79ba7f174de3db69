"""Members of staff: inviting, editing, links for passwords, and what takes access away."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.models import Person
from tracker.queries import people as queries
from tracker.queries import staff
from tracker.rules.people import Action
from tracker.services import people, personal_data, second_factor
from tracker.services.change import Change
from tracker.services.people import PersonDraft
from tracker.web.auth import requires
from tracker.web.forms.base import ConfirmForm, Form, ReasonForm, new_key
from tracker.web.forms.people import PersonForm
from tracker.web.sent_forms import KEY
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, answer_form, load

HOUR = timedelta(hours=1)
MADE = "The link is made."
NOBODY_IS_DELETED = "Nobody is deleted: what the person wrote keeps the name. Deactivating ends every session at once."
ERASING = (
    "Name, e-mail address, sessions and failed sign-ins are deleted and cannot be brought back. What the person did "
    "stays in the log under a number, and the log can still be proved whole. Do not write the name below: the reason "
    "stays. Backups made before still hold the data: delete them when you can."
)
HELD_FOR_GOOD = " {} entries of the log are of a version that wrote names into the entries: those keep the name."
bp = Blueprint("people", __name__, url_prefix="/staff")


@bp.get("/people/")
@requires(Action.MANAGE_PEOPLE)
def index() -> str:
    return render_template("staff/people.html", page=staff.list_all(db(), Person, request.args.get("after", "")))


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def new() -> Page | Response:
    def invite(change: Change, form: PersonForm) -> str:
        return _make_link(change, people.add_person(change, _draft(form), ""), form)

    intro = f"You get a link to send them. It works once, for {people.INVITATION_LASTS // HOUR} hours."
    heading = "New member of staff"
    return answer_form(PersonForm, invite, MADE, heading, url_for(".index"), submit="Invite", intro=intro)


@bp.route("/people/<id:person_id>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def edit(person_id: int) -> Page | Response:
    def save(change: Change, person: Person, form: PersonForm) -> None:
        people.edit_person(change, person, _draft(form), form.seen_version)

    heading = "Edit a member of staff"
    return answer_edit(Person, person_id, PersonForm, save, "Kept.", heading, url_for(".index"))


@bp.route("/people/<id:person_id>/link", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def link(person_id: int) -> Page | Response:
    person = load(Person, person_id)

    def make(change: Change, row: Person, form: ConfirmForm) -> str:
        return _make_link(change, row, form, form.seen_version)

    intro = (
        f"With the link {person.name} chooses a password, once, within {people.lasts(person) // HOUR} hours. "
        "Links made before stop working. Two-step sign-in stays as it is."
    )
    words = {"submit": "Make the link", "intro": intro}
    heading, back = f"Link for {person.name}", url_for(".index")
    return answer_edit(Person, person_id, ConfirmForm, make, MADE, heading, back, **words)


@bp.get("/people/<id:person_id>/link/<key>")
@requires(Action.MANAGE_PEOPLE, recently=True)
def show_link(person_id: int, key: str) -> str:
    """The one page that ever shows the link, to whoever has sent the form with this key."""
    person, token = load(Person, person_id), token_of(key)
    if people.find_person(db(), token, now()) is not person:
        abort(404, people.WORTHLESS)
    is_guess = current_app.config["IS_SITE_URL_GUESSED"]  # then what the admin's browser asked for is better
    site = request.host_url.rstrip("/") if is_guess else current_app.config["SITE_URL"]
    address = site + url_for("links.choose", token=token)
    return render_template("staff/people_link.html", person=person, address=address, until=now() + people.lasts(person))


@bp.route(
    "/people/<id:person_id>/<any(deactivate, reactivate, 'sign-out', 'reset-two-step'):action>",
    methods=["GET", "POST"],
)
@requires(Action.MANAGE_PEOPLE, recently=True)
def access(person_id: int, action: str) -> Page | Response:
    person, move = load(Person, person_id), MOVES[action]

    def save(change: Change, row: Person, form: ConfirmForm) -> None:
        move.do(change, row, form.seen_version)

    heading, said = move.heading.format(person.name), move.done.format(person.name)
    words = {"submit": move.button, "intro": move.intro}
    return answer_edit(Person, person_id, ConfirmForm, save, said, heading, url_for(".index"), **words)


@bp.route("/people/<id:person_id>/erase", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def erase(person_id: int) -> Page | Response:
    heading, number = f"Erase the data of {load(Person, person_id).name}", queries.count_held_for_good(db(), person_id)

    def save(change: Change, row: Person, form: ReasonForm) -> None:
        personal_data.erase(change, row, form.seen_version, form.reason.data or "")

    words = {"submit": "Erase for good", "intro": ERASING + (HELD_FOR_GOOD.format(number) if number else "")}
    return answer_edit(Person, person_id, ReasonForm, save, "Erased.", heading, url_for(".index"), **words)


class Move(NamedTuple):
    """Something that is done to a person's access after one question."""

    heading: str
    button: str
    intro: str
    done: str
    do: Callable[[Change, Person, int], None]


MOVES = {
    "deactivate": Move(
        "Deactivate {}",
        "Deactivate",
        NOBODY_IS_DELETED,
        "{} is signed out and can no longer sign in.",
        lambda c, p, seen: people.set_active(c, p, False, seen),
    ),
    "reactivate": Move(
        "Reactivate {}",
        "Reactivate",
        "They sign in as before.",
        "{} can sign in again.",
        lambda c, p, seen: people.set_active(c, p, True, seen),
    ),
    "sign-out": Move(
        "Sign {} out everywhere",
        "Sign out everywhere",
        "All their sessions end at once.",
        "{} is signed out everywhere.",
        lambda c, p, _: people.sign_out(c, p),
    ),
    "reset-two-step": Move(
        "Reset two-step sign-in of {}",
        "Reset two-step sign-in",
        "For somebody who lost the phone and the recovery codes. First make sure that it is really they who ask. "
        "Their sessions end, the password stays, and they set up a new device at the next sign-in.",
        "Two-step sign-in of {} is off.",
        second_factor.reset,
    ),
}


def _draft(form: PersonForm) -> PersonDraft:
    email = (form.email.data or "").casefold()
    return PersonDraft(email, form.name.data or "", form.role.data)


def _make_link(change: Change, person: Person, form: Form, seen_version: int | None = None) -> str:
    """Make a link and return the address of the page that shows it."""
    given = form.form_key.data or ""
    key = given if KEY.fullmatch(given) else new_key()
    people.make_link(change, person, seen_version, token_of(key))
    return url_for(".show_link", person_id=person.id, key=key)


def token_of(key: str) -> str:
    """The token of the link that a form makes: the same each time, and known to nobody who lacks the site's key."""
    made = hmac.new(current_app.config["SECRET_KEY"].encode(), f"access link {key}".encode(), hashlib.sha256)
    return made.hexdigest()
