"""The files that anybody can download."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from tracker.exports.tables import TABLES
from tracker.queries.public import tables
from tracker.queries.public.filters import FILTER_PARAMETERS, AskFilter
from tracker.web.downloads import CSV, download
from tracker.web.filters import site_url
from tracker.web.parameters import expect
from tracker.web.session import engine
from tracker.web.sharing import share

bp = Blueprint("tables", __name__)
bp.after_request(share)


@bp.get("/<any(asks, updates, evidence, tests, results, legislation, links, replies, sources):name>.csv")
def csv(name: str) -> Response:
    """The file, sent piece by piece; the filters of the status page apply."""
    expect(*FILTER_PARAMETERS)
    rows = tables.read(engine(), name, AskFilter.from_query(request.args))
    return download(TABLES[name].csv(rows, site_url()), CSV, f"{name}.csv")
