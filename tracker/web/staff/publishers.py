"""Who publishes the pages of a host: what a pasted address fills in, which an admin extends."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from tracker.queries.choosing import list_publishers
from tracker.rules.people import Action
from tracker.rules.publishers import PUBLISHERS
from tracker.services import bodies
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
    own, host, back = list_publishers(db()), request.args.get("host", ""), url_for(".index")
    lines = {**PUBLISHERS, **own}
    publisher, kind = lines.get(host, (None, None))
    form = PublisherForm(host=host if publisher else None, publisher=publisher, type=kind)

    def save(change: Change) -> str:
        bodies.keep_publisher(change, form.draft())
        return back

    answer, template = handled(form, save, "Kept."), "staff/publishers.html"
    return answer or form_page(form, "Publishers", back, template=template, lines=sorted(lines.items()), own=own)
