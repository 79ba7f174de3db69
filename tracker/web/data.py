"""The data in words, as one package, and as one download."""

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports import archive as archives
from tracker.exports import json, licence
from tracker.exports.package import Described, describe
from tracker.exports.tables import TABLES
from tracker.queries import public
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.rows import Edition
from tracker.web.api import json_address
from tracker.web.downloads import download
from tracker.web.filters import site_url
from tracker.web.parameters import expect
from tracker.web.session import db, engine, stop_reading
from tracker.web.sharing import share

bp = Blueprint("data", __name__)
bp.after_request(share)


@bp.get("/data")
def index() -> str:
    """Every file with its columns explained."""
    return render_template(
        "public/data.html",
        tables=TABLES.values(),
        edition=rows.find_edition(db()),
        checkpoint=public.find_checkpoint(db()),
        licence=licence,
        json_of=json_address,
        today=today(),
    )


@bp.get("/datapackage.json")
def package() -> Response:
    """The description of all files for programs."""
    expect()
    description = json.write_for_people(_description(rows.find_edition(db())))
    return current_app.response_class(description, content_type="application/json")


@bp.get("/data.zip")
def archive() -> Response:
    """All files in one, sent piece by piece."""
    expect()
    edition = rows.find_edition(db())
    description = _description(edition)
    stop_reading()
    source, address = engine(), site_url()
    pieces = archives.pack(
        description,
        edition.published_at,
        lambda name: TABLES[name].csv(tables.read(source, name, AskFilter()), address),
        is_large=edition.is_large,
    )
    return download(pieces, "application/zip", "policy-asks.zip")


@bp.get("/checkpoint.txt")
def checkpoint() -> Response:
    """The checkpoint of the event log as `tracker verify --against` and docs/verify_log.py read it."""
    expect()
    line = f"{public.find_checkpoint(db()).line}\n"
    return current_app.response_class(line, content_type="text/plain; charset=utf-8")


def _description(edition: Edition) -> Described:
    sources = [(source.title, source.url) for source in public.list_sources(db()) if source.url]
    checkpoint = public.find_checkpoint(db()).line
    return describe(site_url(), edition.revision, edition.published_at, checkpoint, sources)
