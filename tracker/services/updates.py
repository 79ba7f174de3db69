"""The one door for statuses, test results and the public story.

An update is written as a draft and becomes history when it is published. Nothing else in the code
assigns an ask's status or a test's result.
"""

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.models import Ask, Evidence, TestResult, Update
from tracker.queries.stories import Story, entry_of, find_free_key, find_stories, find_story, list_tests
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, Problem, RuleBroken, refuse
from tracker.rules.permissions import Action, Actor
from tracker.rules.story import state_of
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.updates import EvidenceDraft, UpdateDraft, UpdateKind, check_draft, check_publishable
from tracker.services import listing, records
from tracker.services.change import Change
from tracker.services.events import record
from tracker.services.joining import check_references, check_story

EVIDENCE_FIELDS = tuple(field.name for field in fields(EvidenceDraft))
SCALARS = tuple(field.name for field in fields(UpdateDraft) if field.name not in {"evidence", "results"})


def save_draft(change: Change, ask: Ask, draft: UpdateDraft, key: str = "") -> Update:
    """Write an entry that only staff see."""
    change.require(Action.DRAFT)
    refuse(check_draft(draft) + check_references(change.session, ask, list_tests(change.session, ask.id), draft))
    if not key and (same := _same_draft(change, ask, draft)):
        return same
    update = _add_draft(change, ask, draft, key or find_free_key(change.session, ask.id, draft.happened_on))
    change.session.flush()  # the log names the new row's id
    _log_draft(change, update, draft)
    return update


def edit_draft(change: Change, ask: Ask, update: Update, draft: UpdateDraft, seen_version: int) -> None:
    """Rewrite an entry that is not yet published; needs its evidence and results loaded."""
    require_own_draft(update, change.actor)
    records.check_version(update, seen_version)
    refuse(check_draft(draft) + check_references(change.session, ask, list_tests(change.session, ask.id), draft))
    before = _values(draft_of(update))
    if before == _values(draft):
        return
    update.evidence.clear()
    update.results.clear()
    change.session.flush()  # the old evidence makes room for the new at the same positions
    _write(update, draft)
    update.version += 1
    update.edited_by_id = change.actor.id
    record(change, "edited", records.subject_of(update), before=before, after=_values(draft))


def publish(change: Change, ask: Ask, update: Update, seen_entries: int | None = None) -> None:
    """Make a draft part of the public history and bring the ask to what the story now says.

    `seen_entries` is how many published updates of the ask the person saw: Conflict when there are more.
    """
    change.require(Action.PUBLISH)
    _publish(change, ask, update, find_story(change.session, ask.id), seen_entries)


def foresee(change: Change, whole: Ask, update: Update) -> None:
    """Make of an ask that is no row, but was read with its story, what publishing the draft would make of it.

    Writes nothing; raises what speaks against it. Needs the draft's evidence and results loaded.
    """
    change.require(Action.PUBLISH)
    check_ready(change, update, find_story(change.session, whole.id))
    _take_in(whole, next(entry for entry in whole.updates if entry.id == update.id), change)
    entries = [entry_of(entry) for entry in whole.updates if entry.publication is Publication.PUBLISHED]
    settle(whole, Story(entries, [test for test in whole.tests if not test.is_archived]))


def check_ready(change: Change, update: Update, story: Story, seen_entries: int | None = None) -> UpdateDraft:
    """Answer the entry as typed; raise what speaks against publishing it now."""
    if seen_entries is not None and seen_entries != len(story.entries):
        raise Conflict
    draft = draft_of(update)
    refuse(check_publishable(draft, change.today) + check_story(story, entry_of(update), draft))
    return draft


def is_own_judgement(update: Update, actor: Actor) -> bool:
    """Whether it changes the status, and the actor had a hand in it."""
    return update.status is not None and actor.id in {update.author_id, update.edited_by_id}


def post(change: Change, ask: Ask, draft: UpdateDraft, seen_entries: int | None = None, key: str = "") -> Update:
    """Write an entry and publish it at once."""
    update = save_draft(change, ask, draft, key)
    publish(change, ask, update, seen_entries)
    return update


def post_many(change: Change, new: Sequence[tuple[Ask, UpdateDraft, str]]) -> dict[int, list[Problem]]:
    """Post entries under their keys, in a few statements; answer what the rules refuse, by the place of the entry.

    None of them may correct another of them. What is refused stays a draft, so undo everything then.
    """
    change.require(Action.PUBLISH)
    stories = find_stories(change.session, {ask.id for ask, _, _ in new})
    refused: dict[int, list[Problem]] = {}
    drafted: dict[int, Update] = {}
    for place, (ask, draft, key) in enumerate(new):
        try:
            refuse(check_draft(draft) + check_references(change.session, ask, stories[ask.id].tests, draft))
            drafted[place] = _add_draft(change, ask, draft, key)
        except RuleBroken as broken:
            refused[place] = list(broken.problems)
    change.session.flush()  # the log names the new rows' ids
    for place, update in drafted.items():
        ask, draft, _ = new[place]
        _log_draft(change, update, draft)
        try:
            _publish(change, ask, update, stories[ask.id])
        except RuleBroken as broken:
            refused[place] = list(broken.problems)
    return refused


