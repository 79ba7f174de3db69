"""Several processes write to one database: nothing is lost, nothing stands twice, and of two edits one wins."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.copies import check_whole
from tests.engines import open_engine
from tests.factories import NOW, ask_draft, make_ask, make_staff, update_draft
from tests.processes import run_at_once
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Evidence, Person, Update
from tracker.queries import public
from tracker.queries.stories import find_story
from tracker.rules.asks import Publication
from tracker.rules.people import Actor, Role
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import asks, updates
from tracker.services.change import Change

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1"))  # of what is a race; `make torture` has more
WRITERS, POSTS, MOVES = 4, 6, 3


@pytest.fixture
def ask_id(engine: sa.Engine) -> int:
    """A published ask, announced in 2018."""
    with writing(engine) as session:
        return make_ask(Change(session, make_staff(session).ed, NOW), published=True).id


def ed(session: Session) -> Actor:
    return Actor("Ed", Role.EDITOR, session.scalars(sa.select(Person.id).where(Person.name == "Ed")).one())


def texts(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.scalars(sa.select(Update.text).where(Update.text.like("Writer %"))))


def write_much(url: str, ask_id: int, writer: int) -> list[str]:
    """Post entries, publish asks and change their statuses, each in a transaction of its own; answer the keys."""
    keys = []
    with open_engine(url) as engine:
        for number in range(POSTS):
            with writing(engine) as session:
                change = Change(session, ed(session), NOW)
                draft = update_draft(text=f"Writer {writer}, entry {number}.")
                keys.append(updates.post(change, session.get_one(Ask, ask_id), draft).key)
        for number in range(MOVES):
            with writing(engine) as session:
                change = Change(session, ed(session), NOW)
                moved = make_ask(change, published=True, slug=f"ask-{writer}-{number}").id
            with writing(engine) as session:
                change = Change(session, ed(session), NOW)
                updates.post(change, session.get_one(Ask, moved), update_draft(status=Status.REJECTED))
    return keys


def test_several_writers_lose_nothing_and_write_nothing_twice(engine: sa.Engine, database: str, ask_id: int) -> None:
    answers = run_at_once(write_much, [(database, ask_id, writer) for writer in range(WRITERS)])
    assert [len(keys) for keys in answers] == [POSTS] * WRITERS, answers
    assert len({key for keys in answers for key in keys}) == WRITERS * POSTS
    assert texts(engine) == sorted(f"Writer {w}, entry {n}." for w in range(WRITERS) for n in range(POSTS))
    with reading(engine) as session:
        assert session.get_one(Ask, ask_id).status is Status.ANNOUNCED
        assert public.count_by_status(session) == {Status.ANNOUNCED: 1, Status.REJECTED: WRITERS * MOVES}
        assert public.count_updates(session)[UpdateKind.STATUS] == 1 + 2 * WRITERS * MOVES
        published = sa.select(sa.func.count()).select_from(Update).where(Update.publication == Publication.PUBLISHED)
        logged = sa.select(sa.func.count()).select_from(Event).where(Event.action == "published")
        assert session.scalar(published) == session.scalar(logged.where(Event.subject == "update"))
        bare = sa.select(Update.id).where(~sa.exists().where(Evidence.update_id == Update.id))
        assert session.scalars(bare).all() == []  # an entry and its evidence are written together
    check_whole(engine)


# --- one wins ---


def save_topic(change: Change, ask: Ask, writer: int) -> None:
    """Save the form of the ask's second version."""
    asks.edit_ask(change, ask, replace(ask_draft(ask.source_id), topic=f"Writer {writer}."), seen_version=2)


def post_entry(change: Change, ask: Ask, writer: int) -> None:
    """Post an entry on the story of one entry."""
    updates.post(change, ask, update_draft(text=f"Writer {writer}."), seen_entries=1)


Act = Callable[[Change, Ask, int], None]


def act_once(url: str, ask_id: int, act: Act, writer: int) -> str:
    with open_engine(url) as engine, writing(engine) as session:
        act(Change(session, ed(session), NOW), session.get_one(Ask, ask_id), writer)
    return f"Writer {writer}."


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("act", [save_topic, post_entry])
def test_of_editors_who_act_at_once_on_what_they_saw_exactly_one_wins(
    engine: sa.Engine, database: str, ask_id: int, act: Act, round_: int
) -> None:
    answers = run_at_once(act_once, [(database, ask_id, act, writer) for writer in range(WRITERS)])
    won = [answer for answer in answers if answer.startswith("Writer")]
    assert sorted(answers) == sorted(["Conflict: "] * (WRITERS - 1) + won)
    with reading(engine) as session:
        ask = session.get_one(Ask, ask_id)
        edits = sa.select(sa.func.count()).select_from(Event).where(Event.action == "edited")
        if act is save_topic:
            assert ([ask.topic], ask.version, session.scalar(edits)) == (won, 3, 1)
        else:
            assert (texts(engine), len(find_story(session, ask_id).entries)) == (won, 2)
    check_whole(engine)
