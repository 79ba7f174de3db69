"""Members of staff, and one's own password."""

from flask import Blueprint, render_template, session, url_for
from werkzeug.wrappers import Response

from tracker.models import Person
from tracker.queries import staff
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.permissions import Action
from tracker.services import passwords, people
from tracker.services.people import PersonDraft
from tracker.web.auth import me, requires
from tracker.web.forms.base import saving
from tracker.web.forms.people import NewPasswordForm, NewPersonForm, OwnPasswordForm, PersonForm
from tracker.web.forms.updates import ConfirmForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, stop_reading, transaction

bp = Blueprint("people", __name__, url_prefix="/staff")


@bp.get("/people/")
@requires(Action.MANAGE_PEOPLE)
def index() -> str:
    return render_template("staff/people.html", people=staff.list_people(db()))


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def new() -> Page | Response:
    form = NewPersonForm()
    if form.is_sent():
        with saving(form):
            draft = _draft(form)
            stored = passwords.hash_password(form.password.data or "", draft.email)
            with transaction(me()) as change:
                people.add_person(change, draft, stored)
                return done(f"{draft.name} can sign in now.", url_for(".index"))
    return form_page(form, "New member of staff", url_for(".index"), submit="Add")


@bp.route("/people/<id:person_id>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def edit(person_id: int) -> Page | Response:
    form = PersonForm(obj=found(db().get(Person, person_id)))
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            person = change.session.get_one(Person, person_id)
            people.edit_person(change, person, _draft(form), form.seen_version)
            return done("Saved.", url_for(".index"))
    if form.is_stale:
        form.show_conflict(PersonForm(formdata=None, obj=found(db().get(Person, person_id))))
    return form_page(form, "Edit a member of staff", url_for(".index"))


@bp.route("/people/<id:person_id>/password", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def password(person_id: int) -> Page | Response:
    person, form = found(db().get(Person, person_id)), NewPasswordForm()
    if form.is_sent():
        with saving(form):
            stored = passwords.hash_password(form.password.data or "", person.email)
            with transaction(me()) as change:
                people.set_password(change, change.session.get_one(Person, person_id), stored)
                return done("The password is changed, and every session of this person ended.", url_for(".index"))
    return form_page(form, f"New password for {person.name}", url_for(".index"), submit="Change the password")


@bp.route("/people/<id:person_id>/<any(deactivate, reactivate):action>", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def activity(person_id: int, action: str) -> Page | Response:
    person = found(db().get(Person, person_id))
    form = ConfirmForm(version=person.version)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = change.session.get_one(Person, person_id)
            people.set_active(change, row, action == "reactivate", form.seen_version)
            return done("Done.", url_for(".index"))
    if form.is_stale:
        form.show_conflict(ConfirmForm(formdata=None, version=found(db().get(Person, person_id)).version))
    intro = "Nobody is deleted: what the person wrote keeps the name. Deactivating ends every session at once."
    return form_page(
        form, f"{action.capitalize()} {person.name}", url_for(".index"), submit=action.capitalize(), intro=intro
    )


@bp.route("/password", methods=["GET", "POST"])
@requires(Action.READ)
def own_password() -> Page | Response:
    form, person = OwnPasswordForm(), found(db().get(Person, me().id))
    if form.is_sent():
        with saving(form):
            stop_reading()
            if not passwords.is_right(form.current.data or "", person.password_hash):
                raise RuleBroken([Problem("This is not your present password.", "current")])
            stored = passwords.hash_password(form.password.data or "", person.email)
            with transaction(me()) as change:
                people.set_password(change, change.session.get_one(Person, person.id), stored)
            session.clear()
            return done("Your password is changed. Sign in with the new one.", url_for("auth.sign_in"))
    return form_page(form, "Change your password", url_for("staff.desk"), submit="Change the password")


def _draft(form: PersonForm | NewPersonForm) -> PersonDraft:
    email = (form.email.data or "").casefold()
    return PersonDraft(email, form.name.data or "", form.role.data)
