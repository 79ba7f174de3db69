"""Approval: what waits for an editor is a draft until it is approved, and every step is in the log."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import make_ask, make_test, make_update, update_draft
from tests.transactions import revision
from tracker.models import Ask, Event, SuccessTest, Update
from tracker.queries import public
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import drafts, updates
from tracker.services.change import Change


@pytest.fixture
def ask(ed: Change) -> Ask:
    return make_ask(ed, published=True)


@pytest.fixture
def waiting(cleo: Change, ask: Ask) -> Update:
    """Cleo's change of status, sent to the editors."""
    draft = make_update(cleo, ask, published=False, status=Status.REJECTED)
    updates.submit(cleo, ask, draft)
    return draft


def steps(change: Change, update: Update) -> list[str]:
    about = sa.select(Event.action).where(Event.subject == "update", Event.subject_id == update.id)
    return list(change.session.scalars(about.order_by(Event.id)))


def test_what_waits_is_sent_back_mended_and_public_when_it_is_approved(ed: Change, cleo: Change, ask: Ask) -> None:
    number = revision(ed.session)
    draft = make_update(cleo, ask, published=False, status=Status.REJECTED)
    updates.submit(cleo, ask, draft)
    updates.submit(cleo, ask, draft)  # twice is one step
    updates.send_back(ed, draft, "Which minister?", draft.version)
    assert (draft.submitted_at, draft.sent_back_note) == (None, "Which minister?")
    drafts.edit(cleo, ask, draft, update_draft(text="The Chancellor spoke.", status=Status.REJECTED), draft.version)
    updates.submit(cleo, ask, draft)
    assert (draft.submitted_at, draft.sent_back_note) == (cleo.at, "")
    assert (ask.status, revision(ed.session)) == (Status.ANNOUNCED, number)
    updates.approve(ed, ask, draft, draft.version)
    assert (ask.status, draft.publication) == (Status.REJECTED, Publication.PUBLISHED)
    assert revision(ed.session) > number
    expected = ["drafted", "submitted", "sent back", "edited", "submitted", "approved", "published"]
    assert steps(ed, draft) == expected


def test_only_what_the_rules_accept_is_sent_only_what_waits_is_decided_and_only_its_author_withdraws_it(
    ed: Change, cleo: Change, ask: Ask, waiting: Update
) -> None:
    draft, seen = make_update(cleo, ask, published=False, status=Status.MET), waiting.version
    refusals: list[Callable[[], object]] = [
        lambda: updates.submit(cleo, ask, draft),
        lambda: updates.approve(ed, ask, draft, draft.version),
        lambda: updates.send_back(ed, draft, "No.", draft.version),
        lambda: updates.send_back(ed, waiting, "", seen),
        lambda: updates.send_back(ed, waiting, "x" * 401, seen),
        lambda: drafts.edit(cleo, ask, waiting, update_draft(text="B"), seen),
        lambda: drafts.discard(ed, waiting, seen),
    ]
    for refusal in refusals:
        with pytest.raises(RuleBroken):
            refusal()
    assert (draft.submitted_at, waiting.submitted_at) == (None, cleo.at)
    with pytest.raises(NotAllowed):
        updates.withdraw(ed, waiting, seen)
    updates.withdraw(cleo, waiting, seen)
    drafts.edit(cleo, ask, waiting, update_draft(text="B"), waiting.version)
    assert (waiting.text, waiting.submitted_at) == ("B", None)


@pytest.mark.parametrize("first", range(4), ids=["approve", "send back", "withdraw", "edit"])
def test_of_two_who_decide_at_once_one_wins(ed: Change, cleo: Change, ask: Ask, waiting: Update, first: int) -> None:
    seen, mended = waiting.version, update_draft(text="B", status=Status.REJECTED)
    decisions: list[Callable[[], object]] = [
        lambda: updates.approve(ed, ask, waiting, seen),
        lambda: updates.send_back(ed, waiting, "Which minister?", seen),
        lambda: updates.withdraw(cleo, waiting, seen),
        lambda: drafts.edit(ed, ask, waiting, mended, seen),
    ]
    decisions[first]()
    before = steps(ed, waiting)
    for decide in decisions[:3]:
        with pytest.raises(Conflict):
            decide()
    assert steps(ed, waiting) == before


