"""The one door for statuses, test results and the public story.

An update is written as a draft and becomes history when it is published. Nothing else in the code
assigns an ask's status or a test's result.
"""

from dataclasses import fields, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Ask, Evidence, TestResult, Update
from tracker.queries.stories import entry_of, list_entries, list_tests, standing_of
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, Problem, RuleBroken, refuse
from tracker.rules.permissions import Action, Actor
from tracker.rules.standing import check_change, check_tests_fit
from tracker.rules.story import Entry, State, state_of
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.updates import EvidenceDraft, UpdateDraft, UpdateKind, check_draft, check_publishable
from tracker.services import listing, records
from tracker.services.change import Change
from tracker.services.events import record

EVIDENCE_FIELDS = tuple(field.name for field in fields(EvidenceDraft))
SCALARS = tuple(field.name for field in fields(UpdateDraft) if field.name not in {"evidence", "results"})


def save_draft(change: Change, ask: Ask, draft: UpdateDraft, key: str = "") -> Update:
    """Write an entry that only staff see."""
    change.require(Action.DRAFT)
    refuse(check_draft(draft) + _check_references(change.session, ask, draft))
    if not key and (same := _same_draft(change, ask, draft)):
        return same
    update = Update(
        ask_id=ask.id,
        key=key or _free_key(change.session, ask, draft.happened_on),
        publication=Publication.DRAFT,
        author_id=change.actor.id,
        recorded_at=change.at,
        version=1,
    )
    _write(update, draft)
    change.session.add(update)
    change.session.flush()  # the log names the new row's id
    record(change, "drafted", records.subject_of(update), after=_values(draft))
    return update


def edit_draft(change: Change, ask: Ask, update: Update, draft: UpdateDraft, seen_version: int) -> None:
    """Rewrite an entry that is not yet published; needs its evidence and results loaded."""
    require_own_draft(update, change.actor)
    records.check_version(update, seen_version)
    refuse(check_draft(draft) + _check_references(change.session, ask, draft))
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
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("This entry is not a draft any more.")])
    if change.four_eyes and update.status and change.actor.id in {update.author_id, update.edited_by_id}:
        raise RuleBroken([Problem("Somebody else must publish this change of status. Keep it as a draft for them.")])
    entries = list_entries(change.session, ask.id)
    if seen_entries is not None and seen_entries != len(entries):
        raise Conflict
    draft = draft_of(update)
    refuse(check_publishable(draft, change.today) + _check_story(change.session, ask, update, draft, entries))
    update.publication = Publication.PUBLISHED
    update.published_at = change.at
    is_public = ask.publication.is_public
    record(change, "published", records.subject_of(update), after=_values(draft), is_public=is_public)
    if is_public:
        listing.mark_entry(change.session, ask.id, update.kind)
    if draft.kind is UpdateKind.REVIEW and (ask.reviewed_on is None or ask.reviewed_on < draft.happened_on):
        ask.reviewed_on = draft.happened_on
    change.session.flush()  # the story is read again, with this entry in it
    settle(change.session, ask)


def post(change: Change, ask: Ask, draft: UpdateDraft, seen_entries: int | None = None, key: str = "") -> Update:
    """Write an entry and publish it at once."""
    update = save_draft(change, ask, draft, key)
    publish(change, ask, update, seen_entries)
    return update


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
    records.move(change, update, "put aside", Publication.PUT_ASIDE, seen_version)


def restore_draft(change: Change, update: Update, seen_version: int) -> None:
    """Take up again a draft that was put aside."""
    change.require(Action.DRAFT)
    _require_author(update, change.actor)
    if update.publication is not Publication.PUT_ASIDE:
        raise RuleBroken([Problem("This draft was not put aside.")])
    records.move(change, update, "restored", Publication.DRAFT, seen_version)


def require_own_draft(update: Update, actor: Actor) -> None:
    """Raise unless it is a draft, and the actor wrote it or may publish."""
    actor.require(Action.DRAFT)
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("History is not edited. Post a correction instead.")])
    _require_author(update, actor)


