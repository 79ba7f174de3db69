"""Bringing in spreadsheets: upload and see what would happen, then do exactly that."""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import (
    Blueprint,
    copy_current_request_context,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_template,
    url_for,
)
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker.db.progress import Progress
from tracker.imports.files import find_sheets
from tracker.imports.lines import Sheet, count_rows
from tracker.imports.plan import Plan, write_faults
from tracker.imports.run import take_in
from tracker.rules.errors import NotAllowed
from tracker.rules.permissions import Action, Actor
from tracker.services import uploads
from tracker.web.addresses import site_url
from tracker.web.auth import me, requires
from tracker.web.downloads import CSV
from tracker.web.forms.sheets import BringForm, UploadForm
from tracker.web.long_work import LongWork
from tracker.web.session import transaction
from tracker.web.staff.answers import Page, done

log = logging.getLogger("tracker.security")
bp = Blueprint("imports", __name__, url_prefix="/staff/import")
MOST_SHOWN = 200
MOST_FILES = 10
ROOM = 64 << 20
NAME_LENGTH = 80
# From this many rows on, about a second's work, a page shows how far it has come.
LONG = 1000
GONE = "These files are not kept any more. Choose them again."
CHANGED = "Something changed since you looked, so nothing was brought in. This is what would happen now."


@dataclass(frozen=True)
class Files:
    """Files that wait to be brought in, opened; the plan has what is wrong with them as files."""

    upload_id: int
    sheets: Sequence[Sheet]
    rows: int
    reason: str
    plan: Plan


@bp.route("/", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def upload() -> Page | Response:
    form = UploadForm()
    if form.is_sent():
        files = [(_name(file), file.read()) for file in request.files.getlist("files") if file.filename]
        if 0 < len(files) <= MOST_FILES:
            with transaction(me()) as change:
                upload_id = uploads.keep(change, files, form.reason.data or "").id
            return _work(upload_id)
        form.problems.append("Choose a file first." if not files else f"Choose at most {MOST_FILES} files.")
    return _form_page(form, form.http_code)


@bp.post("/<id:upload_id>")
@requires(Action.PUBLISH)
def bring(upload_id: int) -> Page | Response:
    """Bring in what was shown, or show what has become of it."""
    form = BringForm()
    if not form.is_sent():
        return redirect(url_for(".upload"), 303)
    return _work(upload_id, form.seen.data)


@bp.post("/<id:upload_id>/faults.csv")
@requires(Action.PUBLISH)
def faults(upload_id: int) -> Page | Response:
    """Everything that is wrong with the files, for a spreadsheet."""
    if not BringForm().is_sent():
        return redirect(url_for(".upload"), 303)
    files = _find_files(upload_id)
    plan = _take_in(me(), files, None) if files else None
    if plan is None:
        return _gone()
    return current_app.response_class(
        "".join(write_faults(plan.faults)),
        content_type=CSV,
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
    )


def _work(upload_id: int, seen: str | None = None) -> Page | Response:
    """Take the files in and show what came of it; of long ones also how far it has come meanwhile."""
    files = _find_files(upload_id)
    if files is None:
        return _gone()
    if files.rows >= LONG:
        return _long_page(files, seen)
    plan = _take_in(me(), files, seen)
    if plan is None:
        return _gone()
    if seen is None:
        return _plan_page(upload_id, plan, 422 if plan.faults else 200)
    if not _is_kept(plan, seen):
        flash(CHANGED)
        return _plan_page(upload_id, plan, 409)
    return done(_sum_up(plan), url_for(".upload"))


def _find_files(upload_id: int) -> Files | None:
    """The files that wait, opened; None when they wait no more."""
    with transaction(me()) as change:
        found = uploads.find(change, upload_id)
        if found is None:
            return None
        named, reason = uploads.files_of(found), found.reason
    plan = Plan()
    sheets = find_sheets([(name, io.BytesIO(content)) for name, content in named], plan, ROOM)
    rows, most = count_rows(sheets), current_app.config["IMPORT_ROWS"]
    if rows > most:
        expected = f"At most {most} rows at once. Bring them in parts, or by the command line: tracker import."
        plan.fault(", ".join(name for name, _ in named), 0, "", f"{rows} rows", expected)
        sheets, rows = [], 0
    return Files(upload_id, sheets, rows, reason, plan)


def _take_in(actor: Actor, files: Files, seen: str | None, progress: Progress = lambda number: None) -> Plan | None:
    """What the files do; it is kept only if it is what was seen. None when they wait no more."""
    plan = files.plan
    with transaction(actor) as change:
        found = uploads.find(change, files.upload_id)
        if found is None:
            return None
        take_in(change, files.sheets, plan, site_url=site_url(), reason=files.reason, progress=progress)
        if _is_kept(plan, seen):
            uploads.drop(change, found)
        else:
            change.session.rollback()
    if _is_kept(plan, seen):
        log.info("import: %d rows brought in", plan.number_of_steps)
    return plan


def _take_in_or_tell(actor: Actor, files: Files, seen: str | None, progress: Progress) -> Plan:
    """The same where the answer has begun, so that whatever goes wrong can only stand in it."""
    expected = GONE
    try:
        if plan := _take_in(actor, files, seen, progress):
            return plan
    except NotAllowed as error:
        expected = str(error)
    except Exception:
        logging.getLogger(__name__).exception("a long import failed")
        expected = "Nothing was changed. Try again in a minute; if it goes on, tell whoever runs the site."
    plan = Plan()
    plan.fault("", 0, "", "what stopped the import", expected)
    return plan


def _is_kept(plan: Plan, seen: str | None) -> bool:
    return seen == plan.fingerprint and not plan.faults


def _sum_up(plan: Plan) -> str:
    return f"Done. Rows added: {plan.added.total()}; changed: {plan.changed.total()}."


def _gone() -> Page:
    flash(GONE)
    return _form_page(UploadForm(formdata=None), 409)


def _form_for(plan: Plan) -> BringForm:
    return BringForm(formdata=None, seen=plan.fingerprint)


def _plan_page(upload_id: int, plan: Plan, code: int) -> Page:
    shown = {"plan": plan, "form": _form_for(plan), "upload_id": upload_id, "most": MOST_SHOWN}
    return render_template("staff/sheets/plan.html", **shown), code


def _long_page(files: Files, seen: str | None) -> Response:
    work = LongWork(copy_current_request_context(partial(_take_in_or_tell, me(), files, seen)))
    return current_app.response_class(
        stream_template(
            "staff/sheets/long.html",
            work=work,
            rows=files.rows,
            upload_id=files.upload_id,
            is_done=lambda plan: _is_kept(plan, seen),
            sum_up=_sum_up,
            form_for=_form_for,
            changed=CHANGED if seen else "",
            most=MOST_SHOWN,
        )
    )


def _form_page(form: UploadForm, code: int) -> Page:
    most = current_app.config["IMPORT_ROWS"]
    megabytes = current_app.config["MAX_CONTENT_LENGTH"] >> 20
    return render_template("staff/sheets/import.html", form=form, most=most, megabytes=megabytes), code


def _name(file: FileStorage) -> str:
    """The file's name without folders, and without what cannot be shown."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[-NAME_LENGTH:]
