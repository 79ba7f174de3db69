"""Success tests of an ask."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask
from tracker.queries import staff
from tracker.rules.asks import Publication
from tracker.rules.permissions import Action
from tracker.services import tests
from tracker.web.auth import me, requires
from tracker.web.forms.asks import TestForm
from tracker.web.forms.base import saving
from tracker.web.forms.updates import ReasonForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction

bp = Blueprint("tests", __name__, url_prefix="/staff")
REDEFINES = "The ask is public: a redefinition with your reason goes into its story."


@bp.route("/asks/<id:ask_id>/tests/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new(ask_id: int) -> Page | Response:
    ask = found(db().get(Ask, ask_id))
    form, back = TestForm(), url_for("asks.show", ask_id=ask_id)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = change.session.get_one(Ask, ask_id)
            tests.add_test(change, row, form.draft(), form.change_reason.data or "")
            return done("The test is added.", back)
    return form_page(form, f"New test for “{ask.title}”", back, submit="Add the test", intro=_intro(ask))


@bp.route("/tests/<id:test_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(test_id: int) -> Page | Response:
    test = found(staff.find_test(db(), test_id))
    form, back, intro = TestForm(obj=test), url_for("asks.show", ask_id=test.ask_id), _intro(test.ask)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = found(staff.find_test(change.session, test_id))
            reason = form.change_reason.data or ""
            tests.edit_test(change, row.ask, row, form.draft(), seen_version=form.seen_version, reason=reason)
            return done("Saved.", back)
    if form.is_stale:
        form.show_conflict(TestForm(formdata=None, obj=found(staff.find_test(db(), test_id))))
    return form_page(form, "Edit the test", back, intro=intro)


@bp.route("/tests/<id:test_id>/<any(archive, restore):action>", methods=["GET", "POST"])
@requires(Action.EDIT)
def archive(test_id: int, action: str) -> Page | Response:
    test = found(staff.find_test(db(), test_id))
    if test.is_archived == (action == "archive"):
        return done("This was done already.", url_for("asks.show", ask_id=test.ask_id))
    form, back = ReasonForm(version=test.version), url_for("asks.show", ask_id=test.ask_id)
    heading, intro = f"{action.capitalize()} the test “{test.label}”", _intro(test.ask)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = found(staff.find_test(change.session, test_id))
            do = tests.archive_test if action == "archive" else tests.restore_test
            do(change, row.ask, row, form.seen_version, form.reason.data or "")
            return done("Done.", back)
    if form.is_stale:
        version = found(staff.find_test(db(), test_id)).version
        form.show_conflict(ReasonForm(formdata=None, version=version))
    return form_page(form, heading, back, submit=action.capitalize(), intro=intro)


def _intro(ask: Ask) -> str:
    return "" if ask.publication is Publication.DRAFT else REDEFINES
