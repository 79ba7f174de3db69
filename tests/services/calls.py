"""One call of each service function that changes something, on records on which the rules permit it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from tests.factories import (
    NO_PASSWORD,
    NOW,
    ask_draft,
    criterion_draft,
    dispute_draft,
    find_staff,
    law_draft,
    link_draft,
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_person,
    make_reply,
    make_source,
    make_targets,
    make_test,
    make_update,
    reply_draft,
    source_draft,
    update_draft,
)
from tracker.models import Ask, Body, Finding, Legislation, Link, Person, Reply, Source, SuccessTest, Target, Update
from tracker.queries.public.asks import load_ask
from tracker.queries.stories import find_story
from tracker.rules.asks import BodyDraft
from tracker.rules.bulk import ManyDraft, Seen, What
from tracker.rules.dates import PartialDate
from tracker.rules.people import Role
from tracker.rules.publishers import PublisherDraft
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, UpdateDraft, UpdateKind
from tracker.services import (
    asks,
    bodies,
    bulk,
    drafts,
    findings,
    legislation,
    new_asks,
    people,
    personal_data,
    records,
    replies,
    second_factor,
    sessions,
    taking_down,
    targets,
    tests,
    updates,
    uploads,
)
from tracker.services.change import Change
from tracker.services.new_asks import NewAsk
from tracker.services.people import PersonDraft

NEWS = PublisherDraft("news.example.org", "Example News", EvidenceType.INDEPENDENT)


class World:
    """Published and draft records, entered by Ada, as a request finds them; the drafts of updates are Ed's."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __getattr__(self, name: str) -> Any:
        return self.session.scalars(WORLD[name]).one()


def make_world(ed: Change) -> None:
    """Enter the records of a World."""
    ada = Change(ed.session, find_staff(ed.session).ada, NOW)
    ask = make_ask(ada, published=True)
    make_update(ada, make_ask(ada, slug="ready"), status=Status.ANNOUNCED)
    make_ask(ada, slug="draft")
    make_test(ada, ask)
    tests.archive_test(ada, ask, make_test(ada, ask, key="archived"), None, "It doubled another.")
    law = make_law(ada)
    make_law(ada, citation="2018 c. 14", published=False)
    records.archive(ada, make_law(ada, citation="2018 c. 15"), None, "Not about this.")
    make_link(ada, ask, law)
    make_link(ada, ask, law, provisions="s. 4", published=False)
    make_update(ed, ask, published=False, text="A draft.")
    drafts.discard(ed, make_update(ed, ask, published=False, text="Put aside."), 1)
    updates.submit(ed, ask, make_update(ed, ask, published=False, text="Waiting."))
    make_reply(ada, ask)
    make_targets(ada, ask, "Boris Testov")
    make_designation(ada.session)
    day, page = PartialDate("2018-05-23"), "https://www.legislation.gov.uk/ukpga/2018/13"
    values = {"says": "Royal assent", "tells": "It is law.", "address": page, "page_title": "The Act"}
    values |= {"kind": "made", "subject_kind": "legislation", "outside_key": "law/1", "digest": "0" * 64}
    ed.session.add(Finding(subject_id=law.id, happened_on=day, fills="enacted_on", seen_at=NOW, version=1, **values))
    make_person(ada, name="Somebody")
    bodies.keep_publisher(ada, replace(NEWS, host="old.example.org"), None)
    bodies.find_or_create(ada, ["The Treasury"])


DRAFT = sa.select(Update).options(selectinload(Update.evidence), selectinload(Update.results))
WORLD: Mapping[str, sa.Select[Any]] = {
    "ask": sa.select(Ask).filter_by(slug="empty-homes"),
    "ready": sa.select(Ask).filter_by(slug="ready"),  # a draft with a status
    "draft_ask": sa.select(Ask).filter_by(slug="draft"),
    "test": sa.select(SuccessTest).filter_by(key="tax-in-law"),
    "archived_test": sa.select(SuccessTest).filter_by(key="archived"),
    "law": sa.select(Legislation).filter_by(citation="2018 c. 13"),
    "draft_law": sa.select(Legislation).filter_by(citation="2018 c. 14"),
    "archived_law": sa.select(Legislation).filter_by(citation="2018 c. 15"),
    "link": sa.select(Link).filter_by(provisions="").options(joinedload(Link.legislation)),
    "draft_link": sa.select(Link).filter_by(provisions="s. 4").options(joinedload(Link.legislation)),
    "draft": DRAFT.filter_by(text="A draft."),
    "waiting": DRAFT.filter_by(text="Waiting."),
    "put_aside": DRAFT.filter_by(text="Put aside."),
    "person": sa.select(Person).filter_by(name="Somebody"),
} | {model.__name__.lower(): sa.select(model) for model in (Body, Source, Reply, Target, Finding)}


