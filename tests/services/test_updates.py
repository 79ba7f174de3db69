"""The one door: entries are drafted, published, corrected, and the ask follows its story."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import evidence_draft, make_ask, make_law, make_link, make_test, make_update, update_draft
from tests.transactions import count_events, refused, revision
from tracker.models import Ask, SuccessTest, Update
from tracker.queries.stories import find_story
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, RuleBroken
from tracker.rules.legislation import Effect
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import drafts, legislation, records, updates
from tracker.services.change import Change
from tracker.services.replay import find_differences
from tracker.services.tests import archive_test, restore_test

MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN
DRAFT, PUBLISHED, _, PUT_ASIDE = Publication
Table = list[tuple[dict[str, Any], str]]


def on(text: str) -> PartialDate:
    return PartialDate(text)


def standing(ask: Ask) -> tuple[Status | None, str | None]:
    return ask.status, ask.status_on.text if ask.status_on else None


def results(change: Change, ask: Ask) -> list[tuple[Result, str | None]]:
    """Each test's result and since when, in the order in which the tests were added."""
    rows = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask.id).order_by(SuccessTest.id))
    return [(row.result, row.result_on.text if row.result_on else None) for row in rows]


@pytest.fixture
def ask(ed: Change) -> Ask:
    """A published ask, announced on 1 January 2018."""
    return make_ask(ed, published=True)


@pytest.fixture
def pair(ed: Change, ask: Ask) -> tuple[int, int]:
    """The numbers of two tests of the ask, both without an answer."""
    return make_test(ed, ask).id, make_test(ed, ask, key="second", label="The tax is paid").id


# --- drafts ---


