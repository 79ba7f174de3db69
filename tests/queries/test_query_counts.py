"""No page asks the database more often because there is more to show."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    dispute_draft,
    evidence_draft,
    find_staff,
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_person,
    make_source,
    make_staff,
    make_targets,
    make_test,
    make_update,
)
from tests.queries.statements import watched
from tracker.db.engine import reading, writing
from tracker.models import Ask, Legislation, Publisher, SanctionsList, Target, Update
from tracker.queries import choosing, desk, public, staff, stories
from tracker.queries.public import dates, feeds
from tracker.queries.public.filters import AskFilter
from tracker.queries.staff import Wanted
from tracker.rules.asks import AskKind
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.dates import PartialDate
from tracker.rules.people import COMMAND_LINE
from tracker.rules.status import Family
from tracker.rules.updates import EvidenceType, Result
from tracker.services import replies
from tracker.services.change import Change
from tracker.services.events import Subject, record

EVIDENCE = (evidence_draft(), evidence_draft(quote="Other words of it."))
FEW, MANY = 2, 20
KEY = "ukpga/2018/100"


def grow(change: Change, first: int, last: int) -> None:
    """More of everything: asks, sources, people; and tests, entries, drafts and links of one ask; bills of one law."""
    main = change.session.scalars(sa.select(Ask).where(Ask.slug == "main")).one()
    act = change.session.scalars(sa.select(Legislation).where(Legislation.key == KEY)).one()
    for number in range(first, last):
        source = make_source(change, key=f"source-{number}")
        values: dict[str, Any] = {"topic": f"Topic {number}", "responsible_bodies": (f"Body {number}", "A body")}
        values |= {"next_step": "A vote.", "next_step_on": PartialDate("2100-02")}
        ask = make_ask(change, published=True, slug=f"ask-{number}", source_id=source.id, **values)
        make_link(change, ask, act)
        replies.mark_disputed(change, ask, dispute_draft(), None)
        replies.end_dispute(change, ask, None, "It was right.")
        record(change, TAKEN_DOWN, Subject("words", 0, "words"), after={"places": 1}, reason="A court ordered it.")
        law = make_law(change, citation=f"2019 c. {number + 1}")
        make_link(change, main, law)
        make_link(change, main, act, provisions=f"s. {number}")
        bill: dict[str, Any] = {"kind": "bill", "citation": "", "year": "2017-19", "number": f"{number}"}
        make_law(change, **bill, becomes_id=act.id)
        test = make_test(change, main, key=f"test-{number}")
        make_update(change, main, results=((test.id, Result.NOT_MET),), evidence=EVIDENCE)
        make_update(change, main, published=False)
        make_person(Change(change.session, COMMAND_LINE, NOW), name=f"Somebody {number}")
        make_designation(change.session, f"RUS{number:04}")
        change.session.add(Publisher(host=f"{number}.example.org", publisher="News", type=EvidenceType.INDEPENDENT))
        list_target(change, make_targets(change, main, f"Boris Testov {number}")[0], f"RUS{number:04}")


def first(session: Session, model: Any, *conditions: Any) -> int:
    return int(session.scalars(sa.select(sa.func.min(model.id)).where(*conditions)).one())


def main_id(session: Session) -> int:
    return first(session, Ask, Ask.slug == "main")


REGIME = "Russia (Sanctions) (EU Exit) Regulations 2019"
SEEN: Any = SimpleNamespace(
    line=SimpleNamespace(kind=AskKind.SANCTIONS, slug="main"),
    on=None,
    links=[SimpleNamespace(law=SimpleNamespace(title=REGIME))],
)
# What each parameter without a default is given, by its name.
ARGUMENTS: Mapping[str, Callable[[Session], Any]] = {
    "session": lambda session: session,
    "among": lambda session: sa.select(Ask),
    "ask": lambda session: SEEN,
    "ask_id": main_id,
    "ask_ids": lambda session: list(session.scalars(sa.select(Ask.id))),
    "at": lambda session: NOW,
    "before": lambda session: 1000,
    "block": lambda session: 1,
    "cells": public.count_cells,
    "identity": lambda session: KEY,
    "ids": lambda session: list(session.scalars(sa.select(Ask.id))),
    "key": lambda session: KEY,
    "kind": lambda session: Legislation,
    "limit": lambda session: 100,
    "lines": lambda session: public.find_page(session, AskFilter()).lines,
    "model": lambda session: Ask,
    "number": lambda session: 1,
    "numbers": lambda session: {Family.OPEN: 99},
    "person_id": lambda session: 1,
    "since": lambda session: NOW,
    "size": lambda session: 100,
    "slug": lambda session: "main",
    "subject": lambda session: "ask",
    "subject_id": main_id,
    "target": lambda session: session.get_one(Target, 1),
    "text": lambda session: "homs",
    "title": lambda session: REGIME,
    "today": lambda session: date(2100, 1, 1),
    "update": lambda session: session.get_one(Update, 1),
    "update_id": lambda session: first(session, Update),
    "url": lambda session: evidence_draft().url,
    "wanted": lambda session: AskFilter(),
}
Query = Callable[[Session], Any]
OTHERWISE: Mapping[str, Query] = {
    "public.count_by_status of one source": lambda session: public.count_by_status(
        session, wanted=AskFilter(source=public.list_sources(session)[0].key)
    ),
    "public.find_ask of the past": lambda session: public.find_ask(session, "main", on=date(2020, 6, 30)),
    "public.find_page by words": lambda session: public.find_page(session, AskFilter(text="homes")),
    "public.find_page of the past": lambda session: public.find_page(session, AskFilter(), on=NOW.date()),
    "public.find_body": lambda session: public.find_body(session, "body-1"),
    "public.find_source": lambda session: public.find_source(session, "source-1"),
    "staff.list_asks": lambda session: staff.list_asks(session, Wanted("home", "announced", "published")),
    **{f"staff.list_all {kind.__name__}": partial(staff.list_all, kind=kind) for kind in staff.BY_NAME},
    **{f"staff.find {kind.__name__}": partial(staff.find, kind=kind, number=1) for kind in staff.LOADED},
}


def called(function: Callable[..., Any]) -> Query:
    """Return the query with what it needs."""
    parameters = inspect.signature(function).parameters.values()
    needed = [it.name for it in parameters if it.default is it.empty and it.kind is not it.VAR_POSITIONAL]
    return lambda session: function(*(ARGUMENTS[name](session) for name in needed))


def queries() -> Iterator[tuple[str, Query]]:
    """Yield every query of these modules, so that none is forgotten, and some that are asked otherwise."""
    for module in (public, dates, feeds, choosing, desk, staff, stories):
        short = module.__name__.rpartition(".")[2]
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__.startswith(module.__name__) and not name.startswith("_")
            if is_own and "session" in inspect.signature(function).parameters:
                yield f"{short}.{name}", called(function)
    yield from OTHERWISE.items()


QUERIES = dict(queries())


def counts(engine: sa.Engine) -> dict[str, int]:
    return {name: statements(engine, query) for name, query in QUERIES.items()}


def statements(engine: sa.Engine, query: Query) -> int:
    """Return how many statements a query sends in a session of its own."""
    with reading(engine) as session:
        session.connection()
        with watched(engine) as sent:
            answer = query(session)
            if isinstance(answer, Iterator):
                list(answer)
    return len(sent)


def test_a_query_takes_as_many_statements_for_twenty_records_as_for_two(engine: sa.Engine) -> None:
    with writing(engine) as session:
        change = Change(session, make_staff(session).ed, NOW)
        make_ask(change, published=True, slug="main")
        make_law(change, citation="2018 c. 100")
        session.add(SanctionsList(day=PartialDate("2026-11-20"), read_at=NOW))
        grow(change, 0, FEW)
    few = counts(engine)
    with writing(engine) as session:
        grow(Change(session, find_staff(session).ed, NOW), FEW, MANY)
    assert counts(engine) == few
    assert {name: number for name, number in few.items() if not 1 <= number <= 12} == {}