KEY = "the key of the tests"


def me(change: Change) -> Person:
    return change.session.get_one(Person, change.actor.id)


def set_up_second_step(change: Change) -> list[str]:
    """Turn the actor's second step on; answer the recovery codes."""
    person = me(change)
    secret = second_factor.secret_of(KEY, person.id, second_factor.proposed_nonce("", person))
    return second_factor.set_up(change, person, "", pyotp.TOTP(secret).at(change.at), KEY)


def take_words_down(change: Change, world: World) -> None:
    """Take down the quotation of an ask, having seen where it stands."""
    wanted = (world.ask.quote, "A court ordered it.", "https://tracker.example")
    taking_down.take_down(change, *wanted, taking_down.find(change.session, *wanted).seen)


def both(change: Change, world: World) -> list[Seen]:
    """Two asks as they are now."""
    asks = (world.ask, world.draft_ask)
    return [Seen(ask.id, ask.version, len(find_story(change.session, ask.id).entries)) for ask in asks]


REVIEW = UpdateDraft(UpdateKind.REVIEW, PartialDate("2026-11-22"), "Checked.")
SOMEBODY = PersonDraft("new@example.org", "New", Role.EDITOR)
Call = Callable[[Change, World], object]


def steps(*calls: Call) -> Call:
    """One call after the other."""
    return lambda change, world: [call(change, world) for call in calls]


def new_ask(world: World) -> NewAsk:
    """An ask with a test and its status."""
    entry = update_draft(status=Status.ANNOUNCED)
    return NewAsk(ask_draft(world.source.id, slug="", title="Fill empty homes"), tests=("It is done",), entry=entry)


