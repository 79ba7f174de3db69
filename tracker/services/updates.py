"""The one door for statuses, test results and the public story.

An update is written as a draft, which its author may send to the editors, and becomes history when it is published.
One that waits for approval is a draft with `submitted_at`, one that was sent back a draft with `sent_back_note`.
"""

from dataclasses import replace

import sqlalchemy as sa

from tracker.models import Ask, Update
from tracker.queries.people import find_refusals
from tracker.queries.stories import Story, entry_of, find_story, standing_of
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, Problem, RuleBroken, refuse
from tracker.rules.method import VERSION
from tracker.rules.people import Action
from tracker.rules.standing import check_change, check_tests_fit
from tracker.rules.story import Entry, State, check_changes, check_order, state_of
from tracker.rules.text import SENTENCE_LENGTH
from tracker.rules.updates import UpdateDraft, UpdateKind, check_publishable
from tracker.services import derived, drafts, findings, records
from tracker.services.change import Change
from tracker.services.events import record


def publish(change: Change, ask: Ask, update: Update, seen_entries: int | None = None) -> None:
    """Make a draft part of the public history and bring the ask to what the story now says.

    `seen_entries` is how many published updates of the ask the person saw: Conflict when there are more.
    """
    change.require(Action.PUBLISH)
    if update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("This entry is not a draft any more.")])
    refusals = find_refusals(change.session, change.actor.id, [update], change.at) if change.four_eyes else {}
    if refusals:
        sentence = "Somebody else must publish this change of status. Send it for approval."
        raise RuleBroken([Problem(refusals[update.id] if update.submitted_at else sentence)])
    story = find_story(change.session, ask.id)
    check_ready(change, update, story, seen_entries)
    before = records.logged(update)
    _take_in(update, change)
    records.save(change, update, "published", before, is_public=ask.publication.is_public)
    findings.tell_by(change, update)
    story.entries.append(entry_of(update))
    derived.settle(ask, story)
    if update.status or update.corrects_id:
        derived.write_spans(change.session, ask, story.entries)
    derived.write_words(change.session, [ask.id])


def foresee(change: Change, whole: Ask, update: Update) -> None:
    """Make of an ask that is no row, but was read with its story, what publishing the draft would make of it.

    Writes nothing; raises what speaks against it. Needs the draft's evidence and results loaded.
    """
    change.require(Action.PUBLISH)
    check_ready(change, update, find_story(change.session, whole.id))
    _take_in(next(entry for entry in whole.updates if entry.id == update.id), change)
    entries = [entry_of(entry) for entry in whole.updates if entry.publication is Publication.PUBLISHED]
    derived.settle(whole, Story(entries, [test for test in whole.tests if not test.is_archived]))


def check_ready(change: Change, update: Update, story: Story, seen_entries: int | None = None) -> None:
    """Raise what speaks against publishing an entry now."""
    if seen_entries is not None and seen_entries != len(story.entries):
        raise Conflict
    draft = drafts.draft_of(update)
    problems = check_publishable(draft, change.today) + check_story(story, entry_of(update), draft)
    refuse(problems + _check_circle(change, update))


def _check_circle(change: Change, update: Update) -> list[Problem]:
    """Refuse an ask that is replaced by another which, through whatever others, it replaces itself."""
    replacing, seen = update.superseded_by_id, set[int]()
    while replacing and replacing not in seen:
        if replacing == update.ask_id:
            sentence = "That ask is replaced by this one already. Only one of the two can replace the other."
            return [Problem(sentence, "superseded_by_id")]
        seen.add(replacing)
        replacing = change.session.scalar(sa.select(Ask.superseded_by_id).where(Ask.id == replacing))
    return []


