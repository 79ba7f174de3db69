"""Spreadsheets: an empty workbook to fill in, files that come in again, and a sheet that is pasted."""

import logging
from tempfile import TemporaryFile

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker.clock import now
from tracker.exports import workbook
from tracker.exports.tables import TABLES
from tracker.exports.workbook import MEDIA_TYPE
from tracker.imports.cells import fillable
from tracker.imports.compare import Checked, check
from tracker.imports.files import read_files
from tracker.imports.pasted import MEANINGS, read_ask
from tracker.imports.plan import Plan, Refused, write_faults
from tracker.imports.run import apply
from tracker.queries.choosing import list_publishers
from tracker.rules.asks import Publication
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import Action
from tracker.services import new_asks, updates, uploads
from tracker.services.change import Change
from tracker.web import sent_forms
from tracker.web.addresses import site_url
from tracker.web.auth import me, requires
from tracker.web.forms.base import attempt, whole_number
from tracker.web.forms.new_asks import BringForm, PasteForm, UploadForm
from tracker.web.limits import CSV
from tracker.web.session import db, stop_reading, transaction
from tracker.web.staff.answers import Page, done, saved

log = logging.getLogger("tracker.security")
bp = Blueprint("sheets", __name__, url_prefix="/staff")
MOST_SHOWN = 200
MOST_FILES = 10
ROOM = 32 << 20
NAME_LENGTH = 80
MOST_TOLD = 50
GONE = "These files are not kept any more. Choose them again."
CHANGED = "Something changed since you looked, so nothing was brought in. This is what would happen now."


@bp.get("/sheets/")
@requires(Action.READ)
def index() -> str:
    return render_template("staff/sheets/index.html", tables=TABLES.values())


@bp.get("/sheets/template.xlsx")
@requires(Action.READ)
def empty() -> Response:
    """A workbook to fill in, with the values that are allowed."""
    file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
    workbook.write_template(file, fillable())
    file.seek(0)
    return send_file(file, MEDIA_TYPE, as_attachment=True, download_name="template.xlsx")


