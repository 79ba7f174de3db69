"""The files that anybody can download: one by one, all as one, as a package, and explained on a page."""

from tempfile import NamedTemporaryFile, TemporaryFile

from flask import Blueprint, abort, current_app, render_template, request, send_file
from werkzeug.wrappers import Response

from tracker.clock import day_of, now, today
from tracker.exports import json
from tracker.exports.columns import Origin
from tracker.exports.package import Described, describe, pack, write_sqlite
from tracker.exports.tables import TABLES
from tracker.exports.workbook import MEDIA_TYPE, TooLarge, write_workbook
from tracker.queries import public
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.rows import Edition
from tracker.web.addresses import refuse_contradictions, site_url
from tracker.web.build import face
from tracker.web.limits import CSV, download, place
from tracker.web.public.api import json_address
from tracker.web.security import share
from tracker.web.session import db, engine, stop_reading

files = Blueprint("tables", __name__)
files.after_request(share)
data = Blueprint("data", __name__)
data.after_request(share)
MOST_ROWS = 20_000


@files.get("/<any(asks, updates, evidence, tests, results, legislation, links, replies, sources, targets):name>.csv")
def csv(name: str) -> Response:
    """The file, sent piece by piece; the filters of the status page apply."""
    refuse_contradictions()
    rows = tables.read(engine(), name, AskFilter.from_query(request.args))
    return download(TABLES[name].csv(rows, site_url()), CSV, f"{name}.csv")


@data.get("/data")
def index() -> str:
    """Every file with its columns explained."""
    checkpoint, edition = public.find_checkpoint(db()), rows.find_edition(db())
    return render_template(
        "public/data.html",
        tables=TABLES,
        numbers=rows.count_rows(db()),
        most_rows=MOST_ROWS,
        edition=edition,
        published_on=day_of(edition.published_at) if edition.published_at else None,
        checkpoint=checkpoint,
        checkpoint_at=rows.find_logged_at(db(), checkpoint.number),
        json_of=json_address,
        today=today(),
    )


@data.get("/datapackage.json")
def package() -> Response:
    """The description of all files for programs."""
    refuse_contradictions()
    description = json.write_for_people(_description(rows.find_edition(db())))
    return current_app.response_class(description, content_type="application/json")


@data.get("/data.zip")
def archive() -> Response:
    """All files in one, sent piece by piece."""
    refuse_contradictions()
    edition = rows.find_edition(db())
    description = _description(edition)
    stop_reading()
    source, address = engine(), site_url()
    pieces = pack(
        description,
        edition.published_at,
        lambda name: TABLES[name].csv(tables.read(source, name, AskFilter()), address),
    )
    return download(pieces, "application/zip", "policy-asks.zip")


@data.get("/data.xlsx")
def workbook() -> Response:
    """Everything that is public, as one workbook."""
    refuse_contradictions()
    edition = rows.find_edition(db())
    stop_reading()
    source, origin = engine(), _origin(edition)
    with place():
        file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
        try:
            write_workbook(file, origin, lambda name: tables.read(source, name, AskFilter()), MOST_ROWS)
        except TooLarge:
            file.close()
            abort(413, f"There are more than {MOST_ROWS} rows, too many for a workbook. Take the CSV files.")
    file.seek(0)
    return send_file(file, MEDIA_TYPE, as_attachment=True, download_name="policy-asks.xlsx")


@data.get("/data.sqlite3")
def database() -> Response:
    """Everything that is public, as one SQLite file."""
    refuse_contradictions()
    stop_reading()
    source = engine()
    with place():
        file = NamedTemporaryFile()  # noqa: SIM115 (closed when it has been sent)
        write_sqlite(file.name, site_url(), lambda name: tables.read(source, name, AskFilter()))
    return send_file(file, "application/vnd.sqlite3", as_attachment=True, download_name="policy-asks.sqlite3")


@data.get("/checkpoint.txt")
def checkpoint() -> Response:
    """The checkpoint of the event log as `tracker verify --against` and docs/verify_log.py read it; never kept."""
    refuse_contradictions()
    line = f"{public.find_latest_checkpoint(db(), now())}\n"
    return current_app.response_class(line, content_type="text/plain; charset=utf-8")


def _description(edition: Edition) -> Described:
    sources = [(source.title, source.url) for source in public.list_sources(db()) if source.url]
    return describe(_origin(edition), str(public.find_checkpoint(db())), sources)


def _origin(edition: Edition) -> Origin:
    return Origin(site_url(), face(), edition.revision, edition.published_at)
