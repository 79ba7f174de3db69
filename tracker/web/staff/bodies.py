"""Bodies: who answers for asks. An ask that names a new one makes it; here it is renamed and gets short names."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Body
from tracker.queries import paging
from tracker.rules.asks import BodyDraft
from tracker.rules.permissions import Action
from tracker.services.bodies import edit_body
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.asks import BodyForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, found, handled

bp = Blueprint("bodies", __name__, url_prefix="/staff/bodies")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    after = request.args.get("after", "")
    page = paging.cut(db(), sa.select(Body), (Body.name, Body.id), limit=paging.SIZE, after=after)
    return render_template("staff/bodies.html", page=page, is_first=not after)


@bp.route("/<id:body_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(body_id: int) -> Page | Response:
    form, back = _form(body_id), url_for(".index")

    def save(change: Change) -> str:
        body = change.session.get_one(Body, body_id)
        edit_body(change, body, BodyDraft(body.slug, **form.values()), form.seen_version)
        return back

    answer = handled(form, save, "Kept.", lambda: _form(body_id, formdata=None))
    return answer or form_page(form, "Edit the body", back)


def _form(body_id: int, **options: Any) -> BodyForm:
    return BodyForm(obj=found(db().get(Body, body_id)), **options)