@bp.route("/import/", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def upload() -> Page | Response:
    refused = uploads.find(Change(db(), me(), now()), whole_number(request.args.get("after")))
    form = UploadForm(reason=refused.reason if refused else "")
    if form.is_sent():
        files = [(_name(file), file.read()) for file in request.files.getlist("files") if file.filename]
        if 0 < len(files) <= MOST_FILES:
            with transaction(me()) as change:
                upload_id = uploads.keep(change, files, form.reason.data or "").id
            return _work(upload_id)
        form.problems.append("Choose a file first." if not files else f"Choose at most {MOST_FILES} files.")
    return _form_page(form, form.http_code)


@bp.post("/import/<id:upload_id>")
@requires(Action.PUBLISH)
def bring(upload_id: int) -> Page | Response:
    """Bring in what was shown, or show what has become of it."""
    form = BringForm()
    if not form.is_sent():
        return redirect(url_for(".upload"), 303)
    return _work(upload_id, form.seen.data)


@bp.post("/import/<id:upload_id>/faults.csv")
@requires(Action.PUBLISH)
def faults(upload_id: int) -> Page | Response:
    """Everything that is wrong with the files, for a spreadsheet."""
    if not BringForm().is_sent():
        return redirect(url_for(".upload"), 303)
    plan = _apply(upload_id, None)
    if plan is None:
        return _gone()
    return current_app.response_class(
        "".join(write_faults(plan.faults)),
        content_type=CSV,
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
    )


def _work(upload_id: int, seen: str | None = None) -> Page | Response:
    """Apply the files and show what came of it."""
    plan = _apply(upload_id, seen)
    if plan is None:
        return sent_forms.show_again() or _gone()
    if seen is None:
        return _plan_page(upload_id, plan, 422 if plan.faults else 200)
    if not _is_kept(plan, seen):
        flash(CHANGED)
        return _plan_page(upload_id, plan, 409)
    return done(*_after_import(plan))


def _apply(upload_id: int, seen: str | None) -> Plan | None:
    """Return what the files do; it is kept only if it is what was seen. None when they wait no more."""
    found = uploads.find(Change(db(), me(), now()), upload_id)
    if found is None:
        return None
    reason, named = found.reason, uploads.files_of(found)
    stop_reading()  # who reads for long holds up writers
    checked = _check(named)
    if checked.plan.faults:
        return checked.plan
    with transaction(me()) as change:
        found = uploads.find(change, upload_id)
        if found is None:
            return None
        plan = apply(change, checked, site_url=site_url(), reason=reason)
        if _is_kept(plan, seen):
            uploads.drop(change, found)
            sent_forms.remember(change, *_after_import(plan))
        else:
            change.session.rollback()
    if _is_kept(plan, seen):
        log.info("import: %d rows brought in", plan.number_of_steps)
    return plan


def _check(named: uploads.Files) -> Checked:
    """Read and compare the files before anything is locked; more rows than may hold the lock are refused."""
    plan, most = Plan(), current_app.config["IMPORT_ROWS"]
    lines = read_files(named, plan, ROOM)
    checked = check(db(), lines, plan, site_url())
    if checked.number > most:
        expected = (
            f"At most {most} rows that are new or changed. Bring them in parts, or use the command: tracker import."
        )
        plan.fault(", ".join(name for name, _ in named), 0, "", f"{checked.number} such rows", expected)
    return checked


def _is_kept(plan: Plan, seen: str | None) -> bool:
    return seen == plan.fingerprint and not plan.faults


def _after_import(plan: Plan) -> tuple[str, str]:
    """Return what is said of an import in this request, and where it leads: to the drafts of asks that came of it."""
    said = f"Done. Rows added: {plan.added.total()}; changed: {plan.changed.total()}."
    if not plan.added["asks"]:
        return said, url_for(".upload")
    return said, _new_drafts()


def _new_drafts() -> str:
    """The list of the drafts of asks that came of this request."""
    return url_for("asks.index", publication=Publication.DRAFT, came=me().request_id)


def _gone() -> Page:
    flash(GONE)
    return _form_page(UploadForm(formdata=None), 409)


def _plan_page(upload_id: int, plan: Plan, code: int) -> Page:
    form = BringForm(formdata=None, seen=plan.fingerprint)
    return render_template("staff/sheets/plan.html", plan=plan, form=form, upload_id=upload_id, most=MOST_SHOWN), code


def _form_page(form: UploadForm, code: int) -> Page:
    most = current_app.config["IMPORT_ROWS"]
    megabytes = current_app.config["MAX_CONTENT_LENGTH"] >> 20
    return render_template("staff/sheets/import.html", form=form, most=most, megabytes=megabytes), code


def _name(file: FileStorage) -> str:
    """The file's name without folders, and without what cannot be shown."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[-NAME_LENGTH:]


@bp.route("/import/paste", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def paste() -> Page | Response:
    form, button = PasteForm(), request.form.get("do", "")
    if button not in {"look", "keep"}:
        return render_template("staff/sheets/paste.html", form=form), form.http_code
    form.find_source()
    try:
        form.read()
    except Refused as error:
        form.problems.append(str(error))
        return render_template("staff/sheets/paste.html", form=form), form.http_code
    if button == "keep" and (answer := attempt(form, lambda: saved(lambda change: _keep(change, form)))):
        return answer
    return render_template("staff/sheets/columns.html", form=form), form.http_code


def _keep(change: Change, form: PasteForm) -> tuple[str, str]:
    """Enter the ticked rows as drafts, with where they stand; raises what is wrong with any of them."""
    source, source_id = form.new_source(), form.source_id.data
    refuse(new_asks.check_where(source, source_id) + form.check())
    source_id = new_asks.enter_source(change, source) if source else source_id
    send = updates.submit if change.four_eyes else updates.publish
    problems, rows, own = [], form.chosen_rows(), list_publishers(change.session)
    for number, cells in rows.items():
        try:
            new = read_ask(cells, source_id, form.topic.data or "", own, is_opened=form.is_opened.data)
            new_asks.enter(change, new, send if new.entry else None)
        except RuleBroken as broken:
            for message, field in broken.problems:
                column = f", {MEANINGS[field][0]}" if field and field in MEANINGS else ""
                problems.append(Problem(f"Row {number}{column}: {message}"))
    refuse(problems[:MOST_TOLD])
    return f"Kept {len(rows)} {'draft' if len(rows) == 1 else 'drafts'}. The public does not see them.", _new_drafts()
