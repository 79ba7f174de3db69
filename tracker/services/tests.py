"""Success tests: add, reword, archive, restore. On a published ask each is a public redefinition."""

from collections.abc import Sequence
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, SuccessTest
from tracker.queries.stories import find_story
from tracker.rules import checks
from tracker.rules.asks import REDEFINING_FIELDS, TestDraft, check_labels, check_test, drafts_in_words
from tracker.rules.errors import Problem, refuse
from tracker.services import derived, records
from tracker.services.change import Change, check_version
from tracker.services.updates import post_redefinition

TOLD_LENGTH = 500


def add_tests(change: Change, ask: Ask, added: Sequence[TestDraft], reason: str = "") -> list[SuccessTest]:
    """Add tests to an ask, which its story tells in one entry."""
    records.require_own_part(change, ask)
    problems = [problem for draft in added for problem in _check(change, draft)]
    refuse(problems + [problem for draft in added for problem in _key_taken(change.session, ask, draft.key)])
    made = [(draft, SuccessTest(ask_id=ask.id, version=1, is_archived=False, result=draft.before)) for draft in added]
    rows = [records.create(change, row, draft, reason) for draft, row in made]
    if ask.publication.is_public:
        post_redefinition(change, ask, _tell_added([draft.label for draft in added]), reason)
    return rows


def add_in_words(change: Change, ask: Ask, labels: Sequence[str], reason: str = "") -> list[SuccessTest]:
    """Add tests of which only the words are given; their keys are made of these."""
    there = sa.select(SuccessTest.key, SuccessTest.label).where(SuccessTest.ask_id == ask.id)
    known = {row.key: row.label for row in change.session.execute(there)}
    refuse(check_labels(labels, known.values()))
    return add_tests(change, ask, drafts_in_words(labels, known), reason)


def _tell_added(labels: Sequence[str]) -> str:
    """Say which tests were added; of many the first, as an entry has no room for more."""
    number = len(labels)
    if number == 1:
        return f"A test was added: “{labels[0]}”."
    told = [label for label in accumulate(f" “{label}”;" for label in labels) if len(label) <= TOLD_LENGTH]
    more = f", and {number - len(told)} more" if len(told) < number else ""
    return f"{number} tests were added:{told[-1].rstrip(';')}{more}."


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
    records.require_own_part(change, ask)
    check_version(test, seen_version)
    refuse(_check(change, draft) + (_key_taken(change.session, ask, draft.key) if draft.key != test.key else []))
    is_public = ask.publication.is_public
    before = records.edit(change, test, draft, is_public=is_public, reason=reason)
    if is_public and REDEFINING_FIELDS & before.keys():
        was = f"“{before.get('label', test.label)}”"
        _tell(change, ask, f"The test {was} now reads “{test.label}”.", reason)
    elif "before" in before:
        derived.settle(ask, find_story(change.session, ask.id))
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
    records.require_own_part(change, ask)
    check_version(test, seen_version)
    action, turned = "restored" if test.is_archived else "archived", {"is_archived": not test.is_archived}
    records.put(change, test, action, turned, reason=reason, is_public=ask.publication.is_public)


def _tell(change: Change, ask: Ask, text: str, reason: str) -> None:
    """Post a redefinition if the ask is public, and judge the ask anew."""
    if ask.publication.is_public:
        post_redefinition(change, ask, text, reason)
    derived.settle(ask, find_story(change.session, ask.id))


def _check(change: Change, draft: TestDraft) -> list[Problem]:
    """Check a test; nobody looked at it on a day to come."""
    return check_test(draft) + checks.not_future(draft.reviewed_on, change.today, "reviewed_on")


def _key_taken(session: Session, ask: Ask, key: str) -> list[Problem]:
    taken = session.scalar(sa.select(SuccessTest.id).where(SuccessTest.ask_id == ask.id, SuccessTest.key == key))
    return [Problem("Another test of this ask has this short name.", "key")] if taken else []