def post_redefinition(change: Change, ask: Ask, text: str, reason: str) -> None:
    """Tell the public that an ask or a test was reworded, and why."""
    if not reason:
        raise RuleBroken([Problem("Say why the wording changes; the public will read it.", "change_reason")])
    refuse(checks.at_most(reason, SENTENCE_LENGTH, "change_reason"))
    happened_on = PartialDate(change.today.isoformat())
    draft = UpdateDraft(UpdateKind.REDEFINITION, happened_on, f"{text} Why: {reason}")
    post(change, ask, draft)


def discard_draft(change: Change, update: Update, seen_version: int) -> None:
    """Put a draft aside; it stays in the log."""
    require_own_draft(update, change.actor)
    if update.submitted_at:
        raise RuleBroken([Problem("This waits for approval. Withdraw it or send it back first.")])
    records.move(change, update, "put aside", Publication.PUT_ASIDE, seen_version)


def restore_draft(change: Change, update: Update, seen_version: int) -> None:
    """Take up again a draft that was put aside."""
    change.require(Action.DRAFT)
    _require_author(update, change.actor)
    if update.publication is not Publication.PUT_ASIDE:
        raise RuleBroken([Problem("This draft was not put aside.")])
    records.move(change, update, "restored", Publication.DRAFT, seen_version)


def require_own_draft(update: Update, actor: Actor) -> None:
    """Raise unless it is a draft, and the actor wrote it or may publish; what waits for approval is left alone."""
    actor.require(Action.DRAFT)
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("History is not edited. Post a correction instead.")])
    _require_author(update, actor)
    if update.submitted_at and not actor.may(Action.PUBLISH):
        raise RuleBroken([Problem("This waits for approval. Withdraw it first; then you can change it.")])


def _require_author(update: Update, actor: Actor) -> None:
    if update.author_id != actor.id and not actor.may(Action.PUBLISH):
        raise NotAllowed("This draft is somebody else's. An editor can change or publish it.")


def draft_of(update: Update) -> UpdateDraft:
    """The typed form of an update; needs its evidence and results loaded."""
    values = {name: getattr(update, name) for name in SCALARS}
    evidence = tuple(EvidenceDraft(**{name: getattr(row, name) for name in EVIDENCE_FIELDS}) for row in update.evidence)
    results = tuple((result.test_id, result.result) for result in update.results)
    return UpdateDraft(**values, evidence=evidence, results=results)


def settle(ask: Ask, story: Story) -> None:
    """Bring the ask's status and its tests' results to what its published story says."""
    state = state_of(story.entries)
    entry = state.status_entry
    ask.status = entry.status if entry else None
    ask.status_on = entry.happened_on if entry else None
    ask.status_reason = entry.reason if entry else ""
    ask.superseded_by_id = entry.superseded_by_id if entry else None
    for test in story.tests:
        test.result, test.result_on = state.results.get(test.id, (test.before, None))


def _add_draft(change: Change, ask: Ask, draft: UpdateDraft, key: str) -> Update:
    update = Update(ask_id=ask.id, key=key, publication=Publication.DRAFT, author_id=change.actor.id, version=1)
    update.recorded_at = change.at
    _write(update, draft)
    change.session.add(update)
    return update


def _log_draft(change: Change, update: Update, draft: UpdateDraft) -> None:
    record(change, "drafted", records.subject_of(update), after={"key": update.key} | _values(draft))


def _publish(change: Change, ask: Ask, update: Update, story: Story, seen_entries: int | None = None) -> None:
    """Publish, and add the entry to the story."""
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("This entry is not a draft any more.")])
    if change.four_eyes and is_own_judgement(update, change.actor):
        raise RuleBroken([Problem("Somebody else must publish this change of status. Send it for approval.")])
    draft = check_ready(change, update, story, seen_entries)
    _take_in(ask, update, change)
    update.version += 1
    is_public = ask.publication.is_public
    record(change, "published", records.subject_of(update), after=_values(draft), is_public=is_public)
    if is_public:
        listing.mark_entry(change.session, ask.id, update.kind)
    story.entries.append(entry_of(update))
    settle(ask, story)


def _take_in(ask: Ask, update: Update, change: Change) -> None:
    """Make the entry part of the history."""
    update.publication = Publication.PUBLISHED
    update.published_at = change.at
    if update.kind is UpdateKind.REVIEW and (ask.reviewed_on is None or ask.reviewed_on < update.happened_on):
        ask.reviewed_on = update.happened_on


def _same_draft(change: Change, ask: Ask, draft: UpdateDraft) -> Update | None:
    """A draft of the same person that says the same, as when a button was pressed twice."""
    statement = sa.select(Update).where(Update.ask_id == ask.id, Update.publication == Publication.DRAFT)
    own = statement.where(Update.author_id == change.actor.id, Update.text == draft.text)
    loaded = own.options(selectinload(Update.evidence), selectinload(Update.results))
    return next((update for update in change.session.scalars(loaded) if draft_of(update) == draft), None)


def _write(update: Update, draft: UpdateDraft) -> None:
    """Put a draft into the row, its evidence and its results."""
    records.write(update, {name: getattr(draft, name) for name in SCALARS})
    update.evidence = [
        Evidence(position=position, **{name: getattr(row, name) for name in EVIDENCE_FIELDS})
        for position, row in enumerate(draft.evidence)
    ]
    update.results = [TestResult(test_id=test_id, result=result) for test_id, result in draft.results]


def _values(draft: UpdateDraft) -> dict[str, object]:
    """The draft as the log keeps it."""
    values = records.values_of(draft)
    values["evidence"] = [records.values_of(evidence) for evidence in draft.evidence]
    return values