def test_with_four_eyes_nobody_approves_a_change_of_status_that_they_wrote_or_mended(
    ada: Change, ed: Change, ask: Ask, waiting: Update
) -> None:
    ed, ada = replace(ed, four_eyes=True), replace(ada, four_eyes=True)
    own = make_update(ed, ask, published=False, status=Status.REJECTED)
    updates.submit(ed, ask, own)
    drafts.edit(ed, ask, waiting, update_draft(text="B", status=Status.REJECTED), waiting.version)
    for update in (own, waiting):
        with pytest.raises(RuleBroken, match="somebody else"), ed.session.begin_nested():
            updates.approve(ed, ask, update, update.version)
    drafts.edit(ada, ask, waiting, update_draft(text="B.", status=Status.REJECTED), waiting.version)
    with pytest.raises(RuleBroken, match="somebody else"):  # nor once somebody else has mended a comma of it
        updates.approve(ed, ask, waiting, waiting.version)
    updates.approve(ada, ask, own, own.version)
    assert ask.status is Status.REJECTED


DRAFTS: dict[str, Callable[[Update, SuccessTest], dict[str, Any]]] = {
    "a status": lambda told, test: {"status": Status.REJECTED, "happened_on": PartialDate("2021")},
    "a status of long ago": lambda told, test: {"status": Status.REJECTED, "happened_on": PartialDate("2017")},
    "a status with results": lambda told, test: {"status": Status.MET, "results": ((test.id, Result.MET),)},
    "a result": lambda told, test: {"kind": UpdateKind.TEST, "results": ((test.id, Result.NOT_MET),)},
    "a milestone": lambda told, test: {},
    "a correction": lambda told, test: {
        "kind": UpdateKind.CORRECTION, "corrects_id": told.id, "status": Status.ANNOUNCED, "reason": "We were wrong.",
    },
    "a review": lambda told, test: {
        "kind": UpdateKind.REVIEW, "happened_on": PartialDate("2026-11-20"), "evidence": (),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "is_public"), [*((name, True) for name in DRAFTS), ("a status", False), ("a result", False)]
)
def test_what_is_foreseen_is_what_approving_brings(ed: Change, cleo: Change, name: str, is_public: bool) -> None:
    ask = make_ask(ed, published=is_public)
    told = make_update(ed, ask, status=Status.NOT_STARTED, happened_on=PartialDate("2019"))
    draft = make_update(cleo, ask, published=False, text="New.", **DRAFTS[name](told, make_test(ed, ask)))
    updates.submit(cleo, ask, draft)
    before = public.find_ask(ed.session, ask.slug, with_drafts=True)
    steps_before = steps(ed, draft)
    foreseen = public.find_ask(
        ed.session, ask.slug, with_drafts=True, foresee=lambda whole: updates.foresee(ed, whole, draft)
    )
    assert (steps(ed, draft), draft.publication, before) == (
        steps_before,
        Publication.DRAFT,
        public.find_ask(ed.session, ask.slug, with_drafts=True),
    )
    updates.approve(ed, ask, draft, draft.version)
    assert foreseen == public.find_ask(ed.session, ask.slug, with_drafts=True) != before


def test_a_story_that_grew_meanwhile_is_a_conflict(ed: Change, ask: Ask, waiting: Update) -> None:
    make_update(ed, ask, text="Another thing happened.")
    with pytest.raises(Conflict), ed.session.begin_nested():
        updates.approve(ed, ask, waiting, waiting.version, seen_entries=1)
    updates.approve(ed, ask, waiting, waiting.version, seen_entries=2)
