"""Targets of an ask: names are added, compared with the UK Sanctions List by a person, and erased.

The log never holds a name: it holds a commitment to it, and the unique ID of the list's entry.
"""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import leave_no_journal
from tracker.models import Ask, Designation, Source, Target
from tracker.rules import checks
from tracker.rules.chain import ERASED, SALT_BYTES, commitment
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.official import Decision, TargetsDraft, TargetState, check_decision, check_targets, words_of
from tracker.rules.people import Action
from tracker.services import records
from tracker.services.change import Change
from tracker.services.events import record


def commitment_to(target: Target) -> str:
    """Return what the log holds in place of the name and the words, while they are kept."""
    return commitment(target.salt, f"{target.asked_as}\n{target.words}")


def add_targets(change: Change, ask: Ask, draft: TargetsDraft) -> int:
    """Add names behind those that the ask has, and return how many; nobody has compared them with the list yet."""
    change.require(Action.EDIT)
    present = change.session.scalars(sa.select(Target).where(Target.ask_id == ask.id)).all()
    refuse(check_targets(draft, [target.asked_as for target in present]))
    last = max((target.position for target in present), default=0)
    for position, name in enumerate(draft.names, last + 1):
        target = Target(ask_id=ask.id, position=position, kind=draft.kind, asked_as=name, words=draft.words, version=1)
        target.state, target.is_shown, target.salt = TargetState.UNSURE, False, secrets.token_hex(SALT_BYTES)
        target.commitment = commitment_to(target)
        change.session.add(target)
        change.session.flush()  # the log names the new row's id
        after, is_public = records.logged(target), ask.publication.is_public  # it is counted at once
        record(change, "created", records.subject_of(target), after=after, is_public=is_public)
    return len(draft.names)


def decide(change: Change, target: Target, draft: Decision, seen_version: int | None) -> bool:
    """Enter what a person found on the list; return True if anything changed."""
    change.require(Action.EDIT, target, seen_version)
    session, ask = change.session, change.session.get_one(Ask, target.ask_id)
    if not target.asked_as:
        raise RuleBroken([Problem("This name was erased.")])
    is_source_public = session.get_one(Source, ask.source_id).publication.is_public
    refuse(check_decision(draft, is_source_public=is_source_public))
    before, before_id, is_unsure = records.logged(target), target.unique_id, draft.state is TargetState.UNSURE
    unique_id = draft.unique_id if draft.state is TargetState.LISTED else None
    entry = session.get(Designation, unique_id) if unique_id else None
    if unique_id and entry is None:
        raise RuleBroken([Problem(f"The list that we read has no {unique_id}.", "unique_id")])
    if (draft.state, unique_id) != (target.state, before_id):
        target.confirmed_by_id, target.confirmed_at = (None, None) if is_unsure else (change.actor.id, change.at)
    target.state, target.unique_id, target.is_shown = draft.state, unique_id, draft.is_shown and not is_unsure
    if entry and unique_id != before_id:
        said = next((it for it in target.candidates if it["unique_id"] == unique_id), {})
        entry.name, entry.measures = said.get("name", entry.name), said.get("measures", entry.measures)
    if not is_unsure:
        # Of those who were compared and are others, only the IDs are kept, so that they do not come again.
        target.candidates = [] if entry else [{"unique_id": it["unique_id"]} for it in target.candidates]
    _forget(session, before_id)
    is_public = ask.publication.is_public
    return bool(records.save(change, target, "compared", before, is_public=is_public))


def erase(change: Change, target: Target, seen_version: int | None, reason: str, *, is_counted: bool) -> None:
    """Erase the name and the words permanently; not `is_counted`: it was never asked for, and no count has it."""
    change.require(Action.EDIT, target, seen_version)
    problems = checks.required(reason, "reason", "why, for the log")
    if target.asked_as and words_of(target.asked_as) <= words_of(reason):
        problems.append(Problem("The reason stays in the log, so it must not repeat the name.", "reason"))
    refuse(problems)
    before, before_id = records.logged(target), target.unique_id
    target.asked_as, target.words, target.salt, target.candidates, target.is_shown = "", "", "", [], False
    if not is_counted or target.state is TargetState.UNSURE:
        target.state, target.unique_id = TargetState.TAKEN_OUT, None
        target.confirmed_by_id, target.confirmed_at = None, None
    _forget(change.session, before_id)
    is_public = change.session.get_one(Ask, target.ask_id).publication.is_public
    target.version += 1
    after = records.logged(target)
    record(change, ERASED, records.subject_of(target), before=before, after=after, reason=reason, is_public=is_public)
    leave_no_journal(change.session)


def _forget(session: Session, unique_id: str | None) -> None:
    """Drop the name of a designation that no target follows any longer."""
    session.flush()
    if unique_id and not session.scalar(sa.select(Target.id).where(Target.unique_id == unique_id).limit(1)):
        found = session.get_one(Designation, unique_id)
        found.name, found.measures = "", ""
