"""Entries of a story before they are published: written, edited, put aside; only staff see them."""

from collections.abc import Sequence
from dataclasses import fields, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Ask, Evidence, SuccessTest, TestResult, Update
from tracker.queries.stories import find_story, list_tests
from tracker.rules.asks import Publication
from tracker.rules.errors import NotAllowed, Problem, RuleBroken, refuse
from tracker.rules.people import Action, Actor
from tracker.rules.story import Entry, grounds_of, state_of
from tracker.rules.text import free_slug
from tracker.rules.updates import MOST_EVIDENCE, EvidenceDraft, UpdateDraft, UpdateKind, check_draft
from tracker.services import records
from tracker.services.change import Change, check_version
from tracker.services.events import record

LAST = 2**62
SCALARS = tuple(field.name for field in fields(UpdateDraft) if field.name not in {"evidence", "results"})


def save(change: Change, ask: Ask, draft: UpdateDraft, key: str = "") -> Update:
    """Write an entry that only staff see; without a key it gets one by its date."""
    change.require(Action.DRAFT)
    keys, alike = (set(), []) if key else _find_written(change, ask, draft)
    if same := next((update for update in alike if draft_of(update) == draft), None):
        return same  # as when a button was pressed twice
    tests = list_tests(change.session, ask.id) if draft.results else []
    refuse(check_draft(draft) + check_references(change.session, ask, tests, draft))
    key = key or free_slug(draft.happened_on.text, keys)
    update = Update(ask_id=ask.id, key=key, publication=Publication.DRAFT, author_id=change.actor.id, version=1)
    update.recorded_at = change.at
    _write(update, draft)
    change.session.add(update)
    change.session.flush()  # the log names the new row's id
    record(change, "drafted", records.subject_of(update), after={"key": key} | vars(draft))
    return update


def edit(change: Change, ask: Ask, update: Update, draft: UpdateDraft, seen_version: int) -> None:
    """Rewrite an entry that is not yet published; needs its evidence and results loaded."""
    require_own(update, change.actor)
    check_version(update, seen_version)
    refuse(check_draft(draft) + check_references(change.session, ask, list_tests(change.session, ask.id), draft))
    if draft_of(update) == draft:
        return
    before = records.logged(update)
    update.evidence.clear()
    update.results.clear()
    change.session.flush()  # the old evidence makes room for the new at the same positions
    _write(update, draft)
    update.edited_by_id = change.actor.id
    records.save(change, update, "edited", before)


def discard(change: Change, update: Update, seen_version: int) -> None:
    """Put a draft aside; it stays in the log."""
    require_own(update, change.actor)
    if update.submitted_at:
        raise RuleBroken([Problem("This waits for approval. Withdraw it or send it back first.")])
    records.move(change, update, "put aside", Publication.PUT_ASIDE, seen_version)


def restore(change: Change, update: Update, seen_version: int) -> None:
    """Take up again a draft that was put aside."""
    change.require(Action.DRAFT)
    _require_author(update, change.actor)
    if update.publication is not Publication.PUT_ASIDE:
        raise RuleBroken([Problem("This draft was not put aside.")])
    records.move(change, update, "restored", Publication.DRAFT, seen_version)


def check_references(session: Session, ask: Ask, tests: Sequence[SuccessTest], draft: UpdateDraft) -> list[Problem]:
    """The tests and the corrected entry belong to this ask; the superseding ask is another, public one."""
    problems = []
    known = {test.id for test in tests}
    if draft.results and draft.corrects_id:  # a correction may repeat what the entry says of a test since archived
        of_corrected = sa.select(TestResult.test_id).where(TestResult.update_id == draft.corrects_id)
        known.update(session.scalars(of_corrected))
    if any(test_id not in known for test_id, _ in draft.results):
        problems.append(Problem("A test of this list was archived meanwhile.", "results"))
    if draft.corrects_id is not None:
        corrected = session.get(Update, draft.corrects_id)
        if not corrected or corrected.ask_id != ask.id or corrected.publication is not Publication.PUBLISHED:
            problems.append(Problem("Choose a published entry of this ask.", "corrects_id"))
    if draft.superseded_by_id is not None:
        other = session.get(Ask, draft.superseded_by_id)
        if not other or other.id == ask.id or not other.publication.is_public:
            problems.append(Problem("Choose another published ask.", "superseded_by_id"))
    return problems