def _require_author(update: Update, actor: Actor) -> None:
    if update.author_id != actor.id and not actor.may(Action.PUBLISH):
        raise NotAllowed("This draft is somebody else's. An editor can change or publish it.")


def draft_of(update: Update) -> UpdateDraft:
    """The typed form of an update; needs its evidence and results loaded."""
    values = {name: getattr(update, name) for name in SCALARS}
    evidence = tuple(EvidenceDraft(**{name: getattr(row, name) for name in EVIDENCE_FIELDS}) for row in update.evidence)
    results = tuple((result.test_id, result.result) for result in update.results)
    return UpdateDraft(**values, evidence=evidence, results=results)


def settle(session: Session, ask: Ask) -> None:
    """Bring the ask's status and its tests' results to what its published story says."""
    state = state_of(list_entries(session, ask.id))
    entry = state.status_entry
    ask.status = entry.status if entry else None
    ask.status_on = entry.happened_on if entry else None
    ask.status_reason = entry.reason if entry else ""
    ask.superseded_by_id = entry.superseded_by_id if entry else None
    for test in list_tests(session, ask.id):
        test.result, test.result_on = state.results.get(test.id, (test.before, None))


def _same_draft(change: Change, ask: Ask, draft: UpdateDraft) -> Update | None:
    """A draft of the same person that says the same, as when a button was pressed twice."""
    statement = sa.select(Update).where(Update.ask_id == ask.id, Update.publication == Publication.DRAFT)
    own = statement.where(Update.author_id == change.actor.id, Update.text == draft.text)
    loaded = own.options(selectinload(Update.evidence), selectinload(Update.results))
    return next((update for update in change.session.scalars(loaded) if draft_of(update) == draft), None)


def _check_story(session: Session, ask: Ask, update: Update, draft: UpdateDraft, entries: list[Entry]) -> list[Problem]:
    """Hold the entry against the story that it joins, on the day on which it happened."""
    entry = entry_of(update)
    state = state_of([*entries, entry], draft.happened_on)
    problems = []
    corrected = next((old for old in entries if old.id == draft.corrects_id), None)
    if corrected and corrected.status and not draft.status:
        sentence = "The entry that this corrects set a status. Say which is right; it may be the same."
        problems.append(Problem(sentence, "status"))
    if draft.status:
        standing = replace(standing_of(session, ask, state, draft.happened_on), superseded_by=draft.superseded_by_id)
        problems += check_change(
            draft.status, standing, {evidence.type for evidence in draft.evidence if evidence.type}
        )
    if draft.results or (corrected and corrected.results):
        for then in (state, state_of([*entries, entry])):
            if then.status_entry != entry:
                problems += _misfits(session, ask, then, draft.happened_on)
    return list(dict.fromkeys(problems))


def _misfits(session: Session, ask: Ask, state: State, on: PartialDate) -> list[Problem]:
    """Say why new test results contradict the status, which this entry does not change."""
    if not state.status:
        return []
    return [
        Problem(f"“{state.status.label}” would no longer fit. {problem.message}", "results")
        for problem in check_tests_fit(state.status, standing_of(session, ask, state, on))
    ]


def _check_references(session: Session, ask: Ask, draft: UpdateDraft) -> list[Problem]:
    """The tests and the corrected entry belong to this ask; the superseding ask is another, public one."""
    problems = []
    known = {test.id for test in list_tests(session, ask.id)}
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


def _free_key(session: Session, ask: Ask, happened_on: PartialDate) -> str:
    """The date, or the date and the next free number; it is the entry's anchor on the page for good."""
    taken = set(session.scalars(sa.select(Update.key).where(Update.ask_id == ask.id)))
    number = 1
    while (key := happened_on.text if number == 1 else f"{happened_on}-{number}") in taken:
        number += 1
    return key
