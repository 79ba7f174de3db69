"""What all records that staff edit have in common: creating, editing, publishing, archiving.

A draft is a frozen dataclass whose fields bear the names of the record's columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from textwrap import shorten
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.base import Versioned
from tracker.models import (
    Ask,
    Body,
    Event,
    Finding,
    Legislation,
    Link,
    Person,
    Publisher,
    Reply,
    Source,
    SuccessTest,
    Target,
    Update,
)
from tracker.queries.stories import find_story
from tracker.rules.asks import AWAY, Publication
from tracker.rules.errors import NotAllowed, Problem, RuleBroken
from tracker.rules.people import Action, Actor
from tracker.rules.updates import EvidenceDraft
from tracker.services import derived
from tracker.services.change import Change, check_version
from tracker.services.events import Subject, plain, record

NAME_LENGTH = 80
# What says nothing of a record itself: its number and the count of its edits, how it is sorted, what opens an account.
NOT_LOGGED = {"id", "version", "title_key", "name_key", "password_hash", "totp_nonce", "totp_step", "wrong_codes"}
ERASABLE = {"asked_as", "words", "salt", "candidates"}  # the name of a target: the log has a commitment to it
T = TypeVar("T")
R = TypeVar("R", bound=Versioned)
Publishable = Source | Ask | Legislation | Link | Update | Reply


def values_of(draft: object) -> dict[str, object]:
    """The fields of a draft by name; tuples as lists, as the columns hold them."""
    values = vars(draft)
    return {name: list(value) if type(value) is tuple else value for name, value in values.items()}


def draft_of(kind: type[T], row: object) -> T:
    """A record as a draft of this kind says it; lists as tuples."""
    values = {field.name: getattr(row, field.name) for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def logged(row: Any) -> dict[str, object]:
    """Return what a row holds, as the log has it, and where they are loaded its bodies, its evidence and results."""
    values = {of.key: getattr(row, of.key) for of in row.__table__.columns if of.key not in NOT_LOGGED | ERASABLE}
    if "responsible_bodies" in vars(row):
        values["responsible_bodies"] = row.responsible_bodies
    if "evidence" in vars(row):
        values["evidence"] = [draft_of(EvidenceDraft, item) for item in row.evidence]
    if "results" in vars(row):
        values["results"] = sorted((result.test_id, result.result) for result in row.results)
    return plain(values)


def save(
    change: Change,
    row: Versioned,
    action: str,
    before: Mapping[str, object],
    *,
    reason: str = "",
    is_public: bool = False,
) -> dict[str, object]:
    """Log what of a row is not as it was `before`, and return those values as they were; none: nothing is written.

    `before` is what `logged` said of the row; `is_public`, that the public sees the change.
    """
    are = {name: value for name, value in logged(row).items() if before.get(name) != value}
    were = {name: before.get(name) for name in are}
    if are:
        row.version += 1
        record(change, action, subject_of(row), before=were, after=are, reason=reason, is_public=is_public)
    return were


def may_edit(session: Session, actor: Actor, ask: Ask) -> bool:
    """True if an ask, its tests and its links are the actor's to edit: an editor's all, others' what they entered."""
    if actor.may(Action.EDIT):
        return True
    about = sa.select(Event.actor_id).where(Event.subject == "ask", Event.subject_id == ask.id)
    return actor.may(Action.DRAFT) and session.scalar(about.where(Event.action == "created")) == actor.id


def require_own(change: Change, ask: Ask) -> None:
    """Raise unless the actor may edit the ask now: one's own only while it is a draft that waits for nobody."""
    if not may_edit(change.session, change.actor, ask):
        raise NotAllowed("Only an editor, or who entered the ask, can change it.")
    if change.actor.may(Action.EDIT):
        return
    if ask.publication is not Publication.DRAFT:
        now = ask.publication.label.lower()
        raise RuleBroken([Problem(f"This ask is {now} by now, and only an editor can change it. Copy what you typed.")])
    waiting = sa.select(Update.id).where(Update.ask_id == ask.id, Update.submitted_at.is_not(None))
    if change.session.scalar(waiting.where(Update.publication == Publication.DRAFT)):
        raise RuleBroken([Problem("This waits for approval. Withdraw its entry first; then you can change it.")])


def require_own_part(change: Change, ask: Ask) -> None:
    """Raise as `require_own`, for what belongs to an ask. An editor who looked at a contributor's has to look again."""
    require_own(change, ask)
    if not change.actor.may(Action.EDIT):
        ask.version += 1


