"""The seeds that the tracker comes with, in real databases."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.engines import ENGINES, open_engine
from tests.factories import NOW, update_draft
from tests.seeds.reading import ASKS, LAWS
from tests.seeds.reading import updates as seeded_updates
from tests.seeds.test_decided import HISTORIES
from tests.site import LONDON_PROPERTY, WEALTH_ORDERS, SeededDatabases
from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.queries.stories import find_story, list_tests
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.people import COMMAND_LINE
from tracker.rules.story import state_of
from tracker.rules.updates import Result, UpdateKind
from tracker.services import replay, tests, updates
from tracker.services.change import Change

SLUGS = list(HISTORIES)
DRAFT, PUBLISHED = Publication.DRAFT, Publication.PUBLISHED


@pytest.fixture(scope="module", params=ENGINES)
def shared_engine(seeded_databases: SeededDatabases, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """The engine of a database that holds the seeds; `session` undoes what a test does to it."""
    with seeded_databases.temporary(request.param) as url, open_engine(url) as engine:
        yield engine


def find_ask(session: Session, slug: str) -> Ask:
    return session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()


def count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


def test_everything_is_there(session: Session) -> None:
    assert set(session.scalars(sa.select(Ask.slug).where(Ask.publication == PUBLISHED))) == set(SLUGS)
    assert count(session, Legislation) == len(LAWS)
    assert count(session, SuccessTest) == sum(len(ask.get("tests", [])) for ask in ASKS.values())
    assert count(session, Link) == sum(len(ask.get("links", [])) for ask in ASKS.values())
    assert count(session, Update) == len(list(seeded_updates()))
    bills = session.scalars(sa.select(Legislation).where(Legislation.becomes_id.is_not(None)))
    assert {bill.kind for bill in bills} == {"bill"}
    statement = sa.select(Link).join(Link.ask).where(Ask.slug == WEALTH_ORDERS, Link.in_force_on.is_not(None))
    began = {(extent, str(link.in_force_on)) for link in session.scalars(statement) for extent in link.extent}
    assert began >= {
        ("England and Wales", "2018-01-31"), ("Scotland", "2018-01-31"), ("Northern Ireland", "2021-06-28"),
    }  # fmt: skip
    # What is not verified is a draft with the reason why.
    drafts = session.scalars(sa.select(Update).where(Update.publication == DRAFT)).all()
    assert all(draft.draft_note for draft in drafts)
    laws = session.scalars(sa.select(Legislation).where(Legislation.publication == DRAFT)).all()
    assert laws
    assert all(law.internal_note for law in laws)


def test_the_story_says_on_each_day_what_was_decided(session: Session) -> None:
    for slug in SLUGS:
        ask = find_ask(session, slug)
        entries = find_story(session, ask.id).entries
        history = [tuple(change.split()) for change in HISTORIES[slug]]
        states = [state_of(entries, PartialDate(day)) for day, _ in history]
        replayed = [(str(it.status_entry and it.status_entry.happened_on), it.status) for it in states]
        assert replayed == history, slug
        assert (str(ask.status_on), ask.status) == history[-1]
        assert str(ask.reviewed_on) == "2026-11-29"


def test_a_seeded_test_that_was_archived_after_its_result_changed_adds_up_to_the_log(session: Session) -> None:
    change, ask = Change(session, COMMAND_LINE, NOW), find_ask(session, LONDON_PROPERTY)
    test = next(test for test in list_tests(session, ask.id) if test.result is Result.MET)
    day, results = PartialDate("2026-11-20"), ((test.id, Result.UNKNOWN),)
    updates.post(change, ask, update_draft(kind=UpdateKind.TEST, happened_on=day, results=results))
    assert test.result is Result.UNKNOWN
    tests.archive_test(change, ask, test, None, "Doubled.")
    assert replay.find_differences(session) == []
