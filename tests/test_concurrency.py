"""Several processes write to one database: nothing is lost, nothing stands twice, and a kill harms nothing."""

import itertools
import os
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.engines import open_engine
from tests.factories import NOW, ask_draft, make_ask, make_staff, update_draft
from tests.processes import processes, received, run_at_once
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Evidence, Person, Update
from tracker.queries import public
from tracker.queries.stories import find_story
from tracker.rules.asks import Publication
from tracker.rules.people import Actor, Role
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import asks, derived, proof, updates
from tracker.services.change import Change

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1"))  # of what is a race; `make torture` has more
WRITERS, POSTS = 4, 8
EDITORS = 8
KILLS = 3


@pytest.fixture
def ask_id(engine: sa.Engine) -> int:
    """A published ask, announced in 2018."""
    with writing(engine) as session:
        return make_ask(Change(session, make_staff(session).ed, NOW), published=True).id


def ed(session: Session) -> Actor:
    return Actor("Ed", Role.EDITOR, session.scalars(sa.select(Person.id).where(Person.name == "Ed")).one())


def check_whole(engine: sa.Engine) -> None:
    """The log is a chain without gaps; lists and counts are right; no row points at nothing; the file is sound."""
    with reading(engine) as session:
        count, _ = proof.verify(session)
        assert list(session.scalars(sa.select(Event.id).order_by(Event.id))) == list(range(1, count + 1))
        published = sa.select(sa.func.count()).select_from(Update).where(Update.publication == Publication.PUBLISHED)
        logged = sa.select(sa.func.count()).select_from(Event).where(Event.action == "published")
        assert session.scalar(published) == session.scalar(logged.where(Event.subject == "update"))
        bare = sa.select(Update.id).where(~sa.exists().where(Evidence.update_id == Update.id))
        assert session.scalars(bare).all() == []  # an entry and its evidence are written together
        assert derived.find_faults(session) == []
        if engine.dialect.name == "sqlite":
            assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            assert session.execute(sa.text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def texts(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.scalars(sa.select(Update.text).where(Update.text.like("Writer %"))))


# --- nothing is lost ---


def post_many(url: str, ask_id: int, writer: int) -> list[str]:
    """Post one entry after the other, each in its own transaction; answer their keys."""
    keys = []
    with open_engine(url) as engine:
        for number in range(POSTS):
            with writing(engine) as session:
                change = Change(session, ed(session), NOW)
                draft = update_draft(text=f"Writer {writer}, entry {number}.")
                keys.append(updates.post(change, session.get_one(Ask, ask_id), draft).key)
    return keys


def test_several_writers_lose_nothing_and_write_nothing_twice(engine: sa.Engine, database: str, ask_id: int) -> None:
    answers = run_at_once(post_many, [(database, ask_id, writer) for writer in range(WRITERS)])
    assert [len(keys) for keys in answers] == [POSTS] * WRITERS, answers
    assert len({key for keys in answers for key in keys}) == WRITERS * POSTS
    assert texts(engine) == sorted(f"Writer {w}, entry {n}." for w in range(WRITERS) for n in range(POSTS))
    check_whole(engine)


# --- one wins ---


def save_title(url: str, ask_id: int, editor: int) -> str:
    """Save the form of the ask's second version, as every other editor does."""
    with open_engine(url) as engine, writing(engine) as session:
        ask = session.get_one(Ask, ask_id)
        draft = replace(ask_draft(ask.source_id), topic=f"Topic {editor}")
        asks.edit_ask(Change(session, ed(session), NOW), ask, draft, seen_version=2)
    return f"Topic {editor}"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_editors_who_save_one_version_at_once_exactly_one_wins(
    engine: sa.Engine, database: str, ask_id: int, round_: int
) -> None:
    answers = run_at_once(save_title, [(database, ask_id, editor) for editor in range(EDITORS)])
    won = [answer for answer in answers if answer.startswith("Topic")]
    assert sorted(answers) == sorted(["Conflict: "] * (EDITORS - 1) + won)
    with reading(engine) as session:
        ask = session.get_one(Ask, ask_id)
        assert ([ask.topic], ask.version) == (won, 3)
        edits = sa.select(sa.func.count()).select_from(Event).where(Event.action == "edited")
        assert session.scalar(edits) == 1
    check_whole(engine)


def post_status(url: str, ask_id: int, seen: int) -> str:
    """Post an entry on the story as it was seen."""
    with open_engine(url) as engine, writing(engine) as session:
        change = Change(session, ed(session), NOW)
        updates.post(change, session.get_one(Ask, ask_id), update_draft(text="Writer x."), seen_entries=seen)
    return "posted"


def test_of_people_who_post_on_the_same_story_at_once_exactly_one_wins(
    engine: sa.Engine, database: str, ask_id: int
) -> None:
    with reading(engine) as session:
        seen = len(find_story(session, ask_id).entries)
    answers = run_at_once(post_status, [(database, ask_id, seen)] * 4)
    assert sorted(answers) == ["Conflict: "] * 3 + ["posted"]
    assert texts(engine) == ["Writer x."]
    check_whole(engine)


def publish_and_move(url: str, writer: int) -> list[str]:
    """Publish asks of one topic and change the status of each in a transaction of its own."""
    slugs = [f"ask-{writer}-{number}" for number in range(POSTS // 2)]
    with open_engine(url) as engine:
        for slug in slugs:
            with writing(engine) as session:
                make_ask(Change(session, ed(session), NOW), published=True, slug=slug)
            with writing(engine) as session:
                ask = session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()
                updates.post(Change(session, ed(session), NOW), ask, update_draft(status=Status.REJECTED))
    return slugs


def test_several_writers_keep_the_counters_right(engine: sa.Engine, database: str, ask_id: int) -> None:
    answers = run_at_once(publish_and_move, [(database, writer) for writer in range(WRITERS)])
    assert [len(slugs) for slugs in answers] == [POSTS // 2] * WRITERS, answers
    with reading(engine) as session:
        assert session.get_one(Ask, ask_id).status is Status.ANNOUNCED
        assert public.count_by_status(session) == {Status.ANNOUNCED: 1, Status.REJECTED: WRITERS * POSTS // 2}
        assert public.count_updates(session)[UpdateKind.STATUS] == 1 + WRITERS * POSTS
    check_whole(engine)


# --- a killed writer ---


def post_until_killed(url: str, ask_id: int, writer: int, acknowledge: Connection) -> None:
    """Post for ever; after each commit send its text."""
    with open_engine(url) as engine:
        for number in itertools.count():
            acknowledge.send(post_one(engine, ask_id, writer, number))


def post_one(engine: sa.Engine, ask_id: int, writer: int, number: int) -> str:
    """Post an entry in a transaction of its own; answer its text."""
    text = f"Writer {writer}, entry {number}."
    with writing(engine) as session:
        change = Change(session, ed(session), NOW)
        ask = session.get_one(Ask, ask_id)
        other = Status.REJECTED if ask.status is Status.ANNOUNCED else Status.ANNOUNCED
        updates.post(change, ask, update_draft(text=text, status=other))
    return text


def test_what_was_acknowledged_survives_the_kill_of_its_writer(engine: sa.Engine, database: str, ask_id: int) -> None:
    acknowledged: list[str] = []
    for cycle in range(KILLS):
        ours, theirs = Pipe(duplex=False)
        with processes(
            post_until_killed, [(database, ask_id, cycle, theirs), (database, ask_id, cycle + 100, theirs)]
        ) as started:
            theirs.close()
            for _, pipe in started:
                pipe.send("go")
            for _ in range(5 + cycle):
                acknowledged.append(received(ours))
            for process, _ in started:
                process.kill()
            for process, _ in started:
                process.join()
            acknowledged += rest_of(ours)
            ours.close()
        written = texts(engine)
        assert set(acknowledged) <= set(written)
        assert len(written) == len(set(written))
        # At most the one that each killed writer had committed and not yet told.
        assert len(written) <= len(acknowledged) + 2 * (cycle + 1)
        check_whole(engine)
        with writing(engine) as session:  # the next writer needs no repair
            change = Change(session, ed(session), NOW)
            updates.post(change, session.get_one(Ask, ask_id), update_draft(text=f"Writer after {cycle}."))
        acknowledged.append(f"Writer after {cycle}.")


def rest_of(pipe: Connection) -> list[str]:
    """What was sent before the sender died; a word that it was cut off in does not count."""
    words = []
    while pipe.poll():
        try:
            words.append(pipe.recv())
        except (EOFError, OSError):
            break
    return words
