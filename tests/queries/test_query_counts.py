"""No page asks the database more often because there is more to show."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.engines import ENGINES, Databases, open_engine
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
from tracker.db.engine import reading, writing
from tracker.models import Ask, Legislation, Link, Publisher, SanctionsList, SuccessTest, Target, Update
from tracker.queries import choosing, desk, public, staff, stories
from tracker.queries.public.filters import AskFilter
from tracker.queries.staff import Wanted
from tracker.rules.asks import AskKind
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import COMMAND_LINE
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
        ask = make_ask(change, published=True, slug=f"ask-{number}", topic=f"Topic {number}", source_id=source.id)
        make_link(change, ask, act)
        replies.mark_disputed(change, ask, dispute_draft(), None)
        replies.end_dispute(change, ask, None, "It was right.")
        record(change, TAKEN_DOWN, Subject("words", 0, "words"), after={"places": 1}, reason="A court ordered it.")
        law = make_law(change, citation=f"2019 c. {number + 1}")
        make_link(change, main, law)
        make_link(change, main, act, provisions=f"s. {number}")
        bill: dict[str, Any] = {
            "kind": "bill",
            "citation": "",
            "year": "2017-19",
            "number": f"{number}",
            "becomes_id": act.id,
        }
        make_law(change, **bill)
        test = make_test(change, main, key=f"test-{number}")
        make_update(change, main, results=((test.id, Result.NOT_MET),), evidence=EVIDENCE)
        make_update(change, main, published=False)
        make_person(Change(change.session, COMMAND_LINE, NOW), name=f"Somebody {number}")
        make_designation(change.session, f"RUS{number:04}")
        change.session.add(Publisher(host=f"{number}.example.org", publisher="News", type=EvidenceType.INDEPENDENT))
        list_target(change, make_targets(change, main, f"Boris Testov {number}")[0], f"RUS{number:04}")


@pytest.fixture(scope="module", params=ENGINES)
def counted(databases: Databases, request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """How many statements each query took with few records and with many."""
    with databases.temporary(request.param) as url, open_engine(url) as engine:
        with writing(engine) as session:
            change = Change(session, make_staff(session).ed, NOW)
            make_ask(change, published=True, slug="main")
            make_law(change, citation="2018 c. 100")
            session.add(SanctionsList(day=PartialDate("2026-11-20"), read_at=NOW))
            grow(change, 0, FEW)
        few = counts(engine)
        with writing(engine) as session:
            grow(Change(session, find_staff(session).ed, NOW), FEW, MANY)
        yield few, counts(engine)


def first(session: Session, model: Any, *conditions: Any) -> int:
    return int(session.scalars(sa.select(sa.func.min(model.id)).where(*conditions)).one())


def main_id(session: Session) -> int:
    return first(session, Ask, Ask.slug == "main")


def source_key(session: Session) -> str:
    return public.list_sources(session)[0].key


SEEN: Any = SimpleNamespace(
    line=SimpleNamespace(kind=AskKind.SANCTIONS, slug="main"),
    on=None,
    links=[SimpleNamespace(law=SimpleNamespace(title="Russia (Sanctions) (EU Exit) Regulations 2019"))],
)
QUERIES: Mapping[str, Callable[[Session], Any]] = {
    "public.count_by_status": public.count_by_status,
    "public.count_updates": public.count_updates,
    "public.find_ask": lambda s: public.find_ask(s, "main", on=date(2020, 6, 30)),
    "public.find_checkpoint": public.find_checkpoint,
    "public.find_latest_checkpoint": lambda session: public.find_latest_checkpoint(session, NOW),
    "public.find_years": public.find_years,
    "public.find_groups": public.find_groups,
    "public.find_key_of": lambda s: public.find_key_of(s, KEY),
    "public.find_last_change": public.find_last_change,
    "public.find_law": lambda s: public.find_law(s, KEY),
    "public.find_regime": lambda s: public.find_regime(s, "Russia (Sanctions) (EU Exit) Regulations 2019"),
    "public.find_sanctions": lambda s: public.find_sanctions(s, SEEN),
    "public.find_slug_now": lambda s: [public.find_slug_now(s, "main")],
    "public.find_page": lambda s: public.find_page(s, AskFilter()).lines,
    "public.find_page by words": lambda s: public.find_page(s, AskFilter(text="homes")).lines,
    "public.find_page of the past": lambda s: public.find_page(s, AskFilter(), on=NOW.date()).lines,
    "public.count_by_status of one source": lambda s: [
        public.count_by_status(s, None, AskFilter(source=source_key(s)))
    ],
    "public.find_body": lambda s: [public.find_body(s, "home-office")],
    "public.find_source": lambda s: public.find_source(s, source_key(s)),
    "public.list_passages": lambda s: public.list_passages(s, public.find_page(s, AskFilter()).lines),
    "public.find_choices": lambda s: [public.find_choices(s, AskFilter(), public.list_topics(s))],
    "public.count_by_year": public.count_by_year,
    "public.find_near": lambda s: [public.find_near(s, "homs")],
    "public.list_bodies": lambda s: [public.list_bodies(s)],
    "public.find_law_title": lambda s: [public.find_law_title(s, KEY)],
    "public.list_ended_disputes": public.list_ended_disputes,
    "public.list_takings_down": public.list_takings_down,
    "public.list_former_slugs": lambda s: [public.list_former_slugs(s)],
    "public.list_laws": public.list_laws,
    "public.list_sources": public.list_sources,
    "public.list_topics": public.list_topics,
    "public.list_unknown": lambda s: public.list_unknown(s, NOW.date()),
    "public.list_updates": public.list_updates,
    "staff.find_ask": lambda s: staff.find_ask(s, main_id(s)),
    "staff.find_law": lambda s: staff.find_law(s, first(s, Legislation)),
    "staff.find_twin": lambda s: [staff.find_twin(s, s.get_one(Update, 1), NOW)],
    "staff.find_link": lambda s: staff.find_link(s, first(s, Link)),
    "staff.list_asks_of": lambda s: staff.list_asks_of(s, [main_id(s)]),
    "desk.count_published_updates": lambda s: desk.count_published_updates(s, [main_id(s)]),
    "staff.find_reply": lambda s: [staff.find_reply(s, 1)],
    "staff.find_next_target": lambda s: [staff.find_next_target(s, s.get_one(Target, 1))],
    "staff.find_target": lambda s: staff.find_target(s, 1),
    "staff.list_targets": lambda s: staff.list_targets(s, main_id(s)),
    "staff.list_notes": lambda s: [staff.list_notes(s, main_id(s))],
    "staff.list_replies": lambda s: [staff.list_replies(s, main_id(s))],
    "desk.list_unanswered": lambda s: [desk.list_unanswered(s, NOW.date(), 20)],
    "staff.find_test": lambda s: staff.find_test(s, first(s, SuccessTest)),
    "staff.find_update": lambda s: staff.find_update(s, first(s, Update)),
    "staff.list_asks": lambda s: staff.list_asks(s, Wanted("home", "announced", "published")),
    "staff.list_people": lambda s: staff.list_people(s).rows,
    "staff.search": lambda s: staff.search(s, sa.select(Ask), Ask, "home", 20).rows,
    "staff.list_laws": staff.list_laws,
    "staff.list_sources": staff.list_sources,
    "desk.count_waiting": lambda s: [desk.count_waiting(s)],
    "choosing.find_known_page": lambda s: choosing.find_known_page(s, evidence_draft().url),
    "choosing.list_offered": choosing.list_offered,
    "choosing.list_publishers": choosing.list_publishers,
    "desk.find_looks": lambda s: [desk.find_looks(s, [main_id(s)], NOW.date())],
    "desk.has_asks": desk.has_asks,
    "desk.find_contradicted": lambda s: [desk.find_contradicted(s)],
    "desk.list_contradicted": lambda s: [desk.list_contradicted(s)],
    "desk.list_drafts": lambda s: desk.list_drafts(s, 1, 20),
    "desk.list_disputed": lambda s: [desk.list_disputed(s, 20)],
    "desk.list_due": lambda s: desk.list_due(s, date(2100, 1, 1), 20),
    "desk.list_overdue": lambda s: [desk.list_overdue(s, NOW.date(), 20)],
    "desk.list_recent": lambda s: desk.list_recent(s, 20),
    "desk.list_unverified": lambda s: desk.list_unverified(s, 20),
    "desk.list_waiting": lambda s: [desk.list_waiting(s, 20)],
    "staff.list_story": lambda s: [staff.list_story(s, main_id(s), 20)],
    "staff.list_events": staff.list_events,
    "staff.list_everybody": staff.list_everybody,
    "staff.list_subject_events": lambda s: staff.list_subject_events(s, "ask", main_id(s)),
    "staff.count_published": lambda s: staff.count_published(s, main_id(s)),
    "stories.find_judged": lambda s: stories.find_judged(s, main_id(s)),
    "stories.find_keys": lambda s: stories.find_keys(s, main_id(s)),
    "stories.find_stories": lambda s: stories.find_stories(s, list(s.scalars(sa.select(Ask.id)))),
    "stories.find_story": lambda s: stories.find_story(s, main_id(s)),
    "stories.list_tests": lambda s: stories.list_tests(s, main_id(s)),
}


def counts(engine: sa.Engine) -> dict[str, int]:
    return {name: statements(engine, query) for name, query in QUERIES.items()}


def statements(engine: sa.Engine, query: Callable[[Session], Any]) -> int:
    """How many statements a query sends in a session of its own."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with reading(engine) as session:
        session.connection()
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            assert query(session)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_query_takes_as_many_statements_for_twenty_records_as_for_two(
    counted: tuple[dict[str, int], dict[str, int]], name: str
) -> None:
    few, many = counted
    assert 1 <= few[name] <= 10
    assert many[name] == few[name]


def test_every_query_is_counted() -> None:
    there_are = {f"public.{name}" for name in public.__all__ if "session" in parameters(getattr(public, name))}
    for module in (choosing, desk, staff, stories):
        short = module.__name__.rpartition(".")[2]
        functions = inspect.getmembers(module, inspect.isfunction)
        own = [(name, function) for name, function in functions if function.__module__ == module.__name__]
        there_are |= {f"{short}.{name}" for name, function in own if "session" in parameters(function)}
    there_are = {name for name in there_are if "._" not in name}
    assert there_are == {name.partition(" ")[0] for name in QUERIES}


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)
