"""What asks, laws, links and sources have in common: stale edits, publishing, archiving, restoring."""

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
    make_source,
    source_draft,
)
from tests.transactions import refused
from tracker.models import Event
from tracker.rules.asks import Publication
from tracker.rules.errors import Conflict, RuleBroken
from tracker.services import asks, legislation, records
from tracker.services.change import Change
from tracker.services.events import plain

DRAFT, PUBLISHED, ARCHIVED, PUT_ASIDE = Publication
Make = Callable[[Change, bool], Any]


def source(change: Change, published: bool) -> Any:
    made = make_source(change)
    if published:
        records.publish(change, made, None)
    return made


MAKE: dict[str, Make] = {
    "ask": lambda change, published: make_ask(change, published=published),
    "source": source,
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
def test_a_record_is_published_and_archived_once_with_a_reason_and_comes_back(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, True)
    with pytest.raises(RuleBroken):
        records.publish(ed, row, None)
    with pytest.raises(RuleBroken):
        records.restore(ed, row, None)
    with refused("reason"):
        records.archive(ed, row, None, "")
    assert row.publication is PUBLISHED
    with pytest.raises(Conflict):
        records.archive(ed, row, row.version - 1, "It was a double.")
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


@each_kind
def test_a_draft_that_was_put_aside_was_never_public_and_comes_back_as_a_draft(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, False)
    with pytest.raises(Conflict):
        records.publish(ed, row, row.version - 1)
    with pytest.raises(RuleBroken):
        records.restore(ed, row, None)
    for _ in range(2):
        records.archive(ed, row, None, "It was a double.")
        ed.session.flush()
        assert row.publication is PUT_ASIDE
        records.restore(ed, row, None)
        ed.session.flush()
        assert row.publication is DRAFT
