"""The first page after signing in: what needs doing, each row one click from doing it."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from tracker.clock import now, today
from tracker.queries import desk as queries
from tracker.queries import findings, paging, staff
from tracker.queries.desk import DueAsk, list_contradicted
from tracker.queries.paging import Listed
from tracker.queries.people import list_account_changes
from tracker.rules.official import KINDS
from tracker.rules.people import Action
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm
from tracker.web.session import db
from tracker.web.staff.updates import NOTHING_CHANGED, PLACES

bp = Blueprint("staff", __name__, url_prefix="/staff")
FIRST = 20
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


@bp.get("/")
@requires(Action.READ)
def desk() -> str:
    if not queries.has_asks(db()):
        return render_template("staff/first_steps.html")
    lists, looked = {section: _list(db(), section, FIRST) for section in TITLES}, request.args.get("looked", "")
    if PLACES.fullmatch(looked):
        lists["due"] = _with_looked_at(queries.list_due(db(), today(), FIRST), looked)
    return render_template(
        "staff/desk.html",
        lists=lists,
        looked=looked,
        accounts=list_account_changes(db(), now(), FIRST) if me().may(Action.PUBLISH) else [],
        events=queries.list_recent(db(), staff.RECENT),
        **_context(),
    )


@bp.get("/desk/<any(sent_back, record, contradicted, disputed, unanswered, overdue, due, drafts, unverified):section>")
@requires(Action.READ)
def whole(section: str) -> str:
    after = request.args.get("after", "")
    listed = _list(db(), section, paging.SIZE, after)
    return render_template("staff/desk_whole.html", section=section, listed=listed, is_first=not after, **_context())


def _with_looked_at(due: Listed[DueAsk], looked: str) -> Listed[object]:
    """Put the asks that were just looked at back among the rows, each where it was."""
    pairs = [pair.split("-") for pair in looked.split(".")]
    places = sorted((int(place), int(ask_id)) for ask_id, place in pairs)
    looks, rows = queries.find_looks(db(), [ask_id for _, ask_id in places], today()), list[object](due.rows)
    still_due = {row.ask.id for row in due.rows}
    for place, ask_id in places:
        if ask_id in looks and ask_id not in still_due:
            rows.insert(place, looks[ask_id])
    return Listed(rows, due.number, due.next_key)


def _list(session: Session, section: str, limit: int, after: str = "") -> Listed[object]:
    match section:
        case "contradicted":
            asks = list_contradicted(session)
            return Listed(asks[:limit], len(asks))
        case "record":
            return findings.list_new(session, limit, after)
        case "disputed":
            return queries.list_disputed(session, limit, after)
        case "due":
            return queries.list_due(session, today(), limit, after)
        case "drafts":
            return queries.list_drafts(session, me().id, limit, after, ~queries.is_sent_back_to(me().id))
        case "sent_back":
            return queries.list_drafts(session, me().id, limit, after, queries.is_sent_back_to(me().id))
        case "waiting":
            return queries.list_waiting(session, limit, after)
        case "overdue":
            return queries.list_overdue(session, today(), limit, after)
        case "unanswered":
            return queries.list_unanswered(session, today(), limit, after)
        case _:
            return queries.list_unverified(session, limit, after)


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
