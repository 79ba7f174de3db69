"""Success tests: added, reworded, taken out and brought back, in public where the ask is public."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.factories import criterion_draft, make_ask, make_test, make_update
from tests.transactions import refused
from tracker.models import Ask, Update
from tracker.queries.stories import list_tests
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import replay, tests
from tracker.services.change import Change

MARCH = PartialDate("2020-03")


def told(change: Change, ask: Ask) -> list[str]:
    """The redefinitions in the ask's story."""
    statement = sa.select(Update.text).where(Update.ask_id == ask.id, Update.kind == UpdateKind.REDEFINITION)
    return list(change.session.scalars(statement.order_by(Update.id)))


def test_a_test_has_a_key_of_its_own_in_its_ask_and_says_what_was_so_before(ed: Change) -> None:
    ask = make_ask(ed)
    first = make_test(ed, ask)
    assert first.result is Result.UNKNOWN
    assert make_test(ed, ask, key="second", before=Result.NOT_MET).result is Result.NOT_MET
    assert make_test(ed, make_ask(ed, slug="other")).key == first.key
    for draft, field in ((criterion_draft(), "key"), (criterion_draft(key="other", label=""), "label")):
        with refused(field):
            tests.add_tests(ed, ask, [draft])
    assert told(ed, ask) == []


def test_on_a_published_ask_each_change_of_a_test_needs_a_reason_and_is_told_with_it(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    test = make_test(ed, ask, reason="It was forgotten.")
    seen = criterion_draft(reviewed_on=MARCH)
    assert tests.edit_test(ed, ask, test, seen, seen_version=1)  # no other words, so it stays out of the story
    assert not tests.edit_test(ed, ask, test, seen, seen_version=2)
    with pytest.raises(Conflict):
        tests.edit_test(ed, ask, test, criterion_draft(label="Third words"), seen_version=1)
    with pytest.raises(Conflict):
        tests.archive_test(ed, ask, test, 1, "It doubled another.")
    reworded = criterion_draft(label="The tax is in force", reviewed_on=MARCH)
    refusals: list[Callable[[], object]] = [
        lambda: make_test(ed, ask, key="other", reason=""),
        lambda: tests.edit_test(ed, ask, test, reworded, seen_version=None),
        lambda: tests.archive_test(ed, ask, test, None, ""),
        lambda: tests.restore_test(ed, ask, test, None, ""),
    ]
    for refuse in refusals:
        with refused("change_reason"), ed.session.begin_nested():
            refuse()
    tests.edit_test(ed, ask, test, reworded, seen_version=2, reason="It was vague.")
    tests.archive_test(ed, ask, test, 3, "It doubled another.")
    tests.restore_test(ed, ask, test, 4, "It did not.")
    assert told(ed, ask) == [
        "A test was added: “The tax is law”. Why: It was forgotten.",
        "The test “The tax is law” now reads “The tax is in force”. Why: It was vague.",
        "A test was taken out: “The tax is in force”. Why: It doubled another.",
        "A test was brought back: “The tax is in force”. Why: It did not.",
    ]


def test_the_result_before_the_story_counts_until_the_story_says_otherwise(ed: Change) -> None:
    ask = make_ask(ed)
    test = make_test(ed, ask)
    tests.edit_test(ed, ask, test, criterion_draft(before=Result.NOT_MET), seen_version=None)
    assert (test.result, test.result_on) == (Result.NOT_MET, None)
    make_update(ed, ask, kind=UpdateKind.TEST, results=((test.id, Result.MET),))
    tests.edit_test(ed, ask, test, criterion_draft(before=Result.UNKNOWN), seen_version=None)
    assert (test.result, test.result_on) == (Result.MET, PartialDate("2020-03-04"))


def test_an_archived_test_is_out_of_the_judgement_and_comes_back_with_what_the_story_says(ed: Change) -> None:
    ask = make_ask(ed)
    kept, taken_out = make_test(ed, ask), make_test(ed, ask, key="second", label="The tax is paid")
    met = ((kept.id, Result.MET), (taken_out.id, Result.NOT_MET))
    make_update(ed, ask, status=Status.PARTLY_MET, results=met)
    tests.archive_test(ed, ask, taken_out, None, "It doubled another.")
    assert list_tests(ed.session, ask.id) == [kept]
    assert replay.find_differences(ed.session) == []
    with refused("results"):
        make_update(ed, ask, kind=UpdateKind.TEST, results=((taken_out.id, Result.MET),))
    make_update(ed, ask, status=Status.MET, happened_on=PartialDate("2020-05"))  # the test left is met

    tests.restore_test(ed, ask, taken_out, None, "It did not.")
    assert taken_out.result is Result.NOT_MET
    with pytest.raises(RuleBroken):
        make_update(ed, ask, status=Status.MET, happened_on=PartialDate("2020-06"))