def require_own(update: Update, actor: Actor) -> None:
    """Raise unless it is a draft, and the actor wrote it or may publish; what waits for approval is left alone."""
    actor.require(Action.DRAFT)
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("History is not edited. Post a correction instead.")])
    _require_author(update, actor)
    if update.submitted_at and not actor.may(Action.PUBLISH):
        raise RuleBroken([Problem("This waits for approval. Withdraw it first; then you can change it.")])


def draft_of(update: Update) -> UpdateDraft:
    """The typed form of an update; needs its evidence and results loaded."""
    values = {name: getattr(update, name) for name in SCALARS}
    evidence = tuple(records.draft_of(EvidenceDraft, row) for row in update.evidence)
    results = tuple((result.test_id, result.result) for result in update.results)
    return UpdateDraft(**values, evidence=evidence, results=results)


def draft_of_before(session: Session, corrected: Update) -> UpdateDraft | None:
    """Return the correction that takes an entry back to what held before it, with the evidence of that.

    None if the entry judges nothing, or if no status held before. Needs its evidence and results loaded.
    """
    own, story = draft_of(corrected), find_story(session, corrected.ask_id)
    withdrawn = [*story.entries, Entry(LAST, own.happened_on, corrects_id=corrected.id)]
    state, tests = state_of(withdrawn, own.happened_on), {test.id: test.before for test in story.tests}
    entry, judged = state.status_entry, [test_id for test_id, _ in own.results if test_id in tests]
    if not (judged or own.status) or (own.status and not entry):
        return None
    results = tuple((number, state.results.get(number, (tests[number],))[0]) for number in judged)
    grounds = sa.select(Update).where(Update.id.in_(grounds_of(withdrawn, judged, own.happened_on)))
    rows = session.scalars(
        grounds.order_by(Update.id).options(selectinload(Update.evidence), selectinload(Update.results))
    )
    evidence = {piece.url: piece for row in rows for piece in draft_of(row).evidence}
    status = entry if own.status else None
    return replace(
        own,
        kind=UpdateKind.CORRECTION,
        status=status.status if status else None,
        reason=status.reason if status else "",
        superseded_by_id=status.superseded_by_id if status else None,
        results=results,
        evidence=tuple(evidence.values())[:MOST_EVIDENCE],
    )


def _require_author(update: Update, actor: Actor) -> None:
    if update.author_id != actor.id and not actor.may(Action.PUBLISH):
        raise NotAllowed("This draft is somebody else's. An editor can change or publish it.")


def _find_written(change: Change, ask: Ask, draft: UpdateDraft) -> tuple[set[str], Sequence[Update]]:
    """Return the keys that the ask's entries have, and the drafts of the same person with the same text."""
    is_own = sa.and_(Update.publication == Publication.DRAFT, Update.author_id == change.actor.id)
    is_alike = sa.and_(is_own, Update.text == draft.text).label("is_alike")
    written = change.session.execute(sa.select(Update.id, Update.key, is_alike).where(Update.ask_id == ask.id)).all()
    keys, ids = {entry.key for entry in written}, [entry.id for entry in written if entry.is_alike]
    if not ids:
        return keys, []
    alike = sa.select(Update).options(selectinload(Update.evidence), selectinload(Update.results))
    return keys, change.session.scalars(alike.where(Update.id.in_(ids))).all()


def _write(update: Update, draft: UpdateDraft) -> None:
    """Put a draft into the row, its evidence and its results."""
    records.write(update, {name: getattr(draft, name) for name in SCALARS})
    update.evidence = [Evidence(position=position, **vars(row)) for position, row in enumerate(draft.evidence)]
    update.results = [TestResult(test_id=test_id, result=result) for test_id, result in draft.results]
