"""Who publishes the pages of a host: what a pasted address fills in, which an admin extends."""

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from tracker.queries.choosing import find_publishers
from tracker.rules.people import Action
from tracker.rules.publishers import PUBLISHERS
from tracker.services.bodies import keep_publisher
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.evidence import PublisherForm
from tracker.web.session import db
from tracker.web.staff.answers import Page, form_page, handled

bp = Blueprint("publishers", __name__, url_prefix="/staff/publishers")


@bp.route("", methods=["GET", "POST"])
@requires(Action.READ)
def index() -> Page | Response:
    if request.method == "POST":
        me().require(Action.SET_PUBLISHERS)
    form, back = _form_for(request.args.get("host", "")), url_for(".index")

    def save(change: Change) -> str:
        keep_publisher(change, form.draft(), form.seen_version)
        return back

    def fresh() -> PublisherForm:
        return _form_for(form.draft().host, formdata=None, host=form.host.data)

    if answer := handled(form, save, "Kept.", fresh):
        return answer
    own, template = find_publishers(db()), "staff/publishers.html"
    lines = {**PUBLISHERS, **{host: (line.publisher, line.type) for host, line in own.items()}}
    return form_page(form, "Publishers", back, template=template, lines=sorted(lines.items()), own=own)


def _form_for(host: str, /, **data: Any) -> PublisherForm:
    """Return the form with what the table says of a host."""
    line = find_publishers(db()).get(host)
    publisher, kind = (line.publisher, line.type) if line else PUBLISHERS.get(host, (None, None))
    known = {"host": host if publisher else None, "publisher": publisher, "type": kind}
    return PublisherForm(**known | {"version": line.version if line else 0} | data)
