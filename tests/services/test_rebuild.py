"""The check of the public lists and counts names whatever is wrong in them, and making them anew mends it."""

import pytest
import sqlalchemy as sa

from tests.factories import make_ask, make_law, make_link, make_test
from tests.transactions import shared_engine_with, undone
from tracker.models import Derivation
from tracker.queries import public
from tracker.services import rebuild
from tracker.services.change import Change


def fill(change: Change) -> None:
    """A published ask with a law and a body, and a draft."""
    ask = make_ask(change, published=True, responsible_bodies=("The Treasury",))
    make_link(change, ask, make_law(change))
    make_test(change, ask)
    make_ask(change, slug="draft")


filled = shared_engine_with(fill)
HIDE = "UPDATE ask SET publication = 'archived' WHERE slug = 'empty-homes'"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE ask_count SET number = 7 WHERE scope = '' AND topic = ''",
            "ask_count, scope “”, topic “”, kind “policy”, status “announced”: 7 is kept, 1 is right",
        ),
        (
            "DELETE FROM ask_count WHERE scope = 'body/the-treasury' AND topic = 'Housing'",
            "ask_count, scope “body/the-treasury”, topic “Housing”, kind “policy”, status “announced”: "
            "0 is kept, 1 is right",
        ),
        (
            "UPDATE status_flow SET number = 2 WHERE period = '2018'",
            "status_flow, period “2018”, status “announced”: 2 is kept, 1 is right",
        ),
        (
            "INSERT INTO status_flow (period, status, number) VALUES ('2019', 'met', -1)",
            "status_flow, period “2019”, status “met”: -1 is kept, 0 is right",
        ),
        ("UPDATE update_count SET number = 9", "update_count, kind “status”: 9 is kept, 1 is right"),
        ("UPDATE listing SET changed_on = '2019'", "ask empty-homes is not listed as it is"),
        ("DELETE FROM status_span", "ask empty-homes is not listed as it is"),
        ("UPDATE status_span SET reason = 'Another.'", "ask empty-homes is not listed as it is"),
        ("DELETE FROM ask_search", "ask empty-homes is not found by its words"),
        ("UPDATE ask SET summary = 'Pears.' WHERE slug = 'empty-homes'", "ask empty-homes is not found by its words"),
        (HIDE, "ask empty-homes is listed, but is not published"),
        (HIDE, "ask empty-homes has days in the past, but is not published"),
        (HIDE, "ask empty-homes is found by its words, but is not published"),
    ],
)  # fmt: skip
def test_each_fault_is_named_and_mended(filled: sa.Engine, statement: str, fault: str) -> None:
    with undone(filled) as new_session, new_session() as session:
        assert rebuild.find_faults(session) == []
        session.execute(sa.text(statement))
        assert fault in rebuild.find_faults(session)
        rebuild.rebuild(session)
        assert rebuild.find_faults(session) == []


def test_what_another_version_of_the_code_derived_is_not_current(filled: sa.Engine) -> None:
    with undone(filled) as new_session, new_session() as session:
        assert rebuild.is_current(session)
        session.execute(sa.update(Derivation).values(version=rebuild.VERSION - 1))
        assert not rebuild.is_current(session)
        steps: list[int] = []
        rebuild.rebuild(session, steps.append)
        assert rebuild.is_current(session)
        assert steps == [1]


def test_made_anew_the_lists_forget_what_is_gone(filled: sa.Engine) -> None:
    with undone(filled) as new_session, new_session() as session:
        session.execute(sa.text(HIDE))
        rebuild.rebuild(session)
        assert public.list_bodies(session) == public.list_topics(session) == {}
        assert public.count_by_status(session) == {}
