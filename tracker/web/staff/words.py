"""Taking words out of public texts: an admin sees where they stand, then takes them down for good."""

import logging

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from tracker.db.engine import reading
from tracker.rules.checks import MARK
from tracker.rules.permissions import Action
from tracker.services import taking_down
from tracker.services.change import Change
from tracker.services.taking_down import WordsFound
from tracker.web.addresses import site_url
from tracker.web.auth import requires
from tracker.web.forms.base import attempt
from tracker.web.forms.words import WordsForm
from tracker.web.session import engine
from tracker.web.staff.answers import Page, form_page, handled

security = logging.getLogger("tracker.security")
bp = Blueprint("words", __name__, url_prefix="/staff/words")
DONE = "The words are taken down. Corrections says so in public. Delete the backups and copies that still hold them."


@bp.route("", methods=["GET", "POST"])
@requires(Action.TAKE_DOWN, recently=True)
def take_down() -> Page | Response:
    form = WordsForm()

    def save(change: Change) -> str:
        event = taking_down.take_down(change, *_typed(form), form.seen.data or "")
        security.info("words were taken down: entry %s of the log", event.id)
        return url_for("log.entry", number=event.id)

    found = attempt(form, lambda: _find(form))
    if found and request.form.get("do") == "take down" and (answer := handled(form, save, DONE)):
        return answer
    if found:
        form.seen.data = found.seen
    back, heading = url_for("log.index"), "Take words down"
    return form_page(form, heading, back, template="staff/words.html", found=found, mark=MARK)


def _find(form: WordsForm) -> WordsFound:
    """Where the words stand; reading all texts may take longer than a page may."""
    with reading(engine(), is_patient=True) as session:
        return taking_down.find(session, *_typed(form))


def _typed(form: WordsForm) -> tuple[str, str, str]:
    return form.words.data or "", form.reason.data or "", site_url()
