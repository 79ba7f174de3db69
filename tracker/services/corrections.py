"""What a correction says when the corrected entry should not have changed anything."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Update
from tracker.queries.stories import find_story
from tracker.rules.story import Entry, grounds_of, state_of
from tracker.rules.updates import MOST_EVIDENCE, UpdateDraft, UpdateKind
from tracker.services.drafts import draft_of

LAST = 2**62


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
    results = tuple(
        (number, state.results[number][0] if number in state.results else tests[number]) for number in judged
    )
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
