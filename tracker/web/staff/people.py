"""Members of staff: inviting, editing, links for passwords, and what takes access away."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.models import Person
from tracker.queries import people as queries
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import people, personal_data, second_factor
from tracker.services.change import Change
from tracker.services.people import PersonDraft
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, ReasonForm, attempt
from tracker.web.forms.people import PersonForm
from tracker.web.session import db, transaction
from tracker.web.staff.answers import Page, form_page, found, handled

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
    after = request.args.get("after", "")
    return render_template("staff/people.html", page=staff.list_people(db(), after), is_first=not after)


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def new() -> Page:
    form, back = PersonForm(), url_for(".index")

    def invite() -> str:
        with transaction(me()) as change:
            person = people.add_person(change, _draft(form), "")
            return _link_page(person, people.make_link(change, person))

    page = attempt(form, invite)
    intro = f"You get a link to send them. It works once, for {_hours(people.INVITATION_LASTS)} hours."
    return (page, 200) if page else form_page(form, "New member of staff", back, submit="Invite", intro=intro)


@bp.route("/people/<id:person_id>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def edit(person_id: int) -> Page | Response:
    form, back = PersonForm(obj=_person(person_id)), url_for(".index")

    def save(change: Change) -> str:
        people.edit_person(change, change.session.get_one(Person, person_id), _draft(form), form.seen_version)
        return back

    def fresh() -> PersonForm:
        return PersonForm(formdata=None, obj=_person(person_id))

    return handled(form, save, "Saved.", fresh) or form_page(form, "Edit a member of staff", back)


@bp.route("/people/<id:person_id>/link", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def link(person_id: int) -> Page:
    person, back = _person(person_id), url_for(".index")
    form = ConfirmForm(version=person.version)

    def make() -> str:
        with transaction(me()) as change:
            row = change.session.get_one(Person, person_id)
            return _link_page(row, people.make_link(change, row, form.seen_version))

    page = attempt(form, make, lambda: ConfirmForm(formdata=None, version=person.version))
    intro = (
        f"With the link {person.name} chooses a password, once, within {_hours(people.lasts(person))} hours. "
        "Links made before stop working. Two-step sign-in stays as it is."
    )
    return (
        (page, 200) if page else form_page(form, f"Link for {person.name}", back, submit="Make the link", intro=intro)
    )


@bp.route(
    "/people/<id:person_id>/<any(deactivate, reactivate, 'sign-out', 'reset-two-step'):action>",
    methods=["GET", "POST"],
)
@requires(Action.MANAGE_PEOPLE, recently=True)
def access(person_id: int, action: str) -> Page | Response:
    person, move, back = _person(person_id), MOVES[action], url_for(".index")
    form = ConfirmForm(version=person.version)

    def save(change: Change) -> str:
        move.do(change, change.session.get_one(Person, person_id), form.seen_version)
        return back

    def fresh() -> ConfirmForm:
        return ConfirmForm(formdata=None, version=_person(person_id).version)

    heading, said = move.heading.format(person.name), move.done.format(person.name)
    return handled(form, save, said, fresh) or form_page(form, heading, back, submit=move.button, intro=move.intro)


@bp.route("/people/<id:person_id>/erase", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE, recently=True)
def erase(person_id: int) -> Page | Response:
    person, back = _person(person_id), url_for(".index")
    form = ReasonForm(version=person.version)

    def save(change: Change) -> str:
        row = change.session.get_one(Person, person_id)
        personal_data.erase(change, row, form.seen_version, form.reason.data or "")
        return back

    def fresh() -> ReasonForm:
        return ReasonForm(formdata=None, version=_person(person_id).version)

    number = queries.count_held_for_good(db(), person_id)
    intro = ERASING + (HELD_FOR_GOOD.format(number) if number else "")
    return handled(form, save, "Erased.", fresh) or form_page(
        form, f"Erase the data of {person.name}", back, submit="Erase for good", intro=intro
    )


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


def _person(person_id: int) -> Person:
    return found(db().get(Person, person_id))


def _draft(form: PersonForm) -> PersonDraft:
    email = (form.email.data or "").casefold()
    return PersonDraft(email, form.name.data or "", form.role.data)


def _link_page(person: Person, token: str) -> str:
    """The one page that ever shows the link."""
    address = current_app.config["SITE_URL"] + url_for("links.choose", token=token)
    until = now() + people.lasts(person)
    return render_template("staff/people_link.html", person=person, address=address, until=until)


def _hours(length: timedelta) -> int:
    return int(length.total_seconds()) // 3600
