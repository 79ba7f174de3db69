"""A sheet that is pasted: its rows are looked at, its columns named, and drafts of asks come of it."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.imports.pasted import MEANINGS, read_ask
from tracker.imports.rows import Refused
from tracker.queries.choosing import SourceChoices, find_known_page, list_publishers
from tracker.rules.asks import Publication
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.permissions import Action
from tracker.services import approval, new_asks, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import attempt
from tracker.web.forms.sheets import PasteForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, saved

bp = Blueprint("pasted", __name__, url_prefix="/staff/import/paste")
MOST_TOLD = 50


@bp.route("", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def paste() -> Page | Response:
    form, button = PasteForm(), request.form.get("do", "")
    if button not in {"look", "keep"}:
        return render_template("staff/sheets/paste.html", form=form), form.http_code
    form.find_source(lambda: SourceChoices(db()), lambda url: find_known_page(db(), url))
    try:
        form.read()
    except Refused as error:
        form.problems.append(str(error))
        return render_template("staff/sheets/paste.html", form=form), form.http_code
    if button == "keep" and (answer := attempt(form, lambda: saved(lambda change: _keep(change, form)))):
        return answer
    return render_template("staff/sheets/columns.html", form=form), form.http_code


def _keep(change: Change, form: PasteForm) -> tuple[str, str]:
    """Enter the ticked rows as drafts, with where they stand; raises what is wrong with any of them."""
    source, source_id = form.new_source(), form.source_id.data
    refuse(new_asks.check_where(source, source_id) + form.check())
    source_id = new_asks.enter_source(change, source) if source else source_id
    send = approval.submit if change.four_eyes else updates.publish
    problems, rows, own = [], form.chosen_rows(), list_publishers(change.session)
    for number, cells in rows.items():
        try:
            new = read_ask(cells, source_id, form.topic.data or "", own, is_opened=form.is_opened.data)
            new_asks.enter(change, new, send if new.entry else None)
        except RuleBroken as broken:
            for message, field in broken.problems:
                column = f", {MEANINGS[field][0]}" if field and field in MEANINGS else ""
                problems.append(Problem(f"Row {number}{column}: {message}"))
    refuse(problems[:MOST_TOLD])
    drafts = url_for("asks.index", publication=Publication.DRAFT, came=me().request_id)
    return f"Kept {len(rows)} {'draft' if len(rows) == 1 else 'drafts'}. The public does not see them.", drafts
