"""Success tests: add, reword, archive, restore. On a published ask each is a public redefinition."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, SuccessTest
from tracker.queries.stories import find_story
from tracker.rules.asks import REDEFINING_FIELDS, TestDraft, check_test
from tracker.rules.errors import Problem, refuse
from tracker.rules.permissions import Action
from tracker.services import records
from tracker.services.change import Change
from tracker.services.updates import post_redefinition, settle


def add_test(change: Change, ask: Ask, draft: TestDraft, reason: str = "") -> SuccessTest:
    """Add a test to an ask."""
    change.require(Action.EDIT)
    refuse(check_test(draft) + _key_taken(change.session, ask, draft.key))
    test = SuccessTest(ask_id=ask.id, version=1, is_archived=False, result=draft.before)
    records.create(change, test, draft, reason)
    if ask.publication.is_public:
        post_redefinition(change, ask, f"A test was added: “{draft.label}”.", reason)
    return test


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
    refuse(check_test(draft) + (_key_taken(change.session, ask, draft.key) if draft.key != test.key else []))
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
        post_redefinition(change, ask, text, reason)
    settle(ask, find_story(change.session, ask.id))


def _key_taken(session: Session, ask: Ask, key: str) -> list[Problem]:
    taken = session.scalar(sa.select(SuccessTest.id).where(SuccessTest.ask_id == ask.id, SuccessTest.key == key))
    return [Problem("Another test of this ask has this short name.", "key")] if taken else []
