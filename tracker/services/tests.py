"""Success tests: add, reword, archive, restore. On a published ask each is a public redefinition."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, SuccessTest
from tracker.queries.stories import find_story
from tracker.rules.asks import REDEFINING_FIELDS, TestDraft, check_test
from tracker.rules.errors import Problem, refuse
from tracker.rules.permissions import Action
from tracker.services import records
from tracker.services.change import Change
from tracker.services.outcome import Outcome
from tracker.services.updates import post_redefinitions, settle

KEY_TAKEN = Problem("Another test of this ask has this key.", "key")


def add_test(change: Change, ask: Ask, draft: TestDraft, reason: str = "") -> SuccessTest:
    """Add a test to an ask."""
    return add_tests(change, [(ask, draft)], reason).only


def add_tests(change: Change, new: Sequence[tuple[Ask, TestDraft]], reason: str = "") -> Outcome[SuccessTest]:
    """Add tests to asks, in a few statements."""
    change.require(Action.EDIT)
    taken = _find_keys(change.session, {ask.id for ask, _ in new})
    outcome: Outcome[SuccessTest] = Outcome()
    good: list[tuple[SuccessTest, TestDraft]] = []
    told: dict[int, tuple[Ask, str]] = {}
    for place, (ask, draft) in enumerate(new):
        if problems := check_test(draft) + ([KEY_TAKEN] if (ask.id, draft.key) in taken else []):
            outcome.refused[place] = problems
            continue
        taken.add((ask.id, draft.key))
        test = SuccessTest(ask_id=ask.id, version=1, is_archived=False, result=draft.before)
        outcome.done[place] = test
        good.append((test, draft))
        if ask.publication.is_public:
            told[place] = (ask, f"A test was added: “{draft.label}”.")
    records.create_many(change, good, reason)
    outcome.refused |= post_redefinitions(change, told, reason)
    return outcome


def edit_test(
    change: Change,
    ask: Ask,
    test: SuccessTest,
    draft: TestDraft,
    *,
    seen_version: int | None,
    reason: str = "",
) -> bool:
    """Edit a test; answer whether anything changed."""
    change.require(Action.EDIT)
    records.check_version(test, seen_version)
    refuse(check_test(draft))
    if draft.key != test.key and (ask.id, draft.key) in _find_keys(change.session, {ask.id}):
        refuse([KEY_TAKEN])
    is_public = ask.publication.is_public
    before = records.edit(change, test, draft, is_public=is_public, reason=reason)
    if is_public and REDEFINING_FIELDS & before.keys():
        was = f"“{before.get('label', test.label)}”"
        _tell(change, ask, f"The test {was} now reads “{test.label}”.", reason)
    elif "before" in before:
        settle(ask, find_story(change.session, ask.id))
    return bool(before)


def archive_test(change: Change, ask: Ask, test: SuccessTest, seen_version: int | None, reason: str) -> None:
    """Take a test out of the judgement."""
    _set_archived(change, ask, test, seen_version, reason)
    _tell(change, ask, f"A test was taken out: “{test.label}”.", reason)


def restore_test(change: Change, ask: Ask, test: SuccessTest, seen_version: int | None, reason: str) -> None:
    """Bring a test back into the judgement."""
    _set_archived(change, ask, test, seen_version, reason)
    _tell(change, ask, f"A test was brought back: “{test.label}”.", reason)


def _set_archived(change: Change, ask: Ask, test: SuccessTest, seen_version: int | None, reason: str) -> None:
    """Turn the mark over; the version tells whether somebody else did so first."""
    change.require(Action.EDIT)
    records.check_version(test, seen_version)
    before = records.logged(test)
    test.is_archived = not test.is_archived
    action = "archived" if test.is_archived else "restored"
    records.save(change, test, action, before, reason=reason, is_public=ask.publication.is_public)


def _tell(change: Change, ask: Ask, text: str, reason: str) -> None:
    """Post a redefinition if the ask is public, and judge the ask anew."""
    if ask.publication.is_public:
        refuse(post_redefinitions(change, {0: (ask, text)}, reason).get(0, []))
    settle(ask, find_story(change.session, ask.id))


def _find_keys(session: Session, ask_ids: Collection[int]) -> set[tuple[int, str]]:
    """Which tests asks have, by ask and key."""
    tests = sa.select(SuccessTest.ask_id, SuccessTest.key).where(SuccessTest.ask_id.in_(ask_ids))
    return {(ask_id, key) for ask_id, key in session.execute(tests)}
