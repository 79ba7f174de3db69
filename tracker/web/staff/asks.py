"""Asks."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import staff
from tracker.queries.choosing import SourceChoices
from tracker.queries.staff import NO_STATUS, Wanted
from tracker.rules.asks import Publication
from tracker.rules.permissions import Action
from tracker.rules.standing import contradictions
from tracker.rules.status import Status
from tracker.services import asks
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import AskForm
from tracker.web.forms.base import ConfirmForm, whole_number
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled
from tracker.web.staff.previews import saved_or_previewed

bp = Blueprint("asks", __name__, url_prefix="/staff/asks")
NO_SOURCE = "Every ask names its source, and there is none yet. Add the source first (Sources, New source)."


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    wanted, after = Wanted.from_query(request.args), request.args.get("after", "")
    return render_template(
        "staff/asks/index.html",
        page=staff.list_asks(db(), wanted, after),
        wanted=wanted,
        statuses=[(NO_STATUS, "No status yet"), *((status.value, status.label) for status in Status)],
        publications=[(publication.value, publication.label) for publication in Publication],
        is_first=not after,
    )


@bp.get("/<id:ask_id>")
@requires(Action.READ)
def show(ask_id: int) -> str:
    ask = found(staff.find_ask(db(), ask_id))
    before = request.args.get("before")
    if before is not None and not whole_number(before):
        abort(400, "There is no such place in the log.")
    events = staff.list_events(db(), ask_id, whole_number(before), staff.MOST + 1)
    return render_template(
        "staff/asks/show.html",
        ask=ask,
        events=events[: staff.MOST],
        has_older_events=len(events) > staff.MOST,
        misfits=contradictions(ask.status, (t.result for t in ask.tests if not t.is_archived), ask.status_on),
        replies=staff.list_replies(db(), ask_id),
        targets=staff.list_targets(db(), ask_id),
        notes=staff.list_notes(db(), ask_id),
        confirm=ConfirmForm(version=ask.version),
        today=today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    form = AskForm(sources=lambda: SourceChoices(db()))

    def save(change: Change) -> str:
        return url_for(".show", ask_id=asks.create_ask(change, form.draft()).id)

    return handled(form, save, "Kept as a draft.") or form_page(
        form,
        "New ask",
        url_for(".index"),
        submit="Keep as a draft",
        intro="" if form.source_id.offered else NO_SOURCE,
    )


@bp.route("/<id:ask_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(ask_id: int) -> Page | Response:
    form, here = _form(ask_id), url_for(".show", ask_id=ask_id)

    def save(change: Change) -> str:
        ask, reason = change.session.get_one(Ask, ask_id), form.change_reason.data or ""
        asks.edit_ask(change, ask, form.draft(), seen_version=form.seen_version, reason=reason)
        return here

    answer = saved_or_previewed(form, ask_id, save, "Kept.", lambda: _form(ask_id, formdata=None))
    return answer or form_page(form, "Edit the ask", here, can_preview=True)


def _form(ask_id: int, **options: Any) -> AskForm:
    ask = found(staff.find_ask(db(), ask_id))
    return AskForm(obj=ask, sources=lambda: SourceChoices(db(), present=ask.source_id), **options)
