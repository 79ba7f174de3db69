"""One change to several asks, shown before it is done."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask
from tracker.queries import staff
from tracker.queries.desk import count_published_updates
from tracker.rules.asks import Publication
from tracker.rules.bulk import MOST_AT_ONCE, ManyDraft, Seen, What, check_number
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.people import Action
from tracker.rules.wording import shown
from tracker.services import bulk
from tracker.services.change import Change
from tracker.services.events import plain
from tracker.web.auth import me, requires
from tracker.web.forms.asks import ManyForm
from tracker.web.forms.base import attempt, whole_number
from tracker.web.session import db, rehearsal
from tracker.web.staff.answers import Page, saved
from tracker.web.staff.desk import NOTHING_CHANGED

bp = Blueprint("bulk", __name__, url_prefix="/staff/asks")


@bp.route("/many", methods=["GET", "POST"])
@requires(Action.EDIT)
def many() -> Page | Response:
    button = request.form.get("do", "")
    form = _new_form() if button in {"choose", "publish"} else ManyForm()
    if button == "publish" and not form.problems:
        form.what.data = What.PUBLISH
        return _page(form, is_shown=_rehearse_new(form), has_table=True)
    if button == "do" and (answer := attempt(form, lambda: saved(lambda change: _change(change, form)))):
        return answer
    is_shown = button == "show" and bool(attempt(form, lambda: _rehearse(form)))
    return _page(form, is_shown, has_table=button in {"show", "do"} and form.what.data is not None)


def _new_form() -> ManyForm:
    """The form to begin with, for the asks that were ticked in the list."""
    form = ManyForm(formdata=None, checked_on=PartialDate(today().isoformat()), text=NOTHING_CHANGED)
    ids = {whole_number(value) for value in request.form.getlist("asks")} - {0}
    form.problems += [problem.message for problem in check_number(len(ids))]
    if not form.problems:
        asks = staff.list_asks_of(db(), ids)
        form.choose(asks, count_published_updates(db(), [ask.id for ask in asks]))
    return form


def _change(change: Change, form: ManyForm) -> tuple[str, str]:
    number, back = bulk.change_many(change, form.seen, form.draft()), url_for("asks.index")
    if not number:
        return "None of these asks needed a change.", back
    return f"Changed {number} {'ask' if number == 1 else 'asks'}. Each has its entry in the log.", back


def _rehearse(form: ManyForm) -> bool:
    with rehearsal(me()) as change:
        bulk.change_many(change, form.seen, form.draft())
    return True


def _rehearse_new(form: ManyForm) -> bool:
    """True if it can be done as it stands; what speaks against it stands in the form."""
    try:
        return _rehearse(form)
    except RuleBroken as broken:
        form.add_problems(broken.problems)
    return False


def _page(form: ManyForm, is_shown: bool, has_table: bool) -> Page:
    seen = {each.ask_id: each for each in form.seen[:MOST_AT_ONCE]}
    asks = staff.list_asks_of(db(), seen)
    entries = count_published_updates(db(), [ask.id for ask in asks])
    now = {ask.id: Seen(ask.id, ask.version, entries.get(ask.id, 0)) for ask in asks}
    draft = form.draft() if has_table and not form.errors else None
    lines = [(ask, *_before_and_after(ask, draft), now[ask.id] != seen[ask.id]) for ask in asks]
    if form.is_stale:
        form.choose(asks, entries)  # the next showing is about what stands now
    html = render_template("staff/asks/many.html", form=form, lines=lines, is_shown=is_shown, most=MOST_AT_ONCE)
    return html, form.http_code


def _before_and_after(ask: Ask, draft: ManyDraft | None) -> tuple[str, str]:
    if draft is None:
        return "", ""
    if draft.review:
        checked_on = f"Checked on {ask.reviewed_on.in_words}" if ask.reviewed_on else "Never checked"
        return checked_on, f"Checked on {draft.review.happened_on.in_words}"
    if draft.what is What.PUBLISH:
        return ask.publication.label, Publication.PUBLISHED.label
    now = getattr(ask, draft.field)
    return _as_said(now), _as_said(draft.value_after(now))


def _as_said(value: object) -> str:
    return shown(plain({"value": value})["value"])
