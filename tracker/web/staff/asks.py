"""Asks."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import staff
from tracker.queries.choosing import AskChoices, LawChoices, SourceChoices, find_known_page, list_offered
from tracker.queries.staff import NO_STATUS, Wanted
from tracker.rules.asks import Publication
from tracker.rules.bulk import MOST_AT_ONCE
from tracker.rules.permissions import Action
from tracker.rules.standing import contradictions
from tracker.rules.status import DEFINITIONS, Status
from tracker.rules.text import showable
from tracker.services import asks, new_asks, records, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.asks import AskForm
from tracker.web.forms.base import ConfirmForm, attempt, whole_number
from tracker.web.forms.new_asks import NewAskForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, found_own, saved
from tracker.web.staff.composing import SENT
from tracker.web.staff.previews import rehearsed, saved_or_previewed

bp = Blueprint("asks", __name__, url_prefix="/staff/asks")
NEWEST, SIZE = 4, 50
KEPT = "Kept as a draft. The public does not see it."
# What a button does with the entry of a new ask, and what is said then.
DO: Mapping[str, tuple[new_asks.Send | None, str]] = {
    "draft": (None, KEPT),
    "submit": (updates.submit, SENT),
    "publish": (new_asks.publish, "Published. The public page shows it now."),
}


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
        is_ticked=request.args.get("tick") == "all",
        most_at_once=MOST_AT_ONCE,
    )


@bp.get("/<id:ask_id>")
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


@bp.get("/<id:ask_id>/story")
@requires(Action.READ)
def story(ask_id: int) -> str:
    ask, after = found(db().get(Ask, ask_id)), request.args.get("after", "")
    entries = staff.list_story(db(), ask_id, SIZE, after)
    return render_template(
        "staff/asks/whole_story.html", ask=ask, story=entries, is_first=not after, confirm=ConfirmForm()
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.DRAFT)
def new() -> Page | Response:
    form = NewAskForm(
        lambda: SourceChoices(db()),
        lambda: AskChoices(db()),
        lambda: LawChoices(db()),
        lambda url: find_known_page(db(), url),
    )
    button = request.form.get("do", "")
    form.source_id.typed = form.source_id.typed or showable(request.args.get("source", ""))
    if button == "publish" and not me().may(Action.PUBLISH):
        abort(403, "Your role may write drafts. An editor publishes them: send it for approval.")

    send, said = DO.get(button, (new_asks.publish, ""))

    def save(change: Change) -> tuple[str, str]:
        return said, url_for(".show", ask_id=new_asks.enter(change, form.new_ask(), send).id)

    def show(change: Change) -> Ask:
        new = form.new_ask()
        return new_asks.enter(change, new, send if new.entry else None)

    if form.is_submitted() and not form.is_restored and not form.validate():  # the rules speak of the rest at once
        form.add_problems(new_asks.find_problems(db(), today(), form.new_ask(), is_final=bool(send and said)))
    elif answer := attempt(form, lambda: saved(save) if said else rehearsed("staff/updates/preview.html", show)):
        return answer
    return form_page(
        form,
        "New ask",
        url_for(".index"),
        template="staff/asks/new.html",
        offered=list_offered(db()),
        definitions=DEFINITIONS,
    )


@bp.route("/<id:ask_id>/edit", methods=["GET", "POST"])
@requires(Action.DRAFT)
def edit(ask_id: int) -> Page | Response:
    found_own(ask_id)
    form, here = _form(ask_id), url_for(".show", ask_id=ask_id)

    def save(change: Change) -> str:
        ask, reason = change.session.get_one(Ask, ask_id), form.change_reason.data or ""
        asks.edit_ask(change, ask, form.draft(), seen_version=form.seen_version, reason=reason)
        return here

    answer = saved_or_previewed(form, ask_id, save, "Kept.", lambda: _form(ask_id, formdata=None))
    return answer or form_page(form, "Edit the ask", here, can_preview=True)


def _form(ask_id: int, **options: Any) -> AskForm:
    ask = found(staff.find_ask(db(), ask_id))
    return AskForm(
        obj=ask,
        sources=lambda: SourceChoices(db(), present=ask.source_id),
        others=lambda: AskChoices(db(), but_not=ask.id),
        **options,
    )
