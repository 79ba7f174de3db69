"""The check of what is derived from the asks names whatever is wrong in it, and writing it anew mends it."""

import sqlalchemy as sa

from tests.factories import make_ask, make_law, make_link, make_test
from tests.transactions import shared_engine_with, undone
from tracker.services import derived
from tracker.services.change import Change


def fill(change: Change) -> None:
    """A published ask with a law and a body, and a draft."""
    ask = make_ask(change, published=True, responsible_bodies=("The Treasury",))
    make_link(change, ask, make_law(change))
    make_test(change, ask)
    make_ask(change, slug="draft")


filled = shared_engine_with(fill)
WITHOUT_DAYS = "ask empty-homes does not have the days of its statuses"
NOT_FOUND = "ask empty-homes is not found by its words"
MISTOLD = "ask empty-homes does not stand as its story says"
FAULTS = {
    "DELETE FROM status_span": [WITHOUT_DAYS],
    "UPDATE status_span SET reason = 'Another.'": [WITHOUT_DAYS],
    "DELETE FROM ask_search": [NOT_FOUND],
    "UPDATE ask SET summary = 'Pears.' WHERE slug = 'empty-homes'": [NOT_FOUND],
    "UPDATE ask SET status_on = '2017' WHERE slug = 'empty-homes'": [MISTOLD],
    "UPDATE success_test SET result = 'met', result_on = '2017'": [MISTOLD],
    "UPDATE ask SET title_key = 'z' WHERE slug = 'empty-homes'": ["ask empty-homes is not sorted by its title"],
    "UPDATE ask SET publication = 'archived' WHERE slug = 'empty-homes'": [
        "ask empty-homes has days in the past, but is not published",
        "ask empty-homes is found by its words, but is not published",
    ],
}


def test_each_fault_is_named_and_mended(filled: sa.Engine) -> None:
    with undone(filled) as new_session:
        for statement, faults in FAULTS.items():
            with new_session() as session:
                assert derived.find_faults(session) == []
                session.execute(sa.text(statement))
                assert set(faults) <= set(derived.find_faults(session)), statement
                derived.mend(session)
                assert derived.find_faults(session) == [], statement


def test_what_holds_nothing_is_filled_and_what_holds_anything_is_left_alone(filled: sa.Engine) -> None:
    with undone(filled) as new_session, new_session() as session:
        session.execute(sa.text("DELETE FROM ask_search"))
        derived.fill_if_empty(session)
        assert derived.find_faults(session) == [NOT_FOUND]
        session.execute(sa.text("DELETE FROM status_span"))
        derived.fill_if_empty(session)
        assert derived.find_faults(session) == []
