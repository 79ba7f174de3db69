"""Asks and their success tests."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.rules.standing import Standing, check_tests_fit
from tracker.services import asks
from tracker.web.auth import me, requires
from tracker.web.forms.asks import AskForm
from tracker.web.forms.base import saving
from tracker.web.forms.updates import ConfirmForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction

bp = Blueprint("asks", __name__, url_prefix="/staff/asks")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/asks/index.html", asks=staff.list_asks(db()))


@bp.get("/<id:ask_id>")
@requires(Action.READ)
def show(ask_id: int) -> str:
    ask = found(staff.find_ask(db(), ask_id))
    return render_template(
        "staff/asks/show.html",
        ask=ask,
        events=staff.list_events(db(), ask_id, staff.MOST),
        misfits=_misfits(ask),
        confirm=ConfirmForm(version=ask.version),
        today=today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    form = AskForm(sources=staff.list_sources(db()))
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            ask = asks.create_ask(change, form.draft())
            return done("The ask is entered as a draft.", url_for(".show", ask_id=ask.id))
    return form_page(form, "New ask", url_for(".index"), submit="Enter the ask")


@bp.route("/<id:ask_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(ask_id: int) -> Page | Response:
    form = AskForm(obj=found(staff.find_ask(db(), ask_id)), sources=staff.list_sources(db()))
    here = url_for(".show", ask_id=ask_id)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            ask = change.session.get_one(Ask, ask_id)
            reason = form.change_reason.data or ""
            asks.edit_ask(change, ask, form.draft(), seen_version=form.seen_version, reason=reason)
            return done("Saved.", here)
    if form.is_stale:
        saved = found(staff.find_ask(db(), ask_id))
        form.show_conflict(AskForm(formdata=None, obj=saved, sources=staff.list_sources(db())))
    return form_page(form, "Edit the ask", here)


def _misfits(ask: Ask) -> list[str]:
    """Why the status no longer fits its tests, as when a test was added; a person has to decide."""
    if ask.status is None or ask.status_on is None:
        return []
    results = tuple(test.result for test in ask.tests if not test.is_archived)
    return [problem.message for problem in check_tests_fit(ask.status, Standing(ask.status_on, results))]
