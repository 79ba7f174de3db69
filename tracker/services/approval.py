"""Approval: an author sends an entry to the editors, who publish it or send it back; the author may withdraw it.

An entry that waits is a draft with `submitted_at`; one that was sent back is a draft with `sent_back_note`.
"""

from collections.abc import Mapping

from tracker.models import Ask, Update
from tracker.queries.stories import find_story
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.errors import NotAllowed, Problem, RuleBroken, refuse
from tracker.rules.permissions import Action
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services import drafts, records
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.updates import check_ready, publish


def submit(change: Change, ask: Ask, update: Update, seen_version: int | None = None) -> None:
    """Send a draft to the editors; the rules must accept it as it stands. Needs its evidence and results loaded."""
    change.require(Action.DRAFT)
    if update.submitted_at and update.author_id == change.actor.id and update.publication is Publication.DRAFT:
        return  # the button was pressed twice
    drafts.require_own(update, change.actor)
    records.check_version(update, seen_version)
    check_ready(change, update, find_story(change.session, ask.id))
    _move(change, update, "submitted", {"submitted_at": change.at, "sent_back_note": ""})


def withdraw(change: Change, update: Update, seen_version: int) -> None:
    """Take back what waits for approval, to change it or to put it aside."""
    change.require(Action.DRAFT)
    records.check_version(update, seen_version)
    _require_waiting(update)
    if update.author_id != change.actor.id:
        raise NotAllowed("Only its author can withdraw an entry. Editors send it back.")
    _move(change, update, "withdrew", {"submitted_at": None})


def send_back(change: Change, update: Update, note: str, seen_version: int) -> None:
    """Give it back to its author, with a note on what should be mended."""
    change.require(Action.PUBLISH)
    records.check_version(update, seen_version)
    _require_waiting(update)
    refuse(
        checks.required(note, "note", "a note on what should be mended") + checks.at_most(note, SENTENCE_LENGTH, "note")
    )
    _move(change, update, "sent back", {"submitted_at": None, "sent_back_note": note}, reason=note)


def approve(change: Change, ask: Ask, update: Update, seen_version: int, seen_entries: int | None = None) -> None:
    """Publish what waits for approval; with four eyes nobody approves a change of status of their own."""
    change.require(Action.PUBLISH)
    records.check_version(update, seen_version)
    _require_waiting(update)
    record(change, "approved", records.subject_of(update))
    publish(change, ask, update, seen_entries)


def _require_waiting(update: Update) -> None:
    if update.submitted_at is None:
        raise RuleBroken([Problem("This does not wait for approval.")])


def _move(change: Change, update: Update, action: str, values: Mapping[str, object], reason: str = "") -> None:
    """Change how far it has come, and log it; the public sees nothing of this."""
    before = records.logged(update)
    records.write(update, values)
    records.save(change, update, action, before, reason=reason)
