"""Targets: added, compared and erased, with a log that adds up to the tables and never holds a name."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import list_target, make_ask, make_designation, make_source, make_targets
from tests.transactions import refused, revision
from tests.unwanted import everything
from tracker.models import Ask, Designation, Event, Target
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.official import Decision, TargetState
from tracker.services import replay, targets
from tracker.services.change import Change

NAME, WORDS = "Boris Testov", "They should be sanctioned."
CANDIDATE: dict[str, Any] = {"unique_id": "RUS9001", "name": "TESTOV Boris", "measures": "Asset freeze", "why": ""}
LISTED = Decision(TargetState.LISTED, "RUS9001", is_shown=True)


@pytest.fixture
def ask(ed: Change) -> Ask:
    return make_ask(ed, published=True)


@pytest.fixture
def target(ed: Change, ask: Ask) -> Target:
    """A target with one candidate, beside one that is not on the list."""
    make_designation(ed.session)
    target, other = make_targets(ed, ask, NAME, "Carla Inventova")
    target.candidates = [CANDIDATE, {"unique_id": "RUS9002", "name": "Other"}]
    list_target(ed, other, "")
    return target


def told(session: Session) -> str:
    """All that the log says."""
    session.flush()
    return str(session.execute(sa.select(Event.__table__)).all())


def test_names_are_numbered_on_and_entered_once_and_the_log_holds_none(ed: Change, ask: Ask) -> None:
    make_targets(ed, ask, NAME)
    (later,) = make_targets(ed, ask, "Борис Примеров")
    assert (later.position, later.state, later.is_shown) == (2, TargetState.UNSURE, False)
    with pytest.raises(RuleBroken, match="Line 2, “testov, BORIS”: this name is there already"):
        make_targets(ed, ask, "Carla Inventova", "testov, BORIS")
    assert not any(word in told(ed.session) for word in ("Testov", WORDS, "Примеров"))
    assert replay.find_differences(ed.session) == []


@pytest.mark.parametrize("state", [TargetState.UNSURE, TargetState.NOT_LISTED])
def test_a_confirmed_target_follows_one_entry_whose_name_goes_when_nobody_follows_it(
    ed: Change, target: Target, state: TargetState
) -> None:
    before = revision(ed.session)
    assert targets.decide(ed, target, LISTED, 1)
    entry = ed.session.get_one(Designation, "RUS9001")
    assert (entry.name, entry.measures) == ("TESTOV Boris", "Asset freeze")
    assert (target.confirmed_by_id, target.confirmed_at, target.candidates) == (ed.actor.id, ed.at, [])
    assert revision(ed.session) == before + 1
    assert not targets.decide(ed, target, LISTED, 2)
    assert "TESTOV" not in told(ed.session)
    assert replay.find_differences(ed.session) == []
    is_shown, target = state is TargetState.NOT_LISTED, ed.session.get_one(Target, target.id)
    with pytest.raises(Conflict):
        targets.decide(ed, target, Decision(state, is_shown=is_shown), 1)
    targets.decide(ed, target, Decision(state, is_shown=is_shown), 2)
    entry = ed.session.get_one(Designation, "RUS9001")
    assert (entry.name, entry.measures, target.unique_id) == ("", "", None)
    assert (target.confirmed_at is not None, target.is_shown) == (is_shown, is_shown)
    assert replay.find_differences(ed.session) == []


def test_only_an_entry_of_the_list_is_followed_and_of_others_only_the_id_is_kept(ed: Change, target: Target) -> None:
    for unique_id in ("", "Boris", "RUS9009"):
        with refused("unique_id"):
            targets.decide(ed, target, Decision(TargetState.LISTED, unique_id), None)
        assert target.state is TargetState.UNSURE
    list_target(ed, target, "")
    assert target.candidates == [{"unique_id": "RUS9001"}, {"unique_id": "RUS9002"}]
    assert not target.is_shown
    private = make_ask(ed, slug="draft", source_id=make_source(ed, key="private").id)
    with refused("is_shown"):  # what is not listed is shown for a public source only
        list_target(ed, make_targets(ed, private, NAME)[0], "", is_shown=True)


@pytest.mark.parametrize("is_counted", [True, False])
def test_an_erased_name_stands_nowhere_and_the_log_still_adds_up(ed: Change, target: Target, is_counted: bool) -> None:
    list_target(ed, target)
    targets.erase(ed, target, None, "They asked for it.", is_counted=is_counted)
    left = everything(ed.session)
    assert NAME not in left
    assert ("TESTOV" in left) is is_counted  # the list's own name, while followed
    assert target.state is (TargetState.LISTED if is_counted else TargetState.TAKEN_OUT)
    assert not target.is_shown
    assert replay.find_differences(ed.session) == []
    with pytest.raises(RuleBroken, match="was erased"):
        targets.decide(ed, target, LISTED, None)


def test_erasing_needs_a_reason_that_keeps_no_name_and_a_name_changed_behind_the_log_is_noticed(
    ed: Change, target: Target
) -> None:
    for reason in ("", "Boris Testov asked for it.", "It is another TESTOV (Bóris)."):
        with refused("reason"):
            targets.erase(ed, target, None, reason, is_counted=True)
        assert target.asked_as == NAME
    target.asked_as = "Somebody Else"
    ed.session.flush()
    assert replay.find_differences(ed.session) == [f"target {target.id}: its name is not the one that was entered."]
