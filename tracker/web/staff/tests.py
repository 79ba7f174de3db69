"""Success tests of an ask."""

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import tests
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import TestForm, TestsForm
from tracker.web.forms.base import ReasonForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, done, form_page, found, found_own, handled
from tracker.web.staff.previews import saved_or_previewed

bp = Blueprint("tests", __name__, url_prefix="/staff")
REDEFINES = "The ask is public: a redefinition with your reason goes into its story."


@bp.route("/asks/<id:ask_id>/tests/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new(ask_id: int) -> Page | Response:
    ask = found_own(ask_id)
    form, back, intro = TestsForm(), url_for("asks.show", ask_id=ask_id, _anchor="tests"), _intro(ask)

    def save(change: Change) -> str:
        row = change.session.get_one(Ask, ask_id)
        tests.add_in_words(change, row, form.labels.data, form.change_reason.data or "")
        return back

    return saved_or_previewed(form, ask_id, save, "The tests are added.") or form_page(
        form, f"New tests for “{ask.title}”", back, submit="Add the tests", intro=intro, can_preview=True
    )


@bp.route("/tests/<id:test_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(test_id: int) -> Page | Response:
    test = found(staff.find_test(db(), test_id))
    ask_id, intro = test.ask_id, _intro(found_own(test.ask_id))
    form, back = TestForm(obj=test), url_for("asks.show", ask_id=ask_id)

    def save(change: Change) -> str:
        row, reason = found(staff.find_test(change.session, test_id)), form.change_reason.data or ""
        tests.edit_test(change, row.ask, row, form.draft(), seen_version=form.seen_version, reason=reason)
        return back

    def fresh() -> TestForm:
        return TestForm(formdata=None, obj=found(staff.find_test(db(), test_id)))

    return saved_or_previewed(form, ask_id, save, "Kept.", fresh) or form_page(
        form, "Edit the test", back, intro=intro, can_preview=True
    )


@bp.route("/tests/<id:test_id>/<any(archive, restore):action>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def archive(test_id: int, action: str) -> Page | Response:
    test = found(staff.find_test(db(), test_id))
    back, intro = url_for("asks.show", ask_id=test.ask_id), _intro(found_own(test.ask_id))
    if test.is_archived == (action == "archive"):
        return done("This was done already.", back)
    verb, past = ("Archive", "archived") if action == "archive" else ("Take up", "taken up again")
    form, heading = _reason_form(test_id), f"{verb} the test “{test.label}”"

    def save(change: Change) -> str:
        row = found(staff.find_test(change.session, test_id))
        do = tests.archive_test if action == "archive" else tests.restore_test
        do(change, row.ask, row, form.seen_version, form.reason.data or "")
        return back

    return handled(form, save, f"The test is {past}.", lambda: _reason_form(test_id, formdata=None)) or form_page(
        form, heading, back, submit=verb, intro=intro
    )


def _reason_form(test_id: int, **options: Any) -> ReasonForm:
    return ReasonForm(version=found(staff.find_test(db(), test_id)).version, **options)


def _intro(ask: Ask) -> str:
    return REDEFINES if ask.publication.is_public else ""
