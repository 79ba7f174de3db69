"""Sources, where asks were made; bodies, who answers for them; publishers, who says what a page says."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.models import Body, Source
from tracker.queries import staff
from tracker.queries.choosing import find_publishers
from tracker.rules.asks import BodyDraft, SourceDraft
from tracker.rules.people import Action
from tracker.rules.publishers import PUBLISHERS
from tracker.services import asks
from tracker.services.bodies import edit_body, keep_publisher
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.asks import BodyForm, SourceForm
from tracker.web.forms.base import ConfirmForm
from tracker.web.forms.evidence import PublisherForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, answer_edit, answer_form, form_page, handled

bp = Blueprint("sources", __name__, url_prefix="/staff/sources")
bodies = Blueprint("bodies", __name__, url_prefix="/staff/bodies")
publishers = Blueprint("publishers", __name__, url_prefix="/staff/publishers")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    page = staff.list_all(db(), Source, request.args.get("after", ""))
    return render_template("staff/sources.html", page=page, form_for=ConfirmForm)


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new() -> Page | Response:
    def save(change: Change, form: SourceForm) -> None:
        asks.create_source(change, SourceDraft(**form.values()))

    return answer_form(SourceForm, save, "Kept as a draft.", "New source", url_for(".index"), submit="Keep as a draft")


@bp.route("/<id:source_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT)
def edit(source_id: int) -> Page | Response:
    def save(change: Change, source: Source, form: SourceForm) -> None:
        asks.edit_source(change, source, SourceDraft(**form.values()), form.seen_version)

    return answer_edit(Source, source_id, SourceForm, save, "Kept.", "Edit the source", url_for(".index"))


@bodies.get("/", endpoint="index")
@requires(Action.READ)
def list_bodies() -> str:
    """An ask that names a new body makes it."""
    return render_template("staff/bodies.html", page=staff.list_all(db(), Body, request.args.get("after", "")))


@bodies.route("/<id:body_id>/edit", methods=["GET", "POST"], endpoint="edit")
@requires(Action.EDIT)
def rename_body(body_id: int) -> Page | Response:
    def save(change: Change, body: Body, form: BodyForm) -> None:
        edit_body(change, body, BodyDraft(body.slug, **form.values()), form.seen_version)

    return answer_edit(Body, body_id, BodyForm, save, "Kept.", "Edit the body", url_for(".index"))


@publishers.route("", methods=["GET", "POST"], endpoint="index")
@requires(Action.READ)
def list_publishers() -> Page | Response:
    """What the host of a pasted address fills in, which an admin extends."""
    if request.method == "POST":
        me().require(Action.SET_PUBLISHERS)
    own = find_publishers(db())
    form, back = _publisher_form(own, request.args.get("host", "")), url_for(".index")

    def save(change: Change) -> str:
        keep_publisher(change, form.draft(), form.seen_version)
        return back

    def fresh() -> PublisherForm:
        nonlocal own
        own = find_publishers(db())
        return _publisher_form(own, form.draft().host, formdata=None, host=form.host.data)

    if answer := handled(form, save, "Kept.", fresh):
        return answer
    lines = {**PUBLISHERS, **{host: (line.publisher, line.type) for host, line in own.items()}}
    return form_page(form, "Publishers", back, template="staff/publishers.html", lines=sorted(lines.items()), own=own)


def _publisher_form(own: Mapping[str, Any], host: str, /, **data: Any) -> PublisherForm:
    """Return the form with what the table says of a host."""
    line = own.get(host)
    publisher, kind = (line.publisher, line.type) if line else PUBLISHERS.get(host, (None, None))
    known = {"host": host if publisher else None, "publisher": publisher, "type": kind}
    return PublisherForm(**known | {"version": line.version if line else 0} | data)
