"""Private notes of staff about an ask. They touch nothing that the public sees."""

from textwrap import shorten

import sqlalchemy as sa

from tracker.models import Ask, Note
from tracker.rules import checks
from tracker.rules.errors import refuse
from tracker.rules.permissions import Action
from tracker.rules.text import NOTE_LENGTH
from tracker.services.change import Change
from tracker.services.events import Subject, record
from tracker.services.records import NAME_LENGTH


def add_note(change: Change, ask: Ask, text: str) -> Note:
    """Write a note; the same words of the same person at the end are one note, as when a button is pressed twice."""
    change.require(Action.DRAFT)
    refuse(checks.required(text, "text", "the note") + checks.at_most(text, NOTE_LENGTH, "text"))
    last = change.session.scalar(sa.select(Note).where(Note.ask_id == ask.id).order_by(Note.id.desc()).limit(1))
    if last and (last.text, last.author_id) == (text, change.actor.id):
        return last
    note = Note(ask_id=ask.id, author_id=change.actor.id, written_at=change.at, text=text)
    change.session.add(note)
    change.session.flush()  # the log names the new row's id
    name = shorten(text, NAME_LENGTH, placeholder="…")
    record(change, "wrote", Subject("note", note.id, name, ask.id), after={"text": text})
    return note
