"""The one filter for lists and files, and the index of laws page by page."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_reply,
    make_targets,
    make_test,
    make_update,
)
from tests.transactions import shared_engine_with
from tracker.db.engine import reading, writing
from tracker.queries import public
from tracker.queries.public import tables
from tracker.queries.public.filters import AskFilter, UnknownFilter
from tracker.queries.public.laws import MOST_LINKS, NAMED
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import KINDS, Effect
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.services.change import Change

ALL = "hundred met rejected skoda"


def fill(change: Change) -> None:
    make_ask(change, published=True, slug="skoda", title="Škoda for MPs", topic="Trams and trains")
    make_ask(change, published=True, slug="hundred", title=r"100% of C:\homes_all", kind=AskKind.SANCTIONS)
    met = make_ask(change, published=True, slug="met", summary="Straße, ΣΊΣΥΦΟΣ, naïve.", topic="Trams and trains")
    results = ((make_test(change, met).id, Result.MET),)
    make_update(change, met, status=Status.MET, results=results, happened_on=PartialDate("2021"))
    rejected = make_ask(change, published=True, slug="rejected", quote="We will not.", kind=AskKind.SANCTIONS)
    make_update(change, rejected, status=Status.REJECTED, reason="The minister said no.")
    make_link(change, rejected, make_law(change, title="Act of the rejected"))
    make_reply(change, rejected, published=True)
    make_reply(change, rejected, asked="The Home Office", published=True)
    make_designation(change.session)
    for target in make_targets(change, rejected, "Boris Testov", "Carla Inventova"):
        list_target(change, target)
    make_law(change, citation="2018 c. 14", title="Act of nobody")
    make_ask(change, slug="draft", title="Škoda in a draft", topic="Drafts")


filled = shared_engine_with(fill)


TABLE: list[tuple[dict[str, str], str]] = [
    ({}, ALL),
    ({"family": "won"}, "met"),  # as the families were called before
    ({"family": "lost"}, "rejected"),
    ({"topic": "trams-and-trains", "family": "met", "kind": "policy", "q": "naive"}, "met"),
    ({"q": "  skoda  "}, "skoda"),
    ({"q": "c:\\homes_all"}, "hundred"),
    ({"q": "\\%"}, ""),
    ({"page": "2", "unknown": "x"}, ALL),
]


def test_the_list_and_its_files_hold_the_asks_that_were_asked_for(filled: sa.Engine) -> None:
    for query, expected in TABLE:
        wanted = AskFilter.from_query(query)
        with reading(filled) as session:
            page = public.find_page(session, wanted)
        listed = [line.slug for line in page.lines]
        assert page.number == len(listed)
        assert sorted(listed) == expected.split(), query
        for name in ("asks", "updates", "evidence"):
            assert {row.ask_slug for row in tables.read(filled, name, wanted)} == set(listed), query
    for query, titles in (
        ({}, {"Act of the rejected", "Act of nobody"}),
        ({"family": "ended"}, {"Act of the rejected"}),
        ({"family": "met"}, set()),
    ):
        laws = tables.read(filled, "legislation", AskFilter.from_query(query))
        assert {row.title for row in laws} == titles, query


UNKNOWN = [
    ("family", "unknown"), ("status", "Met"), ("kind", "x" * 5000), ("body", "The Treasury"), ("law", "x" * 5000),
    ("q", "x" * 201), ("q", "a\x00b"), ("q", "\uffff"),
]  # fmt: skip


def test_a_filter_that_does_not_exist_is_said_so_and_so_is_a_topic_of_no_public_ask(filled: sa.Engine) -> None:
    for name, value in UNKNOWN:
        with pytest.raises(UnknownFilter):
            AskFilter.from_query({name: value})
    for topic in ("unknown", "drafts"):
        wanted = AskFilter.from_query({"topic": topic})
        with reading(filled) as session, pytest.raises(UnknownFilter):
            public.find_page(session, wanted)
        with pytest.raises(UnknownFilter):  # before the first row, so that a download does not begin
            tables.read(filled, "asks", wanted)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_files_read_in_short_steps_have_the_same_rows(
    filled: sa.Engine, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    for query in ({}, {"kind": "sanctions"}):
        wanted = AskFilter.from_query(query)
        for name in tables.RECORDS:
            whole = [tuple(row) for row in tables.read(filled, name, wanted)]
            with monkeypatch.context() as patched:
                patched.setattr(tables, "STEP", step)
                assert [tuple(row) for row in tables.read(filled, name, wanted)] == whole
                assert whole or (name in {"tests", "results"} and query)


def test_between_two_steps_a_writer_does_not_wait(filled: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "STEP", 1)
    rows = tables.read(filled, "asks", AskFilter())
    next(rows)
    with writing(filled) as session:
        session.execute(sa.text("UPDATE revision SET number = number"))
    assert len(list(rows)) == len(ALL.split()) - 1


# --- the laws ---

NUMBERS = range(1, 12)


def fill_laws(change: Change) -> None:
    """Laws of two kinds, and one with more links than fit."""
    for number in NUMBERS:
        make_law(change, citation=f"2018 c. {number}")
        make_law(change, kind="uksi", citation=f"S.I. 2018/{number}", published=number > 1)
    ask, law = make_ask(change, published=True), make_law(change, citation="2019 c. 1")
    for number in range(MOST_LINKS + 1):
        make_link(change, ask, law, provisions=f"s. {number}", published=number > 0)
    make_link(change, ask, law, provisions="the one too many")


laws = shared_engine_with(fill_laws)


def test_paging_visits_every_published_law_once_by_kind_on_each_page(laws: sa.Engine) -> None:
    visited, after, places = [], "", {label: place for place, label in enumerate(KINDS.values())}
    with reading(laws) as session:
        while True:
            page = public.list_laws(session, after, size=5)
            shown = [places[law.kind_label] for law in page.laws]
            assert shown == sorted(shown)
            visited += [law.key for law in page.laws]
            if not page.next_key:
                break
            after = page.next_key
    assert len(visited) == len(set(visited)) == 2 * len(NUMBERS)
    for key in ("ukpga", "x" * 5000, "\x00", "ukpga/2018/1;", "../../etc"):
        with reading(laws) as session, pytest.raises(UnknownFilter, match="leads nowhere"):
            public.list_laws(session, key)


def test_a_law_shows_so_many_links_and_says_that_there_are_more(laws: sa.Engine) -> None:
    with reading(laws) as session:
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