def check_story(story: Story, entry: Entry, draft: UpdateDraft) -> list[Problem]:
    """Hold the entry against the story that it joins, on the day on which it happened."""
    entries = story.entries
    state = state_of([*entries, entry], draft.happened_on)
    problems = []
    corrected = next((old for old in entries if old.id == draft.corrects_id), None)
    if corrected and corrected.status and not draft.status:
        sentence = "The entry that this corrects set a status. Say which is right; it may be the same."
        problems.append(Problem(sentence, "status"))
    if draft.kind is UpdateKind.STATUS:
        problems += check_changes(entries, entry)
    problems += check_order(entries, entry)
    if draft.status:
        standing = replace(standing_of(story, state, draft.happened_on), superseded_by=draft.superseded_by_id)
        problems += check_change(draft.status, standing, {evidence.type for evidence in draft.opened if evidence.type})
    if draft.results or (corrected and corrected.results):
        for then in (state, state_of([*entries, entry])):
            if then.status_entry != entry:
                problems += _misfits(story, then, draft.happened_on)
    return list(dict.fromkeys(problems))


def _misfits(story: Story, state: State, on: PartialDate) -> list[Problem]:
    """Say why new test results contradict the status, which this entry does not change."""
    if not state.status:
        return []
    return [
        Problem(f"“{state.status.label}” would no longer fit. {problem.message}", "results")
        for problem in check_tests_fit(state.status, standing_of(story, state, on))
    ]


def post(change: Change, ask: Ask, draft: UpdateDraft, seen_entries: int | None = None, key: str = "") -> Update:
    """Write an entry and publish it at once; without a key it gets one by its date."""
    update = drafts.save(change, ask, draft, key)
    publish(change, ask, update, seen_entries)
    return update


def post_redefinition(change: Change, ask: Ask, text: str, reason: str) -> None:
    """Tell the public that an ask or its tests were reworded, and why."""
    change.require(Action.PUBLISH)
    problems = [] if reason else [Problem("Say why the wording changes; the public will read it.", "change_reason")]
    refuse(problems + checks.at_most(reason, SENTENCE_LENGTH, "change_reason"))
    today = PartialDate(change.today.isoformat())
    post(change, ask, UpdateDraft(UpdateKind.REDEFINITION, today, f"{text} Why: {reason}"))


def submit(change: Change, ask: Ask, update: Update) -> None:
    """Send a draft to the editors; the rules must accept it as it stands. Needs its evidence and results loaded."""
    change.require(Action.DRAFT)
    if update.submitted_at and update.author_id == change.actor.id and update.publication is Publication.DRAFT:
        return  # the button was pressed twice
    drafts.require_own(update, change.actor)
    check_ready(change, update, find_story(change.session, ask.id))
    records.put(change, update, "submitted", {"submitted_at": change.at, "sent_back_note": ""})


def withdraw(change: Change, update: Update, seen_version: int) -> None:
    """Take back what waits for approval, to change it or to put it aside."""
    change.require(Action.DRAFT, update, seen_version)
    _require_waiting(update)
    if update.author_id != change.actor.id:
        raise NotAllowed("Only its author can withdraw an entry. Editors send it back.")
    records.put(change, update, "withdrew", {"submitted_at": None})


def send_back(change: Change, update: Update, note: str, seen_version: int) -> None:
    """Give it back to its author, with a note on what should be mended."""
    change.require(Action.PUBLISH, update, seen_version)
    _require_waiting(update)
    refuse(
        checks.required(note, "note", "a note on what should be mended") + checks.at_most(note, SENTENCE_LENGTH, "note")
    )
    records.put(change, update, "sent back", {"submitted_at": None, "sent_back_note": note}, reason=note)


def approve(change: Change, ask: Ask, update: Update, seen_version: int, seen_entries: int | None = None) -> None:
    """Publish what waits for approval; with four eyes nobody approves a change of status of their own."""
    change.require(Action.PUBLISH, update, seen_version)
    _require_waiting(update)
    record(change, "approved", records.subject_of(update))
    publish(change, ask, update, seen_entries)


def _take_in(update: Update, change: Change) -> None:
    """Make the entry part of the history."""
    update.publication = Publication.PUBLISHED
    update.published_at = change.at
    update.method_version = VERSION if update.status or update.results else ""


def _require_waiting(update: Update) -> None:
    if update.submitted_at is None or update.publication is not Publication.DRAFT:
        raise RuleBroken([Problem("This does not wait for approval.")])
