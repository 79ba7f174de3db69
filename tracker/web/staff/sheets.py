"""Spreadsheets: all tables as one workbook, and an empty one to fill in."""

from tempfile import TemporaryFile

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from tracker.exports import workbook
from tracker.exports.tables import TABLES
from tracker.exports.workbook import MEDIA_TYPE
from tracker.imports.cells import fillable
from tracker.rules.permissions import Action
from tracker.web.auth import requires

bp = Blueprint("sheets", __name__, url_prefix="/staff/sheets")


@bp.get("/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/sheets/index.html", tables=TABLES.values())


@bp.get("/template.xlsx")
@requires(Action.READ)
def empty() -> Response:
    """A workbook to fill in, with the values that are allowed."""
    file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
    workbook.write_template(file, fillable())
    file.seek(0)
    return send_file(file, MEDIA_TYPE, as_attachment=True, download_name="template.xlsx")