def write(row: object, values: Mapping[str, object]) -> None:
    """Put the values into the row's columns."""
    for name, value in values.items():
        setattr(row, name, value)


# What the log calls a row of each kind.
NAMES: Mapping[type[Any], tuple[str, Callable[[Any], str]]] = {
    Source: ("source", lambda row: row.title),
    Ask: ("ask", lambda row: row.title),
    Body: ("body", lambda row: row.name),
    SuccessTest: ("test", lambda row: row.label),
    Legislation: ("legislation", lambda row: row.citation or row.title),
    Link: ("link", lambda row: f"{row.legislation.citation or row.legislation.title} {row.provisions}".strip()),
    Update: ("update", lambda row: shorten(row.text, NAME_LENGTH, placeholder="…")),
    Reply: ("reply", lambda row: row.asked),
    Target: ("target", lambda row: f"Target {row.position}"),
    Finding: ("finding", lambda row: shorten(row.says, NAME_LENGTH, placeholder="…")),
    Publisher: ("publisher", lambda row: row.host),
    Person: ("person", lambda row: row.name),
}


def subject_of(row: Any) -> Subject:
    """How the log names a row; raises TypeError for what it has no name for."""
    if type(row) not in NAMES:
        raise TypeError(f"the log has no name for {type(row).__name__}")
    kind, name = NAMES[type(row)]
    return Subject(kind, row.id, name(row), row.id if kind == "ask" else getattr(row, "ask_id", None))


def create(change: Change, row: R, draft: object, reason: str = "", **more: object) -> R:
    """Store a new row from a draft, of which the public sees nothing, and log it; `more` are columns besides."""
    values = values_of(draft) | more
    write(row, values)
    change.session.add(row)
    change.session.flush()  # the log names the new row's id
    record(change, "created", subject_of(row), after=values, reason=reason)
    return row


def edit(
    change: Change, row: Versioned, draft: object, *, is_public: bool, reason: str = "", **more: object
) -> dict[str, object]:
    """Bring a row to the draft and log what differs; return the changed fields as they were."""
    return put(change, row, "edited", values_of(draft) | more, reason=reason, is_public=is_public)


def put(
    change: Change,
    row: Versioned,
    action: str,
    values: Mapping[str, object],
    *,
    reason: str = "",
    is_public: bool = False,
) -> dict[str, object]:
    """Put the values into a row's columns and log what differs; return the changed ones as they were."""
    before = logged(row)
    write(row, values)
    return save(change, row, action, before, reason=reason, is_public=is_public)


def publish(change: Change, row: Publishable, seen_version: int | None) -> None:
    """Make a draft public."""
    change.require(Action.PUBLISH)
    if row.publication is not Publication.DRAFT:
        how = "already" if row.publication.is_public else "now. Restore it first"
        raise RuleBroken([Problem(f"This is {row.publication.label.lower()} {how}.")])
    move(change, row, "published", Publication.PUBLISHED, seen_version)


def archive(change: Change, row: Publishable, seen_version: int | None, reason: str) -> None:
    """Take a row off the lists; nothing is deleted. What was never public is put aside and stays unseen."""
    change.require(Action.EDIT)
    if row.publication in AWAY:
        raise RuleBroken([Problem("This was done already.")])
    if not reason:
        raise RuleBroken([Problem("Say why, for the log.", "reason")])
    to = Publication.ARCHIVED if row.publication.is_public else Publication.PUT_ASIDE
    move(change, row, "archived", to, seen_version, reason=reason)


def restore(change: Change, row: Publishable, seen_version: int | None) -> None:
    """Bring a row back to what it was before it was archived or put aside."""
    change.require(Action.EDIT)
    if row.publication not in AWAY:
        raise RuleBroken([Problem("This is not archived.")])
    to = Publication.PUBLISHED if row.publication is Publication.ARCHIVED else Publication.DRAFT
    move(change, row, "restored", to, seen_version)


def move(
    change: Change, row: Publishable, action: str, to: Publication, seen_version: int | None, *, reason: str = ""
) -> None:
    """Change who sees a row, and log it."""
    check_version(row, seen_version)
    is_public = row.publication.is_public or to.is_public
    put(change, row, action, {"publication": to}, reason=reason, is_public=is_public)
    match row:
        case Ask():
            derived.write_spans(change.session, row, find_story(change.session, row.id).entries)
            derived.write_words(change.session, [row.id])
        case Link():
            derived.write_words(change.session, [row.ask_id])
        case Legislation():
            derived.write_words_of_law(change.session, row.id)
