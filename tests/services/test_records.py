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
from tests.transactions import problems_of
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
def test_a_stale_edit_is_a_conflict_and_writes_nothing(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, False)
    assert EDIT[kind](ed, row, 1)
    event = last_event(ed)
    with pytest.raises(Conflict):
        EDIT[kind](ed, row, 1)
    assert (row.version, row.internal_note, last_event(ed).id) == (2, "B", event.id)
    assert not EDIT[kind](ed, row, 2)  # the same values again


@each_kind
def test_the_log_holds_what_an_edit_changed_and_nothing_else(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, False)
    EDIT[kind](ed, row, None)
    event = last_event(ed)
    assert (event.action, event.before, event.after) == ("edited", {"internal_note": ""}, {"internal_note": "B"})
    assert (event.subject_id, event.actor_id, event.at) == (row.id, ed.actor.id, ed.at)


def test_whatever_a_service_changed_of_a_row_stands_in_the_log(ed: Change) -> None:
    ask = make_ask(ed)
    before = records.logged(ask)
    ask.internal_note, ask.jurisdictions = "B", ["Wales"]
    assert records.save(ed, ask, "tried", before, reason="Because.").keys() == {"internal_note", "jurisdictions"}
    event = last_event(ed)
    assert (event.action, event.reason, event.after) == (
        "tried",
        "Because.",
        {"internal_note": "B", "jurisdictions": ["Wales"]},
    )
    assert records.save(ed, ask, "tried", records.logged(ask)) == {}
    assert (last_event(ed).id, ask.version) == (event.id, 2)


def test_what_opens_an_account_is_never_logged(ada: Change) -> None:
    person = make_person(ada, name="Dot")
    before = records.logged(person)
    person.password_hash, person.totp_nonce, person.totp_step = "hash", "nonce", 7
    assert records.save(ada, person, "tried", before) == {}


@each_kind
def test_archiving_needs_a_reason_and_happens_once(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, True)
    with pytest.raises(RuleBroken) as broken:
        records.archive(ed, row, None, "")
    assert (problems_of(broken), row.publication) == ({"reason"}, PUBLISHED)
    records.archive(ed, row, row.version, "It was a double.")
    assert (row.publication, last_event(ed).action, last_event(ed).reason) == (ARCHIVED, "archived", "It was a double.")
    with pytest.raises(RuleBroken):
        records.archive(ed, row, None, "Again.")


@each_kind
@pytest.mark.parametrize("published", [True, False], ids=["published", "draft"])
def test_restoring_brings_a_record_back_to_what_it_was(ed: Change, kind: str, published: bool) -> None:
    row = MAKE[kind](ed, published)
    with pytest.raises(RuleBroken):
        records.restore(ed, row, None)
    for _ in range(2):
        records.archive(ed, row, None, "It was a double.")
        ed.session.flush()
        assert row.publication is (ARCHIVED if published else PUT_ASIDE)  # what was never public stays unseen
        records.restore(ed, row, None)
        ed.session.flush()
        assert row.publication is (PUBLISHED if published else DRAFT)


MOVES: dict[str, Callable[[Change, Any, int], None]] = {
    "publish": records.publish,
    "archive": lambda change, row, seen: records.archive(change, row, seen, "It was a double."),
    "restore": records.restore,
}


@each_kind
@pytest.mark.parametrize("move", list(MOVES))
def test_a_move_from_a_stale_page_is_a_conflict(ed: Change, kind: str, move: str) -> None:
    row = MAKE[kind](ed, move != "publish")
    if move == "restore":
        records.archive(ed, row, None, "It was a double.")
    was, stale = row.publication, row.version - 1
    with pytest.raises(Conflict):
        MOVES[move](ed, row, stale)
    assert row.publication is was


@each_kind
def test_what_is_published_or_archived_is_not_published_again(ed: Change, kind: str) -> None:
    row = MAKE[kind](ed, True)
    with pytest.raises(RuleBroken):
        records.publish(ed, row, None)
    records.archive(ed, row, None, "It was a double.")
    with pytest.raises(RuleBroken):
        records.publish(ed, row, None)


def test_the_log_has_no_name_for_what_is_no_record(ed: Change) -> None:
    with pytest.raises(TypeError):
        records.subject_of(last_event(ed))
    with pytest.raises(TypeError):
        plain({"of no kind that the log knows": ed})
