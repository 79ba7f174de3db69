"""Spreadsheets: all tables as one workbook, and an empty one to fill in."""

from tempfile import TemporaryFile

from flask import Blueprint, abort, render_template, send_file
from werkzeug.wrappers import Response

from tracker.exports import workbook
from tracker.exports.tables import TABLES
from tracker.exports.workbook import MEDIA_TYPE, Origin, TooLarge
from tracker.imports.cells import fillable
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.rules.permissions import Action
from tracker.web.addresses import site_url
from tracker.web.auth import requires
from tracker.web.downloads import place
from tracker.web.session import db, engine, stop_reading

bp = Blueprint("sheets", __name__, url_prefix="/staff/sheets")
MOST_ROWS = 20_000


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/sheets/index.html", tables=TABLES.values(), most=MOST_ROWS)


@bp.get("/policy-asks.xlsx")
@requires(Action.READ)
def download() -> Response:
    """Everything that is public, as one workbook."""
    edition = rows.find_edition(db())
    stop_reading()
    source, of = engine(), Origin(site_url(), edition.revision, edition.published_at)
    with place():
        file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
        try:
            workbook.write_workbook(file, of, lambda name: tables.read(source, name, AskFilter()), MOST_ROWS)
        except TooLarge:
            file.close()
            abort(413, f"There are more than {MOST_ROWS} rows. Take the CSV files, or: tracker export FOLDER --xlsx")
    file.seek(0)
    return send_file(file, MEDIA_TYPE, as_attachment=True, download_name="policy-asks.xlsx")


@bp.get("/template.xlsx")
@requires(Action.READ)
def empty() -> Response:
    """A workbook to fill in, with the values that are allowed."""
    file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
    workbook.write_template(file, fillable())
    file.seek(0)
    return send_file(file, MEDIA_TYPE, as_attachment=True, download_name="template.xlsx")