def test_a_draft_changes_nothing_that_the_public_sees_and_stays_its_authors(ed: Change, cleo: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    before, seen = standing(ask), revision(ed.session)
    draft = make_update(cleo, ask, published=False, status=Status.REJECTED, results=((test.id, MET),))
    assert (draft.publication, draft.author_id, draft.published_at) == (DRAFT, cleo.actor.id, None)
    assert (standing(ask), test.result, revision(ed.session)) == (before, UNKNOWN, seen)
    drafts.edit(ed, ask, draft, update_draft(text="Ed's.", status=Status.REJECTED), 1)
    assert (draft.author_id, draft.edited_by_id) == (cleo.actor.id, ed.actor.id)
    with pytest.raises(RuleBroken):  # the second pair of eyes is not Ed's own
        updates.publish(replace(ed, four_eyes=True), ask, draft)
    updates.publish(ed, ask, draft)
    assert (draft.publication, draft.author_id, draft.published_at) == (PUBLISHED, cleo.actor.id, ed.at)
    assert (*standing(ask), ask.status_reason) == (Status.REJECTED, "2020-03-04", "A minister promised it.")


def test_even_a_draft_must_hold_together_and_refers_only_to_its_own_ask(ed: Change, ask: Ask) -> None:
    other = make_ask(ed, published=True, slug="other")
    foreign_test, foreign_entry = make_test(ed, other), make_update(ed, other)
    own_draft, draft_ask = make_update(ed, ask, published=False, text="A draft."), make_ask(ed, slug="draft")
    replaced: dict[str, Any] = {"status": Status.SUPERSEDED}
    wrong: Table = [
        ({"text": ""}, "text"),
        *(({"kind": UpdateKind.CORRECTION, "corrects_id": number}, "corrects_id")
          for number in (999_999, foreign_entry.id, own_draft.id)),
        *((replaced | {"superseded_by_id": number}, "superseded_by_id") for number in (999_999, ask.id, draft_ask.id)),
        *(({"results": ((number, MET),)}, "results") for number in (999_999, foreign_test.id)),
        ({"evidence": (evidence_draft(url="javascript:alert(1)"),)}, "evidence-0-url"),
    ]  # fmt: skip
    for changes, field in wrong:
        with refused(field):
            make_update(ed, ask, published=False, **changes)
        assert not ed.session.new
    make_update(ed, ask, status=Status.SUPERSEDED, superseded_by_id=other.id)
    assert (ask.status, ask.superseded_by_id) == (Status.SUPERSEDED, other.id)
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021"))
    assert ask.superseded_by_id is None


def test_the_key_of_an_entry_is_its_date_and_a_number_where_the_date_is_taken(ed: Change, ask: Ask) -> None:
    made = [make_update(ed, ask, published=published, text=f"{published}.") for published in (True, False, True)]
    other = make_update(ed, make_ask(ed, slug="other"))
    assert [update.key for update in [*made, other]] == ["2020-03-04", "2020-03-04-2", "2020-03-04-3", "2020-03-04"]


def test_a_draft_is_rewritten_with_its_evidence_and_results_and_a_stale_edit_is_a_conflict(
    ed: Change, cleo: Change, ask: Ask, pair: tuple[int, int]
) -> None:
    draft = make_update(cleo, ask, published=False, results=((pair[0], MET),))
    new = update_draft(
        text="Two ministers spoke.",
        evidence=(evidence_draft(title="Second"), evidence_draft(title="First", quote="B", published_on=on("2020-02"))),
        results=((pair[1], NOT_MET),),
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


def test_a_contributor_changes_only_drafts_of_their_own_and_nobody_changes_history(
    ed: Change, cleo: Change, ask: Ask
) -> None:
    theirs, own = make_update(ed, ask, published=False), make_update(cleo, ask, published=False)
    refusals: list[Callable[[], object]] = [
        lambda: drafts.edit(cleo, ask, theirs, update_draft(text="Mine."), 1),
        lambda: drafts.discard(cleo, theirs, 1),
        lambda: updates.publish(cleo, ask, own),
    ]
    for refused_call in refusals:
        with pytest.raises(NotAllowed):
            refused_call()
    assert own.publication is DRAFT
    with pytest.raises(RuleBroken):
        drafts.restore(cleo, own, 1)
    drafts.edit(cleo, ask, own, update_draft(text="Mine."), 1)
    drafts.discard(cleo, own, 2)
    assert (own.text, own.publication) == ("Mine.", PUT_ASIDE)
    with pytest.raises(RuleBroken):
        updates.publish(ed, ask, own)
    with pytest.raises(Conflict):
        drafts.restore(ed, own, 2)
    drafts.restore(ed, own, 3)
    updates.publish(ed, ask, own)
    assert own.publication is PUBLISHED
    refusals = [
        lambda: drafts.edit(ed, ask, own, update_draft(text="Other words."), own.version),
        lambda: updates.publish(ed, ask, own),
        lambda: drafts.discard(ed, own, own.version),
    ]
    for refused_call in refusals:
        with pytest.raises(RuleBroken):
            refused_call()


# --- publishing ---


def test_what_the_rules_refuse_is_not_published(ed: Change, ask: Ask) -> None:
    before = standing(ask)
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"happened_on": on("2026-11-23")}, ["happened_on"]),
        ({"evidence": ()}, ["evidence"]),
        ({"status": Status.MET}, ["status"]),
        ({"status": Status.SUPERSEDED}, ["superseded_by_id"]),
    ]
    for changes, fields in wrong:
        draft = make_update(ed, ask, published=False, **changes)
        with refused(*fields):
            updates.publish(ed, ask, draft)
        assert (draft.publication, standing(ask)) == (DRAFT, before)


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


# --- how a story adds up ---


