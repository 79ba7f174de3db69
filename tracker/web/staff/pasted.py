"""A sheet that is pasted: its rows are looked at, its columns named, and drafts of asks come of it."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tracker.imports.pasted import Common, lines_from
from tracker.imports.plan import Plan
from tracker.imports.rows import Refused
from tracker.imports.run import apply, check
from tracker.models import Ask, Source
from tracker.queries.choosing import SourceChoices, find_known_page
from tracker.rules.errors import refuse
from tracker.rules.permissions import Action
from tracker.services import new_asks
from tracker.web import sent_forms
from tracker.web.addresses import site_url
from tracker.web.auth import me, requires
from tracker.web.forms.base import attempt
from tracker.web.forms.sheets import PasteForm
from tracker.web.session import db, transaction
from tracker.web.staff.answers import Page, done
from tracker.web.staff.imports import after_import

bp = Blueprint("pasted", __name__, url_prefix="/staff/import/paste")


@bp.route("", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def paste() -> Page | Response:
    form, button, plan = PasteForm(), request.form.get("do", ""), Plan()
    if button not in {"look", "keep"}:
        return _page(form, plan, "staff/sheets/paste.html")
    form.find_source(lambda: SourceChoices(db()), lambda url: find_known_page(db(), url))
    try:
        form.read()
    except Refused as error:
        form.problems.append(str(error))
        return _page(form, plan, "staff/sheets/paste.html")
    if button == "keep":
        found = attempt(form, lambda: _keep(form))
        if isinstance(found, Response):
            return found
        plan = found or plan
    return _page(form, plan, "staff/sheets/columns.html")


def _keep(form: PasteForm) -> Plan | Response:
    """Enter the ticked rows as drafts; returns the plan if something is wrong with them, and nothing is kept."""
    source, source_id = form.new_source(), form.source_id.data
    refuse(new_asks.check_where(source, source_id) + form.check())
    with transaction(me()) as change:
        if again := sent_forms.sent_before(change):
            return again
        row = change.session.get_one(Source, new_asks.enter_source(change, source) if source else source_id)
        common, plan = Common(row.key, form.topic.data or "", bool(form.is_opened.data)), Plan()
        taken = {name for row in change.session.execute(sa.select(Ask.slug, Ask.title)) for name in row}
        checked = check(change.session, lines_from(form.chosen_rows(), common, taken, plan), plan, site_url())
        if not plan.faults:
            plan = apply(change, checked, site_url=site_url())
        if plan.faults:
            change.session.rollback()
            return plan
        said, address = after_import(plan)
        sent_forms.remember(change, said, address)
    return done(said, address)


def _page(form: PasteForm, plan: Plan, template: str) -> Page:
    return render_template(template, form=form, plan=plan), 422 if plan.faults else form.http_code