# Who may call it (Cleo, a contributor, Ed, an editor and the author of the drafts, Ada, an admin), how many events it
# writes, whether the public sees it, and the call.
CALLS: Mapping[str, tuple[str, int, bool, Call]] = {
    "asks.create_source": ("cea", 1, False, lambda c, w: make_source(c, key="other")),
    "asks.edit_source": ("ea", 1, True, lambda c, w: asks.edit_source(c, w.source, source_draft(title="B"), None)),
    "asks.create_ask": ("cea", 1, False, lambda c, w: make_ask(c, slug="new", source_id=w.source.id)),
    "asks.edit_ask, its topic": ("ea", 1, True, lambda c, w:
        asks.edit_ask(c, w.ask, ask_draft(w.source.id, topic="Tax"), seen_version=None)),
    "asks.edit_ask, its wording": ("ea", 3, True, lambda c, w:
        asks.edit_ask(c, w.ask, ask_draft(w.source.id, title="Tax them"), seen_version=None, reason="Clearer.")),
    "asks.edit_ask, a draft": ("ea", 1, False, lambda c, w:
        asks.edit_ask(c, w.draft_ask, ask_draft(w.source.id, slug="draft", title="Tax them"), seen_version=None)),
    "asks.edit_ask, nothing": ("ea", 0, False, lambda c, w:
        asks.edit_ask(c, w.ask, ask_draft(w.source.id), seen_version=None)),
    "asks.publish_ask": ("ea", 1, True, lambda c, w: asks.publish_ask(c, w.ready, None)),
    "bodies.edit_body": ("ea", 1, False, lambda c, w:
        bodies.edit_body(c, w.body, BodyDraft("the-treasury", "HM Treasury"), None)),
    "new_asks.enter": ("cea", 3, False, lambda c, w: new_asks.enter(c, new_ask(w))),
    "new_asks.enter, for the public": ("ea", 5, True, lambda c, w: new_asks.enter(c, new_ask(w), new_asks.publish)),
    "new_asks.enter_source": ("cea", 1, False, lambda c, w: new_asks.enter_source(c, source_draft(key=""))),
    "new_asks.publish": ("ea", 3, True, lambda c, w:
        new_asks.publish(c, w.ready, make_update(c, w.ready, published=False))),
    "tests.add_tests": ("ea", 3, True, lambda c, w: make_test(c, w.ask, key="new")),
    "tests.add_in_words": ("ea", 4, True, lambda c, w:
        tests.add_in_words(c, w.ask, ["It is done", "It is paid"], "Forgotten.")),
    "tests.add_tests, to a draft": ("ea", 1, False, lambda c, w: make_test(c, w.draft_ask, key="new")),
    "tests.edit_test": ("ea", 3, True, lambda c, w:
        tests.edit_test(c, w.ask, w.test, criterion_draft(label="B"), seen_version=None, reason="Clearer.")),
    "tests.archive_test": ("ea", 3, True, lambda c, w: tests.archive_test(c, w.ask, w.test, None, "Doubled.")),
    "tests.restore_test": ("ea", 3, True, lambda c, w:
        tests.restore_test(c, w.ask, w.archived_test, None, "Not doubled.")),
    "legislation.create_legislation": ("cea", 1, False, lambda c, w:
        make_law(c, citation="2020 c. 1", published=False)),
    "legislation.edit_legislation": ("ea", 1, True, lambda c, w:
        legislation.edit_legislation(c, w.law, law_draft(note="B"), None)),
    "legislation.edit_legislation, a draft": ("ea", 1, False, lambda c, w:
        legislation.edit_legislation(c, w.draft_law, law_draft(citation="2018 c. 14", note="B"), None)),
    "legislation.create_link": ("ea", 1, False, lambda c, w:
        make_link(c, w.ask, w.law, provisions="s. 9", published=False)),
    "legislation.edit_link": ("ea", 1, True, lambda c, w:
        legislation.edit_link(c, w.link, link_draft(w.ask.id, w.law.id, note="B"), None)),
    "legislation.publish_link": ("ea", 1, True, lambda c, w: legislation.publish_link(c, w.draft_link, None)),
    "records.publish": ("ea", 1, True, lambda c, w: records.publish(c, w.draft_law, None)),
    "records.archive": ("ea", 1, True, lambda c, w: records.archive(c, w.law, None, "Not about this.")),
    "records.archive, a draft": ("ea", 1, False, lambda c, w:
        records.archive(c, w.draft_link, None, "Not about this.")),
    "records.restore": ("ea", 1, True, lambda c, w: records.restore(c, w.archived_law, None)),
    "drafts.save": ("cea", 1, False, lambda c, w: drafts.save(c, w.ask, update_draft(text="New."))),
    "drafts.edit": ("ea", 1, False, lambda c, w: drafts.edit(c, w.ask, w.draft, update_draft(text="B"), 1)),
    "drafts.discard": ("ea", 1, False, lambda c, w: drafts.discard(c, w.draft, 1)),
    "drafts.restore": ("ea", 1, False, lambda c, w: drafts.restore(c, w.put_aside, 2)),
    "updates.publish": ("ea", 1, True, lambda c, w: updates.publish(c, w.ask, w.draft)),
    "updates.foresee": ("ea", 0, False, lambda c, w:
        updates.foresee(c, cast(Ask, load_ask(c.session, w.ask.slug)), w.draft)),
    "updates.post": ("ea", 2, True, lambda c, w: updates.post(c, w.ask, update_draft(status=Status.REJECTED))),
    "updates.post, to a draft": ("ea", 2, False, lambda c, w: updates.post(c, w.draft_ask, update_draft())),
    "updates.post_redefinition": ("ea", 2, True, lambda c, w:
        updates.post_redefinition(c, w.ask, "Reworded.", "Clearer.")),
    "updates.submit": ("ea", 1, False, lambda c, w: updates.submit(c, w.ask, w.draft)),
    "updates.withdraw": ("e", 1, False, lambda c, w: updates.withdraw(c, w.waiting, 2)),
    "updates.send_back": ("ea", 1, False, lambda c, w: updates.send_back(c, w.waiting, "Which minister?", 2)),
    "updates.approve": ("ea", 2, True, lambda c, w: updates.approve(c, w.ask, w.waiting, 2)),
    "replies.create_reply": ("ea", 1, False, lambda c, w: make_reply(c, w.ask, asked="The Home Office")),
    "replies.edit_reply": ("ea", 1, False, lambda c, w:
        replies.edit_reply(c, w.reply, reply_draft(asked="The minister"), None)),
    "replies.publish_reply": ("ea", 1, True, lambda c, w: replies.publish_reply(c, w.reply, None)),
    "replies.mark_disputed": ("ea", 1, True, lambda c, w: replies.mark_disputed(c, w.ask, dispute_draft(), None)),
    "replies.end_dispute": ("ea", 2, True, steps(
        lambda c, w: replies.mark_disputed(c, w.ask, dispute_draft(), None),
        lambda c, w: replies.end_dispute(c, w.ask, None, "It was right."))),
    "targets.add_targets": ("ea", 2, True, lambda c, w:
        make_targets(c, w.ask, "Carla Inventova", "Dmitri Exemplarov")),
    "targets.decide": ("ea", 1, True, lambda c, w: list_target(c, w.target)),
    "targets.erase": ("ea", 1, True, lambda c, w:
        targets.erase(c, w.target, None, "They asked for it.", is_counted=True)),
    "findings.dismiss": ("ea", 1, True, lambda c, w:
        findings.dismiss(c, w.finding, "It has nothing to do with our asks.", None)),
    "findings.fill": ("ea", 2, True, lambda c, w: findings.fill(c, w.finding, None)),
    "asks.add_note": ("cea", 1, False, lambda c, w: asks.add_note(c, w.ask, "A private note.")),
    "bulk.change_many": ("ea", 2, True, lambda c, w:
        bulk.change_many(c, both(c, w), ManyDraft(What.TOPIC, "Tax", reason="So."))),
    "bulk.change_many, a review": ("ea", 4, True, lambda c, w:
        bulk.change_many(c, both(c, w), ManyDraft(What.REVIEW, review=REVIEW))),
    "people.add_person": ("a", 1, False, lambda c, w: people.add_person(c, SOMEBODY, NO_PASSWORD)),
    "people.edit_person": ("a", 1, False, lambda c, w: people.edit_person(c, w.person, SOMEBODY, None)),
    "people.set_password": ("a", 1, False, lambda c, w: people.set_password(c, w.person, "hash")),
    "people.set_password, one's own": ("cea", 1, False, lambda c, w:
        people.set_password(c, c.session.get_one(Person, c.actor.id), "hash")),
    "people.sign_out": ("a", 2, False, steps(
        lambda c, w: sessions.start(c, w.person), lambda c, w: people.sign_out(c, w.person))),
    "people.set_active": ("a", 1, False, lambda c, w: people.set_active(c, w.person, False, None)),
    "personal_data.erase": ("a", 2, False, steps(
        lambda c, w: people.set_active(c, w.person, False, None),
        lambda c, w: personal_data.erase(c, w.person, None, "Asked for it."))),
    "taking_down.take_down": ("a", 1, True, take_words_down),
    "people.make_link": ("a", 1, False, lambda c, w: people.make_link(c, w.person)),
    "people.choose_password": ("cea", 2, False, lambda c, w:
        people.choose_password(c, people.make_link(replace(c, actor=find_staff(c.session).ada), me(c)), "hash")),
    "second_factor.set_up": ("cea", 1, False, lambda c, w: set_up_second_step(c)),
    "second_factor.set_up, another's": ("", 1, False, lambda c, w: second_factor.set_up(c, w.person, "", "", "")),
    "second_factor.make_codes": ("cea", 2, False, steps(
        lambda c, w: set_up_second_step(c), lambda c, w: second_factor.make_codes(c, me(c)))),
    "second_factor.make_codes, another's": ("", 1, False, lambda c, w: second_factor.make_codes(c, w.person)),
    "second_factor.take": ("cea", 2, False, lambda c, w: second_factor.take(c, me(c), set_up_second_step(c)[0], KEY)),
    "second_factor.reset": ("a", 2, False, steps(
        lambda c, w: set_up_second_step(c), lambda c, w: second_factor.reset(c, me(c), None))),
    "sessions.start": ("cea", 1, False, lambda c, w: sessions.start(c, me(c))),
    "sessions.wait": ("cea", 0, False, lambda c, w: sessions.wait(c, me(c), None, "")),
    "sessions.log_failure": ("cea", 1, False, lambda c, w: sessions.log_failure(c, w.person)),
    "bodies.keep_publisher": ("a", 1, False, lambda c, w: bodies.keep_publisher(c, NEWS, None)),
    "bodies.keep_publisher, to take away": ("a", 1, False, lambda c, w:
        bodies.keep_publisher(c, PublisherDraft("old.example.org", "", NEWS.type), None)),
    "uploads.keep": ("ea", 0, False, lambda c, w: uploads.keep(c, [("asks.csv", b"ask_slug")], "")),
    "uploads.find": ("ea", 0, False, lambda c, w: uploads.find(c, 1)),
    "uploads.log_import": ("ea", 1, False, lambda c, w:
        uploads.log_import(c, ["asks.csv"], {"asks": 2}, {}, "A new list.")),
    "uploads.drop": ("ea", 0, False, lambda c, w: uploads.drop(c, uploads.keep(c, [("asks.csv", b"ask_slug")], ""))),
}  # fmt: skip
