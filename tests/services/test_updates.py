"""The one door: entries are drafted, published, corrected, and the ask follows its story."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import evidence_draft, make_ask, make_test, make_update, update_draft
from tests.transactions import count_events, problems_of, revision
from tracker.models import Ask
from tracker.queries.stories import find_story
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import drafts, updates
from tracker.services.change import Change

MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN


def on(text: str) -> PartialDate:
    return PartialDate(text)


def standing(ask: Ask) -> tuple[Status | None, str | None, str]:
    return ask.status, ask.status_on.text if ask.status_on else None, ask.status_reason


@pytest.fixture
def ask(ed: Change) -> Ask:
    """A published ask, announced on 1 January 2018."""
    return make_ask(ed, published=True)


# --- drafts ---


def test_a_draft_changes_nothing_that_the_public_sees_and_stays_its_authors(ed: Change, cleo: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    before, seen = standing(ask), revision(ed.session)
    draft = make_update(cleo, ask, published=False, status=Status.REJECTED, results=((test.id, MET),))
    assert (draft.publication, draft.author_id, draft.published_at) == (Publication.DRAFT, cleo.actor.id, None)
    assert (standing(ask), test.result, revision(ed.session)) == (before, UNKNOWN, seen)
    drafts.edit(ed, ask, draft, update_draft(text="Ed's.", status=Status.REJECTED), 1)
    assert (draft.author_id, draft.edited_by_id) == (cleo.actor.id, ed.actor.id)
    with pytest.raises(RuleBroken):  # the second pair of eyes is not Ed's own
        updates.publish(replace(ed, four_eyes=True), ask, draft)
    updates.publish(ed, ask, draft)
    assert (draft.publication, draft.author_id, draft.published_at) == (Publication.PUBLISHED, cleo.actor.id, ed.at)
    assert standing(ask) == (Status.REJECTED, "2020-03-04", "A minister promised it.")


def test_even_a_draft_must_hold_together_and_refers_only_to_its_own_ask(ed: Change, ask: Ask) -> None:
    other = make_ask(ed, published=True, slug="other")
    foreign_test, foreign_entry = make_test(ed, other), make_update(ed, other)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"text": ""}, "text"),
        ({"corrects_id": 999_999}, "corrects_id"),
        ({"corrects_id": foreign_entry.id, "kind": UpdateKind.CORRECTION}, "corrects_id"),
        ({"superseded_by_id": 999_999}, "superseded_by_id"),
        ({"results": ((999_999, MET),)}, "results"),
        ({"results": ((foreign_test.id, MET),)}, "results"),
        ({"evidence": (evidence_draft(url="javascript:alert(1)"),)}, "evidence-0-url"),
    ]
    for changes, field in wrong:
        with pytest.raises(RuleBroken) as broken:
            make_update(ed, ask, published=False, **changes)
        assert problems_of(broken) == {field}
        assert not ed.session.new


def test_the_key_of_an_entry_is_its_date_and_a_number_where_the_date_is_taken(ed: Change, ask: Ask) -> None:
    made = [make_update(ed, ask, published=published, text=f"{published}.") for published in (True, False, True)]
    other = make_update(ed, make_ask(ed, slug="other"))
    assert [update.key for update in [*made, other]] == ["2020-03-04", "2020-03-04-2", "2020-03-04-3", "2020-03-04"]


def test_a_draft_is_rewritten_with_its_evidence_and_results_and_a_stale_edit_is_a_conflict(
    ed: Change, cleo: Change, ask: Ask
) -> None:
    first, second = make_test(ed, ask), make_test(ed, ask, key="second")
    draft = make_update(cleo, ask, published=False, results=((first.id, MET),))
    new = update_draft(
        text="Two ministers spoke.",
        evidence=(evidence_draft(title="Second"), evidence_draft(title="First", quote="B", published_on=on("2020-02"))),
        results=((second.id, NOT_MET),),
    )
    drafts.edit(cleo, ask, draft, new, seen_version=1)
    cleo.session.flush()
    cleo.session.refresh(draft, ["evidence", "results"])
    assert (drafts.draft_of(draft), draft.version, draft.key) == (new, 2, "2020-03-04")
    assert [row.position for row in draft.evidence] == [0, 1]

    events = count_events(cleo.session)
    drafts.edit(cleo, ask, draft, new, seen_version=2)
    with pytest.raises(Conflict):
        drafts.edit(ed, ask, draft, update_draft(text="Theirs."), seen_version=1)
    with pytest.raises(Conflict):
        drafts.discard(ed, draft, seen_version=1)
    assert (draft.text, draft.version) == (new.text, 2)
    assert drafts.save(cleo, ask, new, "") is draft  # sent twice
    assert count_events(cleo.session) == events
    assert make_update(cleo, ask, published=False, text="Another.") is not draft
    assert drafts.save(ed, ask, new, "") is not draft


def test_a_contributor_edits_and_discards_only_drafts_of_their_own_and_publishes_none(
    ed: Change, cleo: Change, ask: Ask
) -> None:
    theirs, own = make_update(ed, ask, published=False), make_update(cleo, ask, published=False)
    refusals: list[Callable[[], object]] = [
        lambda: drafts.edit(cleo, ask, theirs, update_draft(text="Mine."), 1),
        lambda: drafts.discard(cleo, theirs, 1),
        lambda: updates.publish(cleo, ask, own),
    ]
    for refused in refusals:
        with pytest.raises(NotAllowed):
            refused()
    assert own.publication is Publication.DRAFT
    drafts.edit(cleo, ask, own, update_draft(text="Mine."), 1)
    drafts.discard(cleo, own, 2)
    assert (own.text, own.publication) == ("Mine.", Publication.PUT_ASIDE)


def test_a_draft_put_aside_is_taken_up_again_and_history_is_neither_edited_nor_discarded(ed: Change, ask: Ask) -> None:
    draft = make_update(ed, ask, published=False)
    with pytest.raises(RuleBroken):
        drafts.restore(ed, draft, 1)
    drafts.discard(ed, draft, 1)
    with pytest.raises(RuleBroken):
        updates.publish(ed, ask, draft)
    with pytest.raises(Conflict):
        drafts.restore(ed, draft, 1)
    drafts.restore(ed, draft, 2)
    updates.publish(ed, ask, draft)
    assert draft.publication is Publication.PUBLISHED
    refusals: list[Callable[[], object]] = [
        lambda: drafts.edit(ed, ask, draft, update_draft(text="Other words."), draft.version),
        lambda: updates.publish(ed, ask, draft),
        lambda: drafts.discard(ed, draft, draft.version),
    ]
    for refused in refusals:
        with pytest.raises(RuleBroken):
            refused()


# --- publishing ---


def test_what_the_rules_refuse_is_not_published(ed: Change, ask: Ask) -> None:
    before = standing(ask)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"happened_on": on("2026-11-23")}, "happened_on"),
        ({"evidence": ()}, "evidence"),
        ({"status": Status.MET}, "status"),
        ({"status": Status.SUPERSEDED}, "superseded_by_id"),
    ]
    for changes, field in wrong:
        draft = make_update(ed, ask, published=False, **changes)
        with pytest.raises(RuleBroken) as broken:
            updates.publish(ed, ask, draft)
        assert field in problems_of(broken)
        assert (draft.publication, standing(ask)) == (Publication.DRAFT, before)


def test_an_entry_on_a_story_that_has_grown_meanwhile_is_a_conflict_and_writes_nothing(ed: Change, ask: Ask) -> None:
    seen = len(find_story(ed.session, ask.id).entries)
    make_update(ed, ask, status=Status.REJECTED)
    make_update(ed, ask, published=False, text="A draft makes no conflict.")
    before = (standing(ask), count_events(ed.session), revision(ed.session))
    with pytest.raises(Conflict), ed.session.begin_nested():
        updates.post(ed, ask, update_draft(status=Status.ANNOUNCED), seen_entries=seen)
    assert (standing(ask), count_events(ed.session), revision(ed.session)) == before
    updates.post(ed, ask, update_draft(status=Status.ANNOUNCED), seen_entries=seen + 1)
    assert ask.status is Status.ANNOUNCED


# --- superseded ---


def test_a_superseded_ask_names_another_public_ask(ed: Change, ask: Ask) -> None:
    other = make_ask(ed, slug="other")
    for wrong in (other.id, ask.id):
        with pytest.raises(RuleBroken) as broken:
            make_update(ed, ask, published=False, status=Status.SUPERSEDED, superseded_by_id=wrong)
        assert problems_of(broken) == {"superseded_by_id"}
    public = make_ask(ed, slug="public", published=True)
    make_update(ed, ask, status=Status.SUPERSEDED, superseded_by_id=public.id)
    assert (ask.status, ask.superseded_by_id) == (Status.SUPERSEDED, public.id)
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021"))
    assert ask.superseded_by_id is None


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_save_reads_no_story_but_that_of_its_ask(ed: Change, ask: Ask) -> None:
    connection, sent = ed.session.connection(), list[tuple[str, Any]]()
    sa.event.listen(connection, "before_cursor_execute", lambda _c, _k, text, values, *_: sent.append((text, values)))
    make_update(ed, ask, status=Status.REJECTED)
    asked = [(f"EXPLAIN QUERY PLAN {text}", values) for text, values in sent if text.startswith("SELECT")]
    steps = [step[3] for text, values in asked for step in connection.exec_driver_sql(text, values)]
    of_stories = [step for step in steps if "ask_update" in step]
    assert of_stories
    assert not [step for step in of_stories if "(publication=?" in step]


def test_asks_do_not_replace_one_another_in_a_circle(ed: Change, ask: Ask) -> None:
    second, third = (make_ask(ed, slug=slug, published=True) for slug in ("second", "third"))
    waiting = make_update(ed, third, published=False, status=Status.SUPERSEDED, superseded_by_id=ask.id)
    make_update(ed, ask, status=Status.SUPERSEDED, superseded_by_id=second.id)
    make_update(ed, second, status=Status.SUPERSEDED, superseded_by_id=third.id)
    with pytest.raises(RuleBroken) as broken:
        updates.publish(ed, third, waiting)
    assert problems_of(broken) == {"superseded_by_id"}
    make_update(ed, second, status=Status.REJECTED, happened_on=on("2021"))
    updates.publish(ed, third, waiting)
    assert (third.superseded_by_id, ask.superseded_by_id) == (ask.id, second.id)
