"""The first page after signing in: what needs doing, each row one click from doing it; a look is done from here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import now, today
from tracker.models import Ask
from tracker.queries import desk as queries
from tracker.queries import findings, paging, staff
from tracker.queries.desk import DueAsk
from tracker.queries.paging import Listed
from tracker.queries.people import list_account_changes
from tracker.rules.dates import PartialDate
from tracker.rules.official import KINDS
from tracker.rules.people import Action
from tracker.services import drafts, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm
from tracker.web.forms.stories import ReviewForm
from tracker.web.sent_forms import ask_before_repeating
from tracker.web.session import db
from tracker.web.staff.answers import Page, ask_page, form_page, found, handled
from tracker.web.staff.updates import show_news

bp = Blueprint("staff", __name__, url_prefix="/staff")
FIRST = 20
# The asks that were looked at from the list of the desk, each with the place of its row: "12-0.7-3".
PLACES = re.compile(r"\d{1,9}-\d{1,2}(\.\d{1,9}-\d{1,2}){0,19}", re.ASCII)
NOTHING_CHANGED = "We looked: nothing has changed."
LOOKED = "You looked at “{title}”: nothing changed."
PROPOSED = "The review of “{title}” waits for an editor. Its public page says so once it is approved."
TITLES = {
    "sent_back": "Sent back to you",
    "waiting": "Waiting for approval",
    "record": "From the official record",
    "contradicted": "Tests and status disagree",
    "disputed": "Disputed: answer due",
    "unanswered": "Replies that are due",
    "overdue": "Overdue",
    "due": "Due for a look",
    "drafts": "Drafts of updates",
    "unverified": "Not published yet",
}
SAYS = {
    "record": "A machine found it. Nothing is public until somebody tells it.",
    "due": "Longest ago first. “Nothing changed” tells the public that you looked today.",
    "overdue": "Promised or expected by others; the day has passed.",
}
NOTHING = {
    "sent_back": "nothing was sent back to you",
    "record": "the official record says nothing that is untold",
    "waiting": "nothing waits for approval",
    "contradicted": "every status fits its tests",
    "disputed": "nothing is disputed",
    "unanswered": "no reply is due",
    "overdue": "nothing is overdue",
    "due": "no ask is due for a look",
    "drafts": "there are no drafts",
    "unverified": "all that was brought in is published or put aside",
}
# How many rows, and the key after which they begin.
LISTS: Mapping[str, Callable[..., Listed[Any]]] = {
    "sent_back": lambda *page: queries.list_drafts(db(), me().id, *page, queries.is_sent_back_to(me().id)),
    "waiting": lambda *page: queries.list_waiting(db(), *page),
    "record": lambda *page: findings.list_new(db(), *page),
    "contradicted": lambda *page: queries.list_contradicted(db(), *page),
    "disputed": lambda *page: queries.list_disputed(db(), *page),
    "unanswered": lambda *page: queries.list_unanswered(db(), today(), *page),
    "overdue": lambda *page: queries.list_overdue(db(), today(), *page),
    "due": lambda *page: queries.list_due(db(), today(), *page),
    "drafts": lambda *page: queries.list_drafts(db(), me().id, *page, ~queries.is_sent_back_to(me().id)),
    "unverified": lambda *page: queries.list_unverified(db(), *page),
}


@bp.get("/")
@requires(Action.READ)
def desk() -> str:
    if not queries.has_asks(db()):
        return render_template("staff/first_steps.html")
    lists, looked = {section: LISTS[section](FIRST, "") for section in TITLES}, request.args.get("looked", "")
    if PLACES.fullmatch(looked):
        lists["due"] = _with_looked_at(lists["due"], looked)
    return render_template(
        "staff/desk.html",
        lists=lists,
        looked=looked,
        accounts=list_account_changes(db(), now(), FIRST) if me().may(Action.PUBLISH) else [],
        events=queries.list_recent(db()),
        **_context(),
    )


@bp.get("/desk/<any(sent_back, record, contradicted, disputed, unanswered, overdue, due, drafts, unverified):section>")
@requires(Action.READ)
def whole(section: str) -> str:
    listed = LISTS[section](paging.SIZE, request.args.get("after", ""))
    return render_template("staff/desk_whole.html", section=section, listed=listed, **_context())


@bp.route("/asks/<id:ask_id>/review", methods=["GET", "POST"])
@requires(Action.DRAFT)
def review(ask_id: int) -> Page | Response:
    ask, back, may_publish = found(db().get(Ask, ask_id)), ask_page(ask_id), me().may(Action.PUBLISH)
    day = PartialDate(today().isoformat())
    form = ReviewForm(happened_on=day, text=NOTHING_CHANGED, seen=staff.count_published(db(), ask_id))
    sent_from = form.back.data or ""
    is_row = bool(PLACES.fullmatch(sent_from))

    def save(change: Change) -> str:
        row = change.session.get_one(Ask, ask_id)
        update = drafts.save(change, row, form.draft())
        if may_publish:
            updates.publish(change, row, update, form.seen_entries)
            ask_before_repeating(change, form, update)
        else:
            updates.submit(change, row, update)
        if is_row and may_publish:  # the row says it, and stays where it is if it was in sight
            return url_for("staff.desk", looked=sent_from)
        return url_for("staff.desk", _anchor=f"due-{ask_id}") if is_row or sent_from == "desk" else back

    message = (LOOKED if may_publish else PROPOSED).format(title=ask.title)
    answer = handled(form, save, "" if is_row and may_publish else message)
    if form.is_stale:
        show_news(form, ask)
    heading, submit = f"Looked at “{ask.title}”: nothing changed", "Publish" if may_publish else "Send for approval"
    return answer or form_page(form, heading, back, submit=submit)


def _with_looked_at(due: Listed[DueAsk], looked: str) -> Listed[DueAsk]:
    """Put the asks that were just looked at back among the rows, each where it was."""
    pairs = [pair.split("-") for pair in looked.split(".")]
    places = sorted((int(place), int(ask_id)) for ask_id, place in pairs)
    looks, rows = queries.find_looks(db(), [ask_id for _, ask_id in places], today()), [*due.rows]
    still_due = {row.ask.id for row in due.rows}
    for place, ask_id in places:
        if ask_id in looks and ask_id not in still_due:
            rows.insert(place, looks[ask_id])
    return replace(due, rows=rows)


def _context() -> dict[str, object]:
    return {
        "titles": TITLES,
        "says": SAYS,
        "nothing": NOTHING,
        "today": today(),
        "form_for": ConfirmForm,
        "nothing_changed": NOTHING_CHANGED,
        "kinds": KINDS,
        "record_faults": findings.find_faults(db(), now()),
    }
