"""Publishing, archiving and taking up again, alike for asks, sources, laws and links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from tracker.models import Ask, Legislation, Link, Reply, Source
from tracker.queries import staff
from tracker.rules.people import Action
from tracker.services import asks, legislation, records, replies
from tracker.services.change import Change
from tracker.web.auth import requires
from tracker.web.forms.base import ConfirmForm, ReasonForm, attempt
from tracker.web.staff.answers import Page, answer_edit, ask_page, load, saved

bp = Blueprint("moves", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Movable:
    """A kind of record: what it is called, how it is published, where its page is, what archiving does."""

    name: str
    kind: type[Any]
    publish: Callable[..., None]
    page: Callable[[Any], str]
    on_archive: str


MOVABLES: Mapping[str, Movable] = {
    "asks": Movable(
        "ask",
        Ask,
        asks.publish_ask,
        lambda ask: ask_page(ask.id),
        "An archived ask leaves the lists, the counts and the files. Its page stays at its address, "
        "marked as archived.",
    ),
    "sources": Movable(
        "source",
        Source,
        records.publish,
        lambda source: url_for("sources.index"),
        "An archived source is offered no more for other asks. Asks that name it keep it.",
    ),
    "legislation": Movable(
        "law",
        Legislation,
        records.publish,
        lambda law: url_for("laws.show", law_id=law.id),
        "An archived law leaves the lists, the files and the pages of the asks. Its own page stays at its address.",
    ),
    "links": Movable(
        "link",
        Link,
        legislation.publish_link,
        lambda link: ask_page(link.ask_id),
        "An archived link is shown no more on the pages of the ask and the law.",
    ),
    "replies": Movable(
        "reply",
        Reply,
        replies.publish_reply,
        lambda reply: ask_page(reply.ask_id, "replies"),
        "An archived reply is shown no more on the page of the ask.",
    ),
}
QUICKER = "Somebody else changed this a moment ago, so nothing was done. Look at it, then press the button again."
NEVER_PUBLIC = "It was never public. It leaves the lists of the staff area and can be taken up again."
SUBJECT = "<any(asks, sources, legislation, links, replies):subject>/<id:row_id>"


@bp.post(f"/{SUBJECT}/publish")
@requires(Action.PUBLISH)
def publish(subject: str, row_id: int) -> Response:
    movable = MOVABLES[subject]
    return _move(movable, row_id, movable.publish, f"The {movable.name} is public.")


@bp.post(f"/{SUBJECT}/restore")
@requires(Action.EDIT)
def restore(subject: str, row_id: int) -> Response:
    movable = MOVABLES[subject]
    return _move(movable, row_id, records.restore, f"The {movable.name} is back.")


@bp.route(f"/{SUBJECT}/archive", methods=["GET", "POST"])
@requires(Action.EDIT)
def archive(subject: str, row_id: int) -> Page | Response:
    movable = MOVABLES[subject]
    row = load(movable.kind, row_id)
    intro = movable.on_archive if row.publication.is_public else NEVER_PUBLIC
    verb = "Archive" if row.publication.is_public else "Put aside"

    def save(change: Change, row: Any, form: ReasonForm) -> None:
        records.archive(change, row, form.seen_version, form.reason.data or "")

    said, heading = f"Done. You can take up the {movable.name} again at any time.", f"{verb} this {movable.name}"
    back = movable.page(row)
    return answer_edit(movable.kind, row_id, ReasonForm, save, said, heading, back, submit=verb, intro=intro)


def _move(movable: Movable, row_id: int, do: Callable[..., None], message: str) -> Response:
    """Do what a button says, or say on the record's page why not; restored after signing in it only shows the page."""
    form, back = ConfirmForm(), movable.page(load(movable.kind, row_id))

    def save(change: Change) -> tuple[str, str]:
        do(change, staff.find(change.session, movable.kind, row_id), form.seen_version)
        return message, back

    if answer := attempt(form, lambda: saved(save)):
        return answer
    if form.is_stale or form.problems:
        flash(QUICKER if form.is_stale else " ".join(form.problems))
    return redirect(back, 303)
