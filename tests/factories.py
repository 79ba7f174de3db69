"""Records for tests, made through the services so that they obey the rules; **changes go into the typed draft."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import (
    Ask,
    Designation,
    Finding,
    Legislation,
    Link,
    Person,
    Reply,
    Source,
    SuccessTest,
    Target,
    Update,
)
from tracker.rules.asks import AskDraft, AskKind, SourceDraft, TestDraft
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import DisputeDraft, Outcome, ReplyDraft
from tracker.rules.legislation import Effect, LegislationDraft, LinkDraft
from tracker.rules.official import Decision, TargetKind, TargetsDraft, TargetState
from tracker.rules.people import COMMAND_LINE, Actor, Role
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceDraft, EvidenceType, UpdateDraft, UpdateKind
from tracker.services import asks, drafts, legislation, people, records, replies, targets, tests, updates
from tracker.services.change import Change
from tracker.services.people import PersonDraft

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO_PASSWORD = "no password fits this"


@dataclass(frozen=True)
class Staff:
    """The people of the tests: Ada is an admin, Ed an editor, Cleo a contributor."""

    ada: Actor
    ed: Actor
    cleo: Actor


def make_staff(session: Session) -> Staff:
    """Enter Ada, Ed and Cleo."""
    change = Change(session, COMMAND_LINE, NOW)
    roles = {"Ada": Role.ADMIN, "Ed": Role.EDITOR, "Cleo": Role.CONTRIBUTOR}
    for name, role in roles.items():
        make_person(change, name=name, role=role)
    return find_staff(session)


def find_staff(session: Session) -> Staff:
    """Ada, Ed and Cleo as they were entered."""
    ada, cleo, ed = session.scalars(
        sa.select(Person).where(Person.name.in_(["Ada", "Cleo", "Ed"])).order_by(Person.name)
    )
    return Staff(actor_of(ada), actor_of(ed), actor_of(cleo))


def actor_of(person: Person) -> Actor:
    return Actor(person.name, person.role, person.id)


def make_person(change: Change, password_hash: str = NO_PASSWORD, **changes: Any) -> Person:
    """Somebody who may sign in; the e-mail address follows from the name."""
    values: dict[str, Any] = {"name": "Ed", "role": Role.EDITOR} | changes
    values.setdefault("email", f"{values['name'].casefold().replace(' ', '.')}@example.org")
    return people.add_person(change, PersonDraft(**values), password_hash)


def source_draft(**changes: Any) -> SourceDraft:
    values = {"key": "the-article", "title": "The article", "url": "https://example.org/article"}
    return SourceDraft(**values | changes)


def make_source(change: Change, **changes: Any) -> Source:
    """A draft; publishing an ask publishes its source."""
    return asks.create_source(change, source_draft(**changes))


def ask_draft(source_id: int, **changes: Any) -> AskDraft:
    values: dict[str, Any] = {
        "slug": "empty-homes",
        "title": "Tax empty homes",
        "kind": AskKind.POLICY,
        "topic": "Housing",
        "source_id": source_id,
        "quote": "Homes that stand empty should be taxed.",
        "summary": "Homes that stand empty for a year should be taxed.",
    }
    return AskDraft(**values | changes)


def make_ask(change: Change, *, published: bool = False, **changes: Any) -> Ask:
    """A draft without a status; published: with the status “Announced” since 2018. Both have the same source."""
    source_id = changes.pop("source_id", None) or change.session.scalar(sa.select(Source.id).limit(1))
    ask = asks.create_ask(change, ask_draft(source_id or make_source(change).id, **changes))
    if published:
        make_update(change, ask, status=Status.ANNOUNCED, happened_on=PartialDate("2018-01-01"))
        asks.publish_ask(change, ask, None)
    return ask


def criterion_draft(**changes: Any) -> TestDraft:
    values: dict[str, Any] = {"key": "tax-in-law", "label": "The tax is law"}
    return TestDraft(**values | changes)


def make_test(change: Change, ask: Ask, *, reason: str = "It was forgotten.", **changes: Any) -> SuccessTest:
    """A success test; on a published ask it is a redefinition with this reason."""
    return tests.add_tests(change, ask, [criterion_draft(**changes)], reason)[0]


def law_draft(**changes: Any) -> LegislationDraft:
    values: dict[str, Any] = {"kind": "ukpga", "title": "Empty Homes Act 2018", "citation": "2018 c. 13"}
    return LegislationDraft(**values | changes)


def make_law(change: Change, *, published: bool = True, **changes: Any) -> Legislation:
    law = legislation.create_legislation(change, law_draft(**changes))
    if published:
        records.publish(change, law, None)
    return law


def link_draft(ask_id: int, law_id: int, **changes: Any) -> LinkDraft:
    values: dict[str, Any] = {"ask_id": ask_id, "legislation_id": law_id, "effect": Effect.ENABLES}
    return LinkDraft(**values | changes)


def make_link(change: Change, ask: Ask, law: Legislation, *, published: bool = True, **changes: Any) -> Link:
    link = legislation.create_link(change, link_draft(ask.id, law.id, **changes))
    if published:
        legislation.publish_link(change, link, None)
    return link


def evidence_draft(**changes: Any) -> EvidenceDraft:
    values: dict[str, Any] = {
        "url": "https://www.gov.uk/news",
        "title": "A minister's answer",
        "type": EvidenceType.OFFICIAL_RECORD,
    }
    return EvidenceDraft(**values | changes)


def update_draft(**changes: Any) -> UpdateDraft:
    """A milestone; with `status` a change of status, unless `kind` says otherwise. It has one official record."""
    values: dict[str, Any] = {
        "kind": UpdateKind.STATUS if changes.get("status") else UpdateKind.MILESTONE,
        "happened_on": PartialDate("2020-03-04"),
        "text": "A minister spoke about it.",
        "reason": "A minister promised it." if changes.get("status") else "",
        "evidence": (evidence_draft(),),
    }
    return UpdateDraft(**values | changes)


def reply_draft(**changes: Any) -> ReplyDraft:
    values: dict[str, Any] = {
        "asked": "The Treasury",
        "asked_on": PartialDate("2026-03-04"),
        "due_on": PartialDate("2026-04-04"),
        "outcome": Outcome.ANSWERED,
        "answer": "We are looking into it.",
        "answered_on": PartialDate("2026-03-20"),
    }
    return ReplyDraft(**values | changes)


def dispute_draft(about: str = "Whether the tax was refused.", is_said_defamatory: bool = False) -> DisputeDraft:
    return DisputeDraft(PartialDate("2026-11-03"), about, is_said_defamatory)


def make_reply(change: Change, ask: Ask, *, published: bool = False, **changes: Any) -> Reply:
    reply = replies.create_reply(change, ask.id, reply_draft(**changes))
    if published:
        replies.publish_reply(change, reply, None)
    return reply


def make_update(change: Change, ask: Ask, *, published: bool = True, key: str = "", **changes: Any) -> Update:
    """An entry of the story, published unless it shall be a draft."""
    update = drafts.save(change, ask, update_draft(**changes), key)
    if published:
        updates.publish(change, ask, update)
    return update


def make_targets(change: Change, ask: Ask, *names: str, **changes: Any) -> list[Target]:
    """Invented people whom an ask wants to be sanctioned, in the order of the names; nobody has compared them yet."""
    values: dict[str, Any] = {"kind": TargetKind.PERSON, "words": "They should be sanctioned."} | changes
    targets.add_targets(change, ask, TargetsDraft(names, **values))
    of_ask = sa.select(Target).where(Target.ask_id == ask.id).order_by(Target.position)
    return list(change.session.scalars(of_ask))[-len(names) :]


def make_designation(session: Session, unique_id: str = "RUS9001", **changes: Any) -> Designation:
    """An entry of the list, as if it had been read."""
    values: dict[str, Any] = {
        "regime": "Russia (Sanctions) (EU Exit) Regulations 2019",
        "kind": TargetKind.PERSON,
        "listed_on": PartialDate("2022-03-15"),
        "first_seen": PartialDate("2026-11-20"),
    }
    designation = Designation(unique_id=unique_id, **values | changes)
    session.add(designation)
    session.flush()
    return designation


def seen_in_record(says: str = "A stage", **changes: Any) -> Finding:
    """What a reader of the official record makes of something; it is not stored."""
    values: dict[str, Any] = {
        "kind": "stage",
        "subject_kind": "legislation",
        "subject_id": 1,
        "outside_key": "bill/1/stage/2",
        "address": "https://bills.parliament.uk/bills/1",
        "page_title": "A bill",
    }
    return Finding(says=says, **values | changes)


def list_target(change: Change, target: Target, unique_id: str = "RUS9001", **changes: Any) -> None:
    """Confirm that a target is this entry of the list, or not on it when `unique_id` is empty; its name is shown."""
    state = TargetState.LISTED if unique_id else TargetState.NOT_LISTED
    values: dict[str, Any] = {"is_shown": bool(unique_id)} | changes
    targets.decide(change, target, Decision(state, unique_id or None, **values), None)
