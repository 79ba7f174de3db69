"""What speaks against an entry joining an ask's story, beyond the shape of the entry itself."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from tracker.models import Ask, SuccessTest, Update
from tracker.queries.stories import Story, standing_of
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.standing import check_change, check_tests_fit
from tracker.rules.story import Entry, State, state_of
from tracker.rules.updates import UpdateDraft


def check_story(story: Story, entry: Entry, draft: UpdateDraft) -> list[Problem]:
    """Hold the entry against the story that it joins, on the day on which it happened."""
    entries = story.entries
    state = state_of([*entries, entry], draft.happened_on)
    problems = []
    corrected = next((old for old in entries if old.id == draft.corrects_id), None)
    if corrected and corrected.status and not draft.status:
        sentence = "The entry that this corrects set a status. Say which is right; it may be the same."
        problems.append(Problem(sentence, "status"))
    if draft.status:
        standing = replace(standing_of(story, state, draft.happened_on), superseded_by=draft.superseded_by_id)
        problems += check_change(
            draft.status, standing, {evidence.type for evidence in draft.evidence if evidence.type}
        )
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


def check_references(session: Session, ask: Ask, tests: Sequence[SuccessTest], draft: UpdateDraft) -> list[Problem]:
    """The tests and the corrected entry belong to this ask; the superseding ask is another, public one."""
    problems = []
    known = {test.id for test in tests}
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
