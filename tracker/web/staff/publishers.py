"""Who publishes the pages of a host: what a pasted address fills in, which an admin extends."""

from collections.abc import Mapping
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
    own = find_publishers(db())
    form, back = _form_for(own, request.args.get("host", "")), url_for(".index")

    def save(change: Change) -> str:
        keep_publisher(change, form.draft(), form.seen_version)
        return back

    def fresh() -> PublisherForm:
        nonlocal own
        own = find_publishers(db())
        return _form_for(own, form.draft().host, formdata=None, host=form.host.data)

    if answer := handled(form, save, "Kept.", fresh):
        return answer
    lines = {**PUBLISHERS, **{host: (line.publisher, line.type) for host, line in own.items()}}
    return form_page(form, "Publishers", back, template="staff/publishers.html", lines=sorted(lines.items()), own=own)


def _form_for(own: Mapping[str, Any], host: str, /, **data: Any) -> PublisherForm:
    """Return the form with what the table says of a host."""
    line = own.get(host)
    publisher, kind = (line.publisher, line.type) if line else PUBLISHERS.get(host, (None, None))
    known = {"host": host if publisher else None, "publisher": publisher, "type": kind}
    return PublisherForm(**known | {"version": line.version if line else 0} | data)
