"""Approval: what waits for an editor is a draft until it is approved, and with four eyes that is somebody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, actor_of, make_ask, make_person, make_test, make_update, update_draft
from tests.transactions import revision
from tracker.models import Ask, Event, Person, SuccessTest, Update
from tracker.queries import public
from tracker.queries.people import OWN, TIED, TOO_NEW, find_refusals, list_account_changes
from tracker.queries.waiting import waits_for
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, NotAllowed, RuleBroken
from tracker.rules.people import COMMAND_LINE, Actor, Role
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import drafts, people, personal_data, second_factor, updates
from tracker.services.change import Change
from tracker.services.people import PersonDraft


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


# --- the second person ---

LATER = NOW + timedelta(days=10)  # Ada, Ed and Cleo are no longer new


@pytest.fixture
def admin(session: Session, staff: Staff) -> Change:
    return Change(session, staff.ada, LATER, four_eyes=True)


def by(change: Change, actor: Actor | Person, **later: int) -> Change:
    actor = actor_of(actor) if isinstance(actor, Person) else actor
    return replace(change, actor=actor, at=change.at + timedelta(**later))


def proposed(change: Change, ask: Ask) -> Update:
    update = make_update(change, ask, published=False, status=Status.REJECTED)
    updates.submit(change, ask, update)
    return update


def refusal(change: Change, update: Update) -> str:
    return find_refusals(change.session, change.actor.id, [update], change.at).get(update.id, "")


def test_nobody_proposes_and_approves_with_accounts_that_they_made(admin: Change, ask: Ask, staff: Staff) -> None:
    puppet = make_person(admin, name="Puppet")
    update = proposed(by(admin, puppet), ask)
    assert refusal(by(admin, admin.actor, minutes=1), update) == TIED
    with pytest.raises(RuleBroken, match="within the last 72"):
        updates.approve(admin, ask, update, update.version)
    second = make_person(admin, name="Second", role=Role.ADMIN)
    assert refusal(by(admin, second), update) == TIED
    third = make_person(by(admin, second), name="Third")
    update = proposed(by(admin, third), ask)
    assert {refusal(by(admin, who), update) for who in (admin.actor, puppet, second)} == {TIED}
    update = proposed(admin, ask)
    assert [refusal(by(admin, puppet, hours=hours), update) for hours in (0, 71, 73)] == [TIED, TIED, ""]
    assert refusal(by(admin, staff.ed), update) == ""
    assert refusal(admin, update) == OWN
    assert refusal(admin, make_update(admin, ask, published=False)) == ""  # no change of status


def let_in_again(change: Change, person: Person) -> None:
    for is_active in (False, True):
        people.set_active(change, person, is_active, None)


TAKING_OVER: dict[str, Callable[[Change, Person], object]] = {
    "a link": people.make_link,
    "a password": lambda change, person: people.set_password(change, person, "hash"),
    "the second step": lambda change, person: second_factor.reset(change, person, None),
    "the address": lambda change, person: people.edit_person(
        change, person, PersonDraft("mine@example.org", person.name, person.role), None
    ),
    "the role": lambda change, person: people.edit_person(
        change, person, PersonDraft(person.email, person.name, Role.ADMIN), None
    ),
    "letting in again": let_in_again,
}


@pytest.mark.parametrize("way", TAKING_OVER)
def test_nor_with_an_old_account_that_they_took_over(admin: Change, ask: Ask, staff: Staff, way: str) -> None:
    ed = admin.session.get_one(Person, staff.ed.id)
    ed.totp_nonce = "a number"
    assert refusal(by(admin, ed), update := proposed(admin, ask)) == ""
    TAKING_OVER[way](admin, ed)
    assert refusal(by(admin, ed), update) == TIED
    assert refusal(by(admin, ed, hours=73), update) == ""


def test_a_new_account_approves_only_where_nobody_else_can(admin: Change, ask: Ask, staff: Staff) -> None:
    new, update = make_person(replace(admin, actor=COMMAND_LINE), name="New"), proposed(by(admin, staff.cleo), ask)
    assert refusal(by(admin, new), update) == TOO_NEW
    for name in ("Ada", "Ed"):
        person = admin.session.scalars(sa.select(Person).where(Person.name == name)).one()
        person.is_active = False
    assert refusal(by(admin, new), update) == ""


def test_editors_are_told_on_the_desk_and_by_mail_and_nobody_vanishes_soon(
    admin: Change, ask: Ask, staff: Staff
) -> None:
    puppet = make_person(admin, name="Puppet", role=Role.CONTRIBUTOR)
    people.make_link(admin, puppet)
    proposed(by(admin, puppet), ask)
    people.set_active(admin, puppet, False, None)
    with pytest.raises(RuleBroken, match="30 days"):
        personal_data.erase(by(admin, admin.actor, days=29), puppet, None, "Asked for it.")
    admin.session.flush()

    def told(days: int) -> list[str]:
        return [it.action for it in list_account_changes(admin.session, LATER + timedelta(days=days), 20)]

    assert told(6) == ["deactivated", "reset link made", "created"]
    assert told(8) == []
    mails = {}
    for actor in (staff.ada, staff.ed, staff.cleo):
        parts = waits_for(admin.session, admin.session.get_one(Person, actor.id), LATER, four_eyes=True)
        mails[actor.name] = [f"{line.name} {line.detail}" for part in parts for line in part.lines]
    assert "Puppet created, by Ada" in mails["Ed"]
    assert "Puppet" not in str(mails["Ada"] + mails["Cleo"])
    personal_data.erase(by(admin, admin.actor, days=31), puppet, None, "Asked for it.")
    assert told(32) == ["erased"]
