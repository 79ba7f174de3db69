"""Members of staff, and one's own password."""

from flask import Blueprint, render_template, session, url_for
from werkzeug.wrappers import Response

from tracker.models import Person
from tracker.queries import staff
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.permissions import Action
from tracker.services import passwords, people
from tracker.services.change import Change
from tracker.services.people import PersonDraft
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, attempt
from tracker.web.forms.people import NewPasswordForm, NewPersonForm, OwnPasswordForm, PersonForm
from tracker.web.pages import Page, done, form_page, found, handled
from tracker.web.session import db, stop_reading, transaction

NOBODY_IS_DELETED = "Nobody is deleted: what the person wrote keeps the name. Deactivating ends every session at once."
bp = Blueprint("people", __name__, url_prefix="/staff")


@bp.get("/people/")
@requires(Action.MANAGE_PEOPLE)
def index() -> str:
    return render_template("staff/people.html", people=staff.list_people(db()))


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def new() -> Page | Response:
    form, back = NewPersonForm(), url_for(".index")

    def add() -> Response:
        draft = _draft(form)
        stored = passwords.hash_password(form.password.data or "", draft.email)
        with transaction(me()) as change:
            people.add_person(change, draft, stored)
        return done(f"{draft.name} can sign in now.", back)

    answer = attempt(form, add) if form.is_sent() else None
    return answer or form_page(form, "New member of staff", back, submit="Add")


@bp.route("/people/<id:person_id>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def edit(person_id: int) -> Page | Response:
    form, back = PersonForm(obj=_person(person_id)), url_for(".index")

    def save(change: Change) -> str:
        people.edit_person(change, change.session.get_one(Person, person_id), _draft(form), form.seen_version)
        return back

    def fresh() -> PersonForm:
        return PersonForm(formdata=None, obj=_person(person_id))

    return handled(form, save, "Saved.", fresh) or form_page(form, "Edit a member of staff", back)


@bp.route("/people/<id:person_id>/password", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def password(person_id: int) -> Page | Response:
    person, form, back = _person(person_id), NewPasswordForm(), url_for(".index")

    def change_it() -> Response:
        _set_password(person, form)
        return done("The password is changed, and every session of this person ended.", back)

    answer = attempt(form, change_it) if form.is_sent() else None
    return answer or form_page(form, f"New password for {person.name}", back, submit="Change the password")


@bp.route("/people/<id:person_id>/<any(deactivate, reactivate):action>", methods=["GET", "POST"])
@requires(Action.MANAGE_PEOPLE)
def activity(person_id: int, action: str) -> Page | Response:
    person, back = _person(person_id), url_for(".index")
    form = ConfirmForm(version=person.version)

    def save(change: Change) -> str:
        row = change.session.get_one(Person, person_id)
        people.set_active(change, row, action == "reactivate", form.seen_version)
        return back

    def fresh() -> ConfirmForm:
        return ConfirmForm(formdata=None, version=_person(person_id).version)

    return handled(form, save, "Done.", fresh) or form_page(
        form, f"{action.capitalize()} {person.name}", back, submit=action.capitalize(), intro=NOBODY_IS_DELETED
    )


@bp.route("/password", methods=["GET", "POST"])
@requires(Action.READ)
def own_password() -> Page | Response:
    form, person = OwnPasswordForm(), _person(me().id or 0)

    def change_it() -> Response:
        stop_reading()
        if not passwords.is_right(form.current.data or "", person.password_hash):
            raise RuleBroken([Problem("This is not your present password.", "current")])
        _set_password(person, form)
        session.clear()
        return done("Your password is changed. Sign in with the new one.", url_for("auth.sign_in"))

    answer = attempt(form, change_it) if form.is_sent() else None
    return answer or form_page(form, "Change your password", url_for("staff.desk"), submit="Change the password")


def _person(person_id: int) -> Person:
    return found(db().get(Person, person_id))


def _set_password(person: Person, form: NewPasswordForm) -> None:
    """Hash outside the transaction, since it takes long."""
    stored = passwords.hash_password(form.password.data or "", person.email)
    with transaction(me()) as change:
        people.set_password(change, change.session.get_one(Person, person.id), stored)


def _draft(form: PersonForm | NewPersonForm) -> PersonDraft:
    email = (form.email.data or "").casefold()
    return PersonDraft(email, form.name.data or "", form.role.data)
