"""The one filter for files: what is typed is never taken for a pattern, and the file has the rows of the list."""

import pytest
import sqlalchemy as sa

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
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
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
    ({"status": "lapsed"}, ""),
    ({"family": "open", "kind": "sanctions"}, "hundred"),
    ({"topic": "trams-and-trains", "family": "met", "kind": "policy", "q": "naive"}, "met"),
    ({"q": "skoda"}, "skoda"),
    ({"q": "  skoda  "}, "skoda"),
    ({"q": "%"}, ""),
    ({"q": "100%"}, "hundred"),
    ({"q": "1%0"}, ""),
    ({"q": "_"}, ""),
    ({"q": "s_oda"}, ""),
    ({"q": "\\"}, ""),
    ({"q": "c:\\homes_all"}, "hundred"),
    ({"q": "\\%"}, ""),
    ({"q": "'; DROP TABLE ask; --"}, ""),
    ({"q": "draft"}, ""),
    ({"page": "2", "unknown": "x"}, ALL),
]


@pytest.mark.parametrize(("query", "expected"), TABLE, ids=[repr(query) for query, _ in TABLE])
def test_the_list_and_its_files_hold_the_asks_that_were_asked_for(
    filled: sa.Engine, query: dict[str, str], expected: str
) -> None:
    wanted = AskFilter.from_query(query)
    with reading(filled) as session:
        page = public.find_page(session, wanted)
    listed = [line.slug for line in page.lines]
    assert page.number == len(listed)
    assert sorted(listed) == expected.split()
    for name in ("asks", "updates", "evidence"):
        assert {row.ask_slug for row in tables.read(filled, name, wanted)} == set(expected.split())


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"Act of the rejected", "Act of nobody"}),
        ({"family": "ended"}, {"Act of the rejected"}),
        ({"family": "met"}, set()),
    ],
)
def test_the_file_of_laws_holds_those_of_the_asks_that_were_asked_for(
    filled: sa.Engine, query: dict[str, str], titles: set[str]
) -> None:
    rows = tables.read(filled, "legislation", AskFilter.from_query(query))
    assert {row.title for row in rows} == titles


@pytest.mark.parametrize(
    "query",
    [
        {"family": "unknown"},
        {"status": "Met"},
        {"kind": "x" * 5000},
        {"topic": "Housing"},
        {"body": "The Treasury"},
        {"law": "x" * 5000},
        {"law": "ukpga 2018"},
        {"q": "x" * 201},
        {"q": "a\x00b"},
        {"q": "\ud800"},
        {"q": "\uffff"},
    ],
    ids=lambda query: ascii(query)[:40],
)
def test_a_filter_that_does_not_exist_is_said_so(query: dict[str, str]) -> None:
    with pytest.raises(UnknownFilter):
        AskFilter.from_query(query)


@pytest.mark.parametrize("topic", ["unknown", "drafts"])
def test_a_topic_of_no_public_ask_does_not_exist(filled: sa.Engine, topic: str) -> None:
    wanted = AskFilter.from_query({"topic": topic})
    with reading(filled) as session, pytest.raises(UnknownFilter):
        public.find_page(session, wanted)
    with pytest.raises(UnknownFilter):  # before the first row, so that a download does not begin
        tables.read(filled, "asks", wanted)


@pytest.mark.parametrize("step", [1, 2, 3, 500])
@pytest.mark.parametrize("query", [{}, {"kind": "sanctions"}], ids=["all", "filtered"])
def test_files_read_in_short_steps_have_the_same_rows(
    filled: sa.Engine, monkeypatch: pytest.MonkeyPatch, step: int, query: dict[str, str]
) -> None:
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
