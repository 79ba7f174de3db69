"""What asks, laws, links and sources have in common, and of laws and links that each stands once."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import (
    ask_draft,
    law_draft,
    link_draft,
    make_ask,
    make_law,
    make_link,
    make_person,
    source_draft,
)
from tests.transactions import refused
from tracker.models import Event, Source
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.legislation import Effect, LinkDraft
from tracker.services import asks, legislation, records
from tracker.services.change import Change
from tracker.services.events import plain

DRAFT, PUBLISHED, ARCHIVED, PUT_ASIDE = Publication
Make = Callable[[Change, bool], Any]


MAKE: dict[str, Make] = {
    "ask": lambda change, published: make_ask(change, published=published),
    "source": lambda change, published: change.session.get_one(Source, make_ask(change, published=published).source_id),
    "law": lambda change, published: make_law(change, published=published),
    "link": lambda change, published: make_link(change, make_ask(change), make_law(change), published=published),
}
EDIT: dict[str, Callable[[Change, Any, int | None], bool]] = {
    "ask": lambda change, row, seen: asks.edit_ask(
        change, row, ask_draft(row.source_id, internal_note="B"), seen_version=seen
    ),
    "source": lambda change, row, seen: asks.edit_source(change, row, source_draft(internal_note="B"), seen),
    "law": lambda change, row, seen: legislation.edit_legislation(change, row, law_draft(internal_note="B"), seen),
    "link": lambda change, row, seen: legislation.edit_link(
        change, row, link_draft(row.ask_id, row.legislation_id, internal_note="B"), seen
    ),
}
each_kind = pytest.mark.parametrize("kind", list(MAKE))


def last_event(change: Change) -> Event:
    return change.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()


@each_kind
def test_an_edit_is_logged_with_what_it_changed_and_a_stale_one_writes_nothing(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, False)
    assert EDIT[kind](ed, row, 1)
    event = last_event(ed)
    assert (event.action, event.before, event.after) == ("edited", {"internal_note": ""}, {"internal_note": "B"})
    assert (event.subject_id, event.actor_id, event.at) == (row.id, ed.actor.id, ed.at)
    with pytest.raises(Conflict):
        EDIT[kind](ed, row, 1)
    assert (row.version, row.internal_note, last_event(ed).id) == (2, "B", event.id)
    assert not EDIT[kind](ed, row, 2)  # the same values again


def test_whatever_a_service_changed_of_a_row_stands_in_the_log_but_for_what_opens_an_account(ada: Change) -> None:
    ask, person = make_ask(ada), make_person(ada, name="Dot")
    before = records.logged(ask)
    ask.internal_note, ask.jurisdictions = "B", ["Wales"]
    changed = {"internal_note": "B", "jurisdictions": ["Wales"]}
    assert records.save(ada, ask, "tried", before, reason="Because.").keys() == changed.keys()
    event = last_event(ada)
    assert (event.action, event.reason, event.after) == ("tried", "Because.", changed)
    assert records.save(ada, ask, "tried", records.logged(ask)) == {}
    before = records.logged(person)
    person.password_hash, person.totp_nonce, person.totp_step = "hash", "nonce", 7
    assert records.save(ada, person, "tried", before) == {}
    assert (last_event(ada).id, ask.version) == (event.id, 2)
    with pytest.raises(TypeError):  # there is no name for what is no record
        records.subject_of(event)
    with pytest.raises(TypeError):
        plain({"of no kind that the log knows": ada})


@each_kind
def test_a_record_is_archived_with_a_reason_and_comes_back_as_it_was(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, False)  # was never public
    with pytest.raises(Conflict):
        records.publish(ed, row, row.version - 1)
    for _ in range(2):
        records.archive(ed, row, None, "It was a double.")
        ed.session.flush()
        assert row.publication is PUT_ASIDE
        records.restore(ed, row, None)
        ed.session.flush()
        assert row.publication is DRAFT
    with pytest.raises(RuleBroken):
        records.restore(ed, row, None)


@each_kind
def test_a_public_record_is_published_once_and_archived_once(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, True)
    for refuse in (records.publish, records.restore):
        with pytest.raises(RuleBroken):
            refuse(ed, row, None)
    with refused("reason"):
        records.archive(ed, row, None, "")
    with pytest.raises(Conflict):
        records.archive(ed, row, row.version - 1, "It was a double.")
    assert row.publication is PUBLISHED
    records.archive(ed, row, row.version, "It was a double.")
    assert (row.publication, last_event(ed).action, last_event(ed).reason) == (ARCHIVED, "archived", "It was a double.")
    with pytest.raises(RuleBroken):
        records.publish(ed, row, None)
    with pytest.raises(RuleBroken):
        records.archive(ed, row, None, "Again.")
    with pytest.raises(Conflict):
        records.restore(ed, row, row.version - 1)
    assert row.publication is ARCHIVED
    records.restore(ed, row, row.version)
    ed.session.flush()
    assert row.publication is PUBLISHED


# --- laws and links ---

ACT = {"kind": "ukpga", "citation": "2018 c. 13"}
ORDER = {"kind": "uksi", "citation": "S.I. 2020/680"}


def test_a_law_is_stored_in_normal_form(ed: Change) -> None:
    law = make_law(ed, published=False, kind="", citation="S.I. 2018 No. 78 (C. 11)")
    assert (law.key, law.citation, law.publication) == ("uksi/2018/78", "S.I. 2018/78 (C. 11)", Publication.DRAFT)


def test_one_law_is_never_entered_twice(ed: Change) -> None:
    other = make_law(ed, published=False, citation="2024 c. 1")
    of_no_kind: dict[str, Any] = {
        "kind": "other",
        "citation": "",
        "year": "2020",
        "address": "https://law.example.org/1",
    }
    for first in (ACT, ORDER, of_no_kind | {"number": "a"}):
        make_law(ed, published=False, **first)
    for second, field in (
        (ACT, "citation"),
        ({"kind": "ukpga", "citation": "Sanctions Act 2018 (c. 13)"}, "citation"),
        ({"kind": "wsi", "citation": "S.I. 2020 No. 680 (W. 12)"}, "citation"),
        (of_no_kind | {"number": "b"}, "address"),
    ):
        with refused(field):
            make_law(ed, published=False, **second)
        with refused(field):
            legislation.edit_legislation(ed, other, law_draft(**second), None)


def test_a_law_without_a_number_has_a_key_that_stays_when_its_number_becomes_known(ed: Change) -> None:
    law = make_law(ed, citation="", year="2018", title="Commencement No. 3")
    other = make_law(ed, citation="", year="2018", title="Commencement No. 4")
    assert (law.identity, law.address, other.identity) == (None, None, None)
    with pytest.raises(RuleBroken):
        make_law(ed, citation="", year="2018", title="Commencement No. 3")
    legislation.edit_legislation(ed, law, law_draft(title="Commencement No. 3", citation="2018 c. 13"), None)
    assert (law.key, law.identity, law.citation) == ("ukpga/2018/commencement-no-3", "ukpga/2018/13", "2018 c. 13")
    with pytest.raises(RuleBroken):  # and so it is known under its number too
        make_law(ed)


# --- a bill becomes an Act ---


def test_only_a_bill_becomes_another_law_never_itself_and_stays_linked_to_it(ed: Change) -> None:
    values: dict[str, Any] = {"kind": "bill", "citation": "Bill 157 (2017-19)", "year": "2017-19", "number": "157"}
    bill, act = make_law(ed, **values), make_law(ed)
    for law, draft in ((bill, law_draft(**values, becomes_id=bill.id)), (act, law_draft(becomes_id=bill.id))):
        with refused("becomes_id"):
            legislation.edit_legislation(ed, law, draft, None)
    assert legislation.edit_legislation(ed, bill, law_draft(**values, becomes_id=act.id), None)
    ed.session.flush()
    ed.session.refresh(bill, ["becomes"])
    ed.session.refresh(act, ["was"])
    assert (bill.becomes, act.was, bill.kind) == (act, [bill], "bill")


# --- links ---


def test_the_same_provisions_with_the_same_extent_are_linked_once(ed: Change) -> None:
    values: dict[str, Any] = {"provisions": "ss. 1–3", "extent": ("England and Wales", "Scotland")}
    link = make_link(ed, make_ask(ed), make_law(ed), **values)

    def draft(**changes: Any) -> LinkDraft:
        return link_draft(link.ask_id, link.legislation_id, **values | changes)

    for changes in ({"provisions": "s. 4"}, {"extent": ("Northern Ireland",)}, {"extent": ()}):
        other = legislation.create_link(ed, draft(**changes))
        assert other.id != link.id
        with refused("provisions"):
            legislation.create_link(ed, draft(note="Again."))
        with refused("provisions"):
            legislation.edit_link(ed, other, draft(note="Again."), None)
    delivers = draft(extent=("Wales",), effect=Effect.DELIVERS, in_force_on=PartialDate("2018-01-31"))
    assert legislation.edit_link(ed, link, delivers, None)
    assert (link.effect, link.in_force_on, link.extent) == (Effect.DELIVERS, PartialDate("2018-01-31"), ["Wales"])
    assert not legislation.edit_link(ed, link, delivers, None)


def test_a_link_is_published_after_its_law(ed: Change) -> None:
    law = make_law(ed, published=False)
    link = make_link(ed, make_ask(ed), law, published=False)
    with pytest.raises(RuleBroken):
        legislation.publish_link(ed, link, None)
    records.publish(ed, law, None)
    legislation.publish_link(ed, link, None)
    assert link.publication is Publication.PUBLISHED
    other = make_law(ed, published=False, citation="2018 c. 14")
    with refused("legislation_id"):
        legislation.edit_link(ed, link, link_draft(link.ask_id, other.id), None)
    assert link.legislation_id == law.id