def test_a_status_and_the_results_must_fit_whether_they_come_together_or_not(
    ed: Change, ask: Ask, pair: tuple[int, int]
) -> None:
    first, second = ((number, MET) for number in pair)
    wrong: Table = [
        ({"status": Status.MET, "results": (first,)}, "status"),
        ({"kind": UpdateKind.TEST, "results": (first, second)}, "results"),
        ({"kind": UpdateKind.MILESTONE, "results": (first, second)}, "results"),
    ]
    for changes, field in wrong:
        with refused(field), ed.session.begin_nested():
            make_update(ed, ask, **changes)
    assert results(ed, ask) == [(UNKNOWN, None), (UNKNOWN, None)]
    make_update(ed, ask, kind=UpdateKind.MILESTONE, happened_on=on("2019"), results=(first,))
    make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020-01"), results=(first,))
    assert results(ed, ask) == [(MET, "2019"), (UNKNOWN, None)]
    make_update(ed, ask, status=Status.MET, happened_on=on("2021"), results=(second,))
    assert (standing(ask), results(ed, ask)) == ((Status.MET, "2021"), [(MET, "2019"), (MET, "2021")])
    # An entry of an earlier day does not overrule a later one.
    make_update(ed, ask, status=Status.REJECTED, happened_on=on("2018-05"), results=((pair[0], NOT_MET),))
    assert (standing(ask), results(ed, ask)) == ((Status.MET, "2021"), [(MET, "2019"), (MET, "2021")])


def test_a_status_needs_published_law_as_it_stood_on_that_day(ed: Change, ask: Ask) -> None:
    law = make_law(ed, introduced_on=on("2017-10-18"), enacted_on=on("2018-05-23"))
    link = make_link(ed, ask, law, published=False, effect=Effect.DELIVERS, in_force_on=on("2018-11-22"))

    def post(status: Status, day: str) -> None:
        with ed.session.begin_nested():
            make_update(ed, ask, status=status, happened_on=on(day))

    stages = (
        (Status.IN_PARLIAMENT, "2018-01-25"),
        (Status.LAW_NOT_IN_FORCE, "2018-05-23"),
        (Status.IN_FORCE, "2018-11-22"),
    )
    for status, day in stages:
        with refused("status"):  # the link is a draft
            post(status, day)
    legislation.publish_link(ed, link, None)
    with refused("status"):
        post(Status.IN_FORCE, "2018-11-21")
    for status, day in stages:
        post(status, day)
        assert standing(ask) == (status, day)
    post(Status.REJECTED, "2019")
    records.archive(ed, link, None, "The wrong provisions.")
    with refused("status"):
        post(Status.IN_FORCE, "2020")
    bill = make_law(ed, kind="bill", citation="", year="2017-19", number="157", lapsed_on=on("2019-10"))
    make_link(ed, ask, bill)
    with refused("status"):
        post(Status.LAPSED, "2019-09")
    post(Status.LAPSED, "2019-11")


def test_an_entry_that_takes_no_effect_is_refused_and_a_correction_is_not(ed: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    told = make_update(ed, ask, status=Status.REJECTED, happened_on=on("2020-03-04"))
    make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on("2020-03-05"), results=((test.id, NOT_MET),))
    for vague in ("2020-03", "2020"):
        with refused("happened_on", because="An entry of 4 March 2020 judges the same"):
            make_update(ed, ask, status=Status.ANNOUNCED, happened_on=on(vague))
        with refused("happened_on", because="An entry of 5 March 2020 judges the same"):
            make_update(ed, ask, kind=UpdateKind.TEST, happened_on=on(vague), results=((test.id, MET),))
        make_update(ed, ask, happened_on=on(vague))
    make_update(ed, ask, status=Status.NOT_STARTED, happened_on=on("2020-02"))
    assert (ask.status, test.result) == (Status.REJECTED, NOT_MET)
    with refused("status", because=r"already\. To say that it still holds, post a review"):
        make_update(ed, ask, status=Status.REJECTED, happened_on=on("2021-03-04"))
    earlier: dict[str, Any] = {"status": Status.REJECTED, "happened_on": on("2020-03-01"), "reason": "Earlier."}
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=told.id, **earlier)
    assert standing(ask) == (Status.REJECTED, "2020-03-01")


