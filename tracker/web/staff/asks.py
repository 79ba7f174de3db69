"""Asks and their success tests."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask, SuccessTest
from tracker.queries import staff
from tracker.queries.choosing import list_offered
from tracker.queries.staff import NO_STATUS, Wanted
from tracker.rules.asks import Publication, TestDraft
from tracker.rules.bulk import MOST_AT_ONCE
from tracker.rules.people import Action
from tracker.rules.standing import contradictions
from tracker.rules.status import Status
from tracker.rules.text import showable
from tracker.services import asks, new_asks, records, tests, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.asks import AskForm, TestForm, TestsForm
from tracker.web.forms.base import ConfirmForm, ReasonForm, attempt, whole_number
from tracker.web.forms.new_asks import NewAskForm
from tracker.web.session import db
from tracker.web.staff.answers import (
    Page,
    answer_edit,
    answer_form,
    ask_page,
    done,
    form_page,
    found,
    found_own,
    load,
    rehearsed,
    require_publisher,
    saved,
)
from tracker.web.staff.updates import KEPT, SENT

bp = Blueprint("asks", __name__, url_prefix="/staff")
NEWEST, SIZE = 4, 50
REDEFINES = "The ask is public: a redefinition with your reason goes into its story."
# What a button does with the entry of a new ask, and what is said then.
DO: Mapping[str, tuple[new_asks.Send | None, str]] = {
    "draft": (None, KEPT),
    "submit": (updates.submit, SENT),
    "publish": (new_asks.publish, "Published. The public page shows it now."),
}


@bp.get("/asks/")
@requires(Action.READ)
def index() -> str:
    wanted = Wanted.from_query(request.args)
    return render_template(
        "staff/asks/index.html",
        page=staff.list_asks(db(), wanted, request.args.get("after", "")),
        wanted=wanted,
        statuses=[(NO_STATUS, "No status yet"), *((status.value, status.label) for status in Status)],
        publications=[(publication.value, publication.label) for publication in Publication],
        is_ticked=request.args.get("tick") == "all",
        most_at_once=MOST_AT_ONCE,
    )


@bp.get("/asks/<id:ask_id>")
@requires(Action.READ)
def show(ask_id: int) -> str:
    ask = found(staff.find_ask(db(), ask_id))
    before = request.args.get("before")
    if before is not None and not whole_number(before):
        abort(400, "There is no such place in the log.")
    is_draft = ask.publication is Publication.DRAFT
    events = staff.list_events(db(), ask_id, whole_number(before), staff.MOST + 1)
    return render_template(
        "staff/asks/show.html",
        ask=ask,
        story=staff.list_story(db(), ask_id, NEWEST),
        events=events[: staff.MOST],
        has_older_events=len(events) > staff.MOST,
        misfits=contradictions(ask.status, (t.result for t in ask.tests if not t.is_archived), ask.status_on),
        replies=staff.list_replies(db(), ask_id),
        targets=staff.list_targets(db(), ask_id),
        notes=staff.list_notes(db(), ask_id),
        confirm=ConfirmForm(version=ask.version),
        may_edit=me().may(Action.EDIT) or (is_draft and records.may_edit(db(), me(), ask)),
        obstacles=asks.check_complete(ask.status, ask.tests, today()) if is_draft else [],
        today=today(),
    )


@bp.get("/asks/<id:ask_id>/story")
@requires(Action.READ)
def story(ask_id: int) -> str:
    ask = load(Ask, ask_id)
    entries = staff.list_story(db(), ask_id, SIZE, request.args.get("after", ""))
    return render_template("staff/asks/whole_story.html", ask=ask, story=entries, confirm=ConfirmForm())


@bp.route("/asks/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new() -> Page | Response:
    form, button = NewAskForm(), request.form.get("do", "")
    form.source_id.typed = form.source_id.typed or showable(request.args.get("source", ""))
    if button == "publish":
        require_publisher()
    send, said = DO.get(button, (new_asks.publish, ""))

    def save(change: Change) -> tuple[str, str]:
        return said, ask_page(new_asks.enter(change, form.new_ask(), send).id)

    def show(change: Change) -> Ask:
        new = form.new_ask()
        return new_asks.enter(change, new, send if new.entry else None)

    if form.is_submitted() and not form.is_restored and not form.validate():  # the rules speak of the rest at once
        form.add_problems(new_asks.find_problems(db(), today(), form.new_ask(), is_final=bool(send and said)))
    elif answer := attempt(form, lambda: saved(save) if said else rehearsed(show, is_entry=True)):
        return answer
    return form_page(
        form,
        "New ask",
        url_for(".index"),
        template="staff/asks/new.html",
        offered=list_offered(db()),
        statuses=Status,
    )


@bp.route("/asks/<id:ask_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(ask_id: int) -> Page | Response:
    found_own(ask_id)

    def save(change: Change, ask: Ask, form: AskForm) -> None:
        reason = form.change_reason.data or ""
        asks.edit_ask(change, ask, form.draft(), seen_version=form.seen_version, reason=reason)

    return answer_edit(Ask, ask_id, AskForm, save, "Kept.", "Edit the ask", ask_page(ask_id), previews=ask_id)


@bp.route("/asks/<id:ask_id>/tests/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new_tests(ask_id: int) -> Page | Response:
    ask = found_own(ask_id)

    def save(change: Change, form: TestsForm) -> None:
        row = change.session.get_one(Ask, ask_id)
        tests.add_in_words(change, row, form.labels.data, form.change_reason.data or "")

    heading, words = f"New tests for “{ask.title}”", {"submit": "Add the tests", "intro": _redefines(ask)}
    back = ask_page(ask_id, "tests")
    return answer_form(TestsForm, save, "The tests are added.", heading, back, previews=ask_id, **words)


@bp.route("/tests/<id:test_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit_test(test_id: int) -> Page | Response:
    ask = found_own(load(SuccessTest, test_id).ask_id)

    def save(change: Change, test: SuccessTest, form: TestForm) -> None:
        draft, reason = TestDraft(**form.values()), form.change_reason.data or ""
        tests.edit_test(change, test.ask, test, draft, seen_version=form.seen_version, reason=reason)

    back, intro = ask_page(ask.id), _redefines(ask)
    return answer_edit(
        SuccessTest, test_id, TestForm, save, "Kept.", "Edit the test", back, previews=ask.id, intro=intro
    )


@bp.route("/tests/<id:test_id>/<any(archive, restore):action>", methods=["GET", "POST"])
@requires(Action.DRAFT)
def archive_test(test_id: int, action: str) -> Page | Response:
    test = load(SuccessTest, test_id)
    back, intro = ask_page(test.ask_id), _redefines(found_own(test.ask_id))
    if test.is_archived == (action == "archive"):
        return done("This was done already.", back)
    verb, past = ("Archive", "archived") if action == "archive" else ("Take up", "taken up again")

    def save(change: Change, row: SuccessTest, form: ReasonForm) -> None:
        do = tests.archive_test if action == "archive" else tests.restore_test
        do(change, row.ask, row, form.seen_version, form.reason.data or "")

    said, heading = f"The test is {past}.", f"{verb} the test “{test.label}”"
    return answer_edit(SuccessTest, test_id, ReasonForm, save, said, heading, back, submit=verb, intro=intro)


def _redefines(ask: Ask) -> str:
    return REDEFINES if ask.publication.is_public else ""
