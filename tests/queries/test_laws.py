"""The index of laws page by page, and a law with more links than its page shows."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import make_ask, make_law, make_link
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.queries import public
from tracker.queries.public.filters import UnknownFilter
from tracker.queries.public.laws import MOST_LINKS, NAMED
from tracker.rules.legislation import KINDS, Effect
from tracker.services.change import Change

NUMBERS = range(1, 12)


def fill(change: Change) -> None:
    """Laws of two kinds, and one with more links than fit."""
    for number in NUMBERS:
        make_law(change, citation=f"2018 c. {number}")
        make_law(change, kind="uksi", citation=f"S.I. 2018/{number}", published=number > 1)
    ask, law = make_ask(change, published=True), make_law(change, citation="2019 c. 1")
    for number in range(MOST_LINKS + 1):
        make_link(change, ask, law, provisions=f"s. {number}", published=number > 0)
    make_link(change, ask, law, provisions="the one too many")


filled = shared_engine_with(fill)


def test_paging_visits_every_published_law_once_by_kind_on_each_page(filled: sa.Engine) -> None:
    visited, after, places = [], "", {label: place for place, label in enumerate(KINDS.values())}
    with reading(filled) as session:
        while True:
            page = public.list_laws(session, after, size=5)
            shown = [places[law.kind_label] for law in page.laws]
            assert shown == sorted(shown)
            visited += [law.key for law in page.laws]
            if not page.next_key:
                break
            after = page.next_key
    assert len(visited) == len(set(visited)) == 2 * len(NUMBERS)


@pytest.mark.parametrize("key", ["ukpga", "x" * 5000, "\x00", "ukpga/2018/1;", "../../etc"])
def test_what_is_no_key_of_a_law_is_refused(filled: sa.Engine, key: str) -> None:
    with reading(filled) as session, pytest.raises(UnknownFilter, match="leads nowhere"):
        public.list_laws(session, key)


def test_a_law_shows_so_many_links_and_says_that_there_are_more(filled: sa.Engine) -> None:
    with reading(filled) as session:
        many, none = public.find_law(session, "ukpga/2019/1"), public.find_law(session, "ukpga/2018/1")
    assert many
    assert none
    assert (len(many.links), many.has_more_links) == (MOST_LINKS, True)
    assert "s. 0" not in {link.provisions for link in many.links}, "it is a draft"
    assert (none.links, none.has_more_links) == ((), False)


def test_the_index_names_the_first_asks_of_a_law_each_effect_once_and_counts_them_all(
    session: Session, ed: Change
) -> None:
    law, number = make_law(ed), NAMED + 2
    for title in "ABCDEFGH"[:number]:
        ask = make_ask(ed, title=title, slug=title.lower(), published=True)
        make_link(ed, ask, law, provisions="s. 1")
        make_link(ed, ask, law, provisions="s. 2")
    make_link(ed, make_ask(ed, title="A draft", slug="draft"), law)
    make_link(ed, ask, law, effect=Effect.BACKGROUND, published=False)
    named = public.list_laws(session).serves[law.key]
    assert [(one.ask_title, one.effect, one.number) for one in named] == [
        (title, Effect.ENABLES, number) for title in "ABC"
    ]