def test_a_correction_replaces_what_the_corrected_entry_said(ed: Change, ask: Ask, pair: tuple[int, int]) -> None:
    first = (pair[0], MET)
    wrong = make_update(ed, ask, status=Status.PARTLY_MET, happened_on=on("2020"), results=(first,))
    correction: dict[str, Any] = {"kind": UpdateKind.CORRECTION, "corrects_id": wrong.id, "happened_on": on("2020")}
    with refused("status"), ed.session.begin_nested():
        make_update(ed, ask, **correction)  # it says which status is right
    correction |= {"status": Status.REJECTED, "reason": "It was refused."}
    make_update(ed, ask, published=False, **correction)  # a draft corrects nothing yet
    assert (standing(ask), results(ed, ask)[0]) == ((Status.PARTLY_MET, "2020"), (MET, "2020"))
    make_update(ed, ask, **correction)
    assert (standing(ask), results(ed, ask)) == ((Status.REJECTED, "2020"), [(UNKNOWN, None), (UNKNOWN, None)])
    assert wrong.publication is PUBLISHED  # both stay visible
    milestone = make_update(ed, ask)
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=milestone.id, evidence=())
    assert standing(ask) == (Status.REJECTED, "2020")


def test_only_a_published_review_sets_the_day_never_back_and_moves_nothing_else(ed: Change, ask: Ask) -> None:
    review: dict[str, Any] = {"kind": UpdateKind.REVIEW, "evidence": ()}
    make_update(ed, ask)
    make_update(ed, ask, published=False, happened_on=on("2026-11-21"), **review)
    assert not ask.reviewed_on
    for day, then in (("2026-05-01", "2026-05-01"), ("2026-11-20", "2026-11-20"), ("2026-05-02", "2026-11-20")):
        before = revision(ed.session)
        make_update(ed, ask, happened_on=on(day), **review)
        assert ask.reviewed_on == on(then)
        assert standing(ask) == (Status.ANNOUNCED, "2018-01-01")
        assert revision(ed.session) > before


def test_the_date_of_an_entry_is_corrected_although_a_test_that_it_judged_is_archived(ed: Change, ask: Ask) -> None:
    test = make_test(ed, ask)
    told: dict[str, Any] = {"results": ((test.id, NOT_MET),)}
    wrong = make_update(ed, ask, kind=UpdateKind.TEST, **told)
    archive_test(ed, ask, test, None, "It doubled another.")
    with pytest.raises(RuleBroken):
        make_update(ed, ask, kind=UpdateKind.TEST, text="Anew.", **told)
    make_update(ed, ask, kind=UpdateKind.CORRECTION, corrects_id=wrong.id, happened_on=on("2020-03-05"), **told)
    restore_test(ed, ask, test, None, "It did not.")
    assert results(ed, ask) == [(NOT_MET, "2020-03-05")]


def test_a_corrected_review_is_no_look_any_longer_and_its_correction_is_one_in_its_place(ed: Change, ask: Ask) -> None:
    def look(day: str, corrects: Update | None = None) -> Update:
        kind = UpdateKind.CORRECTION if corrects else UpdateKind.REVIEW
        named = corrects.id if corrects else None
        return make_update(ed, ask, kind=kind, happened_on=on(day), evidence=(), text=f"Of {day}.", corrects_id=named)

    look("2026-05-01")
    wrong, milestone = look("2026-11-20"), make_update(ed, ask)
    look("2026-11-21", milestone)
    assert ask.reviewed_on == on("2026-11-20"), "the milestone was no look"
    again = look("2026-04-20", wrong)
    assert ask.reviewed_on == on("2026-05-01")
    look("2026-10-20", again)
    assert ask.reviewed_on == on("2026-10-20")
    assert find_differences(ed.session) == []


def test_a_day_that_came_with_a_file_stays_until_a_later_look(ed: Change, ask: Ask) -> None:
    ask.reviewed_on = on("2026-06")
    for day, known in (("2026-03-01", "2026-06"), ("2026-10-01", "2026-10-01")):
        make_update(ed, ask, kind=UpdateKind.REVIEW, happened_on=on(day), evidence=(), text=f"Of {day}.")
        assert ask.reviewed_on == on(known)
