"""Bringing in spreadsheets: upload and see what would happen, then do exactly that."""

import io
import logging
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker.imports.files import find_sheets
from tracker.imports.lines import count_rows
from tracker.imports.plan import Plan, write_faults
from tracker.imports.run import take_in
from tracker.models.uploads import Upload
from tracker.rules.permissions import Action
from tracker.services import uploads
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.filters import site_url
from tracker.web.forms.sheets import BringForm, UploadForm
from tracker.web.pages import Page, done
from tracker.web.session import transaction

log = logging.getLogger("tracker.security")
bp = Blueprint("imports", __name__, url_prefix="/staff/import")
MOST_SHOWN = 200
MOST_FILES = 10
ROOM = 64 << 20
NAME_LENGTH = 80
GONE = "These files are not kept any more. Choose them again."
CHANGED = "Something changed since you looked, so nothing was brought in. This is what would happen now."


@bp.route("/", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def upload() -> Page | Response:
    form = UploadForm()
    if form.is_sent():
        files = [(_name(file), file.read()) for file in request.files.getlist("files") if file.filename]
        if 0 < len(files) <= MOST_FILES:
            return _show(files, form.reason.data or "")
        form.problems.append("Choose a file first." if not files else f"Choose at most {MOST_FILES} files.")
    return _form_page(form, 422 if form.is_refused else 200)


@bp.post("/<id:upload_id>")
@requires(Action.PUBLISH)
def bring(upload_id: int) -> Page | Response:
    """Bring in what was shown, or show what has become of it."""
    form = BringForm()
    if not form.is_sent():
        return redirect(url_for(".upload"), 303)
    plan = _take_in(upload_id, seen=form.seen.data)
    if plan is None:
        return _gone()
    if plan.faults or plan.fingerprint != form.seen.data:
        flash(CHANGED)
        return _plan_page(upload_id, plan, 409)
    log.info("import: %s brought in %d rows", me().name, plan.number_of_steps)
    return done(f"Done: {plan.added.total()} rows added, {plan.changed.total()} changed.", url_for(".upload"))


@bp.post("/<id:upload_id>/faults.csv")
@requires(Action.PUBLISH)
def faults(upload_id: int) -> Page | Response:
    """Everything that is wrong with the files, for a spreadsheet."""
    if not BringForm().is_sent():
        return redirect(url_for(".upload"), 303)
    plan = _take_in(upload_id)
    if plan is None:
        return _gone()
    return current_app.response_class(
        "".join(write_faults(plan.faults)),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
    )


def _show(files: Sequence[tuple[str, bytes]], reason: str) -> Page:
    """Keep the files and show what they would do."""
    with transaction(me()) as change:
        upload_id = uploads.keep(change, files, reason).id
    plan = _take_in(upload_id)
    return _plan_page(upload_id, plan, 422 if plan.faults else 200) if plan else _gone()


def _take_in(upload_id: int, seen: str | None = None) -> Plan | None:
    """What the files that wait do; it is kept only if it is what was seen. None when they wait no more."""
    plan = Plan()
    with transaction(me()) as change:
        found = uploads.find(change, upload_id)
        if found is None:
            return None
        _read(change, found, plan)
        if seen is None or plan.faults or plan.fingerprint != seen:
            change.session.rollback()
        else:
            uploads.drop(change, found)
    return plan


def _read(change: Change, upload: Upload, plan: Plan) -> None:
    """Take the rows in, if they are not too many."""
    most: int = current_app.config["IMPORT_ROWS"]
    files = [(name, io.BytesIO(content)) for name, content in uploads.files_of(upload)]
    sheets = find_sheets(files, plan, ROOM)
    if (number := count_rows(sheets)) > most:
        expected = f"At most {most} rows at once. Bring them in parts, or by the command line: tracker import."
        plan.fault(", ".join(name for name, _ in files), 0, "", f"{number} rows", expected)
        return
    take_in(change, sheets, plan, site_url=site_url(), reason=upload.reason)


def _gone() -> Page:
    flash(GONE)
    return _form_page(UploadForm(formdata=None), 409)


def _plan_page(upload_id: int, plan: Plan, code: int) -> Page:
    form = BringForm(formdata=None, seen=plan.fingerprint)
    page = render_template("staff/sheets/plan.html", plan=plan, form=form, upload_id=upload_id, most=MOST_SHOWN)
    return page, code


def _form_page(form: UploadForm, code: int) -> Page:
    most = current_app.config["IMPORT_ROWS"]
    megabytes = current_app.config["MAX_CONTENT_LENGTH"] >> 20
    return render_template("staff/sheets/import.html", form=form, most=most, megabytes=megabytes), code


def _name(file: FileStorage) -> str:
    """The file's name without folders, and without what cannot be shown."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[-NAME_LENGTH:]
