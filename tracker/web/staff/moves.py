"""Publishing, archiving and restoring, alike for asks, sources, laws and links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tracker.models import Source
from tracker.queries import staff
from tracker.rules.permissions import Action
from tracker.services import asks, legislation, records
from tracker.web.auth import me, requires
from tracker.web.forms.base import saving
from tracker.web.forms.updates import ConfirmForm, ReasonForm
from tracker.web.pages import Page, done, form_page, found
from tracker.web.session import db, transaction

bp = Blueprint("moves", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Movable:
    """A kind of record: what it is called, how it is found and published, where its page is."""

    name: str
    find: Callable[[Session, int], Any]
    publish: Callable[..., None]
    page: Callable[[Any], str]
    on_archive: str


MOVABLES: Mapping[str, Movable] = {
    "asks": Movable(
        "ask",
        staff.find_ask,
        asks.publish_ask,
        lambda ask: url_for("asks.show", ask_id=ask.id),
        "An archived ask leaves the lists, the counts and the files. Its page stays at its address, "
        "marked as archived.",
    ),
    "sources": Movable(
        "source",
        lambda session, source_id: session.get(Source, source_id),
        records.publish,
        lambda source: url_for("sources.index"),
        "An archived source is offered no more for new asks. Asks that name it keep it.",
    ),
    "legislation": Movable(
        "law",
        staff.find_law,
        records.publish,
        lambda law: url_for("laws.show", law_id=law.id),
        "An archived law leaves the list of laws. Its page stays at its address, and links keep it.",
    ),
    "links": Movable(
        "link",
        staff.find_link,
        legislation.publish_link,
        lambda link: url_for("asks.show", ask_id=link.ask_id),
        "An archived link is shown no more on the pages of the ask and the law.",
    ),
}
SUBJECT = "<any(asks, sources, legislation, links):subject>/<id:row_id>"


@bp.post(f"/{SUBJECT}/publish")
@requires(Action.PUBLISH)
def publish(subject: str, row_id: int) -> Response:
    kind, form = MOVABLES[subject], ConfirmForm()
    if not form.is_sent():
        return redirect(kind.page(found(kind.find(db(), row_id))), 303)
    with transaction(me()) as change:
        row = found(kind.find(change.session, row_id))
        kind.publish(change, row, form.seen_version)
        return done(f"The {kind.name} is public.", kind.page(row))


@bp.route(f"/{SUBJECT}/archive", methods=["GET", "POST"])
@requires(Action.EDIT)
def archive(subject: str, row_id: int) -> Page | Response:
    kind = MOVABLES[subject]
    row = found(kind.find(db(), row_id))
    form, back = ReasonForm(version=row.version), kind.page(row)
    if form.is_sent():
        with saving(form), transaction(me()) as change:
            row = kind.find(change.session, row_id)
            records.archive(change, row, form.seen_version, form.reason.data or "")
            return done(f"The {kind.name} is archived. You can restore it at any time.", back)
    if form.is_stale:
        form.show_conflict(ReasonForm(formdata=None, version=kind.find(db(), row_id).version))
    return form_page(form, f"Archive this {kind.name}", back, submit="Archive", intro=kind.on_archive)


@bp.post(f"/{SUBJECT}/restore")
@requires(Action.EDIT)
def restore(subject: str, row_id: int) -> Response:
    kind, form = MOVABLES[subject], ConfirmForm()
    if not form.is_sent():
        return redirect(kind.page(found(kind.find(db(), row_id))), 303)
    with transaction(me()) as change:
        row = found(kind.find(change.session, row_id))
        records.restore(change, row, form.seen_version)
        return done(f"The {kind.name} is back.", kind.page(row))
