"""Whatever staff do, in whatever order: lists, counts and search are what the asks themselves say."""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tests import oracle
from tests.factories import (
    NOW,
    ask_draft,
    criterion_draft,
    find_staff,
    law_draft,
    link_draft,
    make_ask,
    make_law,
    make_link,
    make_test,
    make_update,
)
from tests.transactions import shared_engine_with, undone
from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.queries.stories import find_story
from tracker.rules.asks import AskKind, Publication
from tracker.rules.bulk import ManyDraft, Seen, What
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import Effect
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateDraft, UpdateKind
from tracker.services import asks, bulk, derived, legislation, records, tests, updates
from tracker.services.change import Change

DAYS = [PartialDate(day) for day in ("2018", "2018-01", "2018-01-01", "2019-07", "2019-07-30", "2020", "2020-02-29")]
TOPICS = ("Housing", "Tax and trade")
BODIES = ("The Treasury", "Cabinet Office")
WORDS = ("apple", "berry", "cherry", "grape", "lemon", "mango", "melon", "olive", "peach", "plum", "quince")
ALWAYS_POSSIBLE = (Status.ANNOUNCED, Status.NOT_STARTED, Status.CANNOT_BE_JUDGED, Status.OVERTAKEN)
STATUSES = (*ALWAYS_POSSIBLE, Status.MET, Status.PARTLY_MET)


@dataclass
class Step:
    """One thing that staff do: to which of the records that there are, and with which of the values."""

    do: str
    which: int
    value: int


def pick(session: Session, model: Any, step: Step, *options: Any, state: Publication | None = None) -> Any:
    """One of the rows that there are, in a state; StopIteration when there is none."""
    statement = sa.select(model).order_by(model.id).options(*options)
    rows = session.scalars(statement.where(model.publication == state) if state else statement).all()
    return next(iter(rows[step.which % len(rows) :] if rows else []))


def enter_ask(change: Change, step: Step) -> None:
    number = change.session.scalar(sa.select(sa.func.count()).select_from(Ask)) or 0
    make_ask(
        change,
        published=step.value % 2 == 0,
        slug=f"ask-{number}",
        title=f"{WORDS[step.value % 11]} {number}",
        topic=TOPICS[step.value % 2],
        responsible_bodies=BODIES[: step.value % 3],
    )


def edit_ask(change: Change, step: Step) -> None:
    ask = pick(change.session, Ask, step)
    draft = ask_draft(
        ask.source_id,
        slug=ask.slug,
        title=f"{WORDS[step.value % 11]} again",
        quote=f"A quote of {WORDS[step.value % 11 - 1]}.",
        topic=TOPICS[step.value % 2],
        kind=list(AskKind)[step.value % 2],
        responsible_bodies=BODIES[step.value % 3 :],
    )
    asks.edit_ask(change, ask, draft, seen_version=None, reason="It was not clear.")


def post(change: Change, step: Step, **changes: Any) -> None:
    ask = pick(change.session, Ask, step)
    values: dict[str, Any] = {
        "happened_on": DAYS[step.which],
        "text": f"Told{step.value} of {WORDS[step.value % 11]}.",
        "published": step.value % 4 > 0,
    }
    make_update(change, ask, **values | changes)


def set_status(change: Change, step: Step) -> None:
    status = STATUSES[step.value % 6]
    wanted = {Status.MET: [Result.MET] * 9, Status.PARTLY_MET: [Result.MET, Result.NOT_MET]}.get(status, [])
    ask = pick(change.session, Ask, step)
    found = change.session.scalars(sa.select(SuccessTest.id).where(SuccessTest.ask_id == ask.id)).all()
    results = tuple(zip(found, wanted, strict=False))
    post(change, step, status=status, reason=f"For {WORDS[step.value % 11 - 1]}.", results=results)


def correct(change: Change, step: Step) -> None:
    update = pick(change.session, Update, step, state=Publication.PUBLISHED)
    ask = change.session.get_one(Ask, update.ask_id)
    make_update(
        change,
        ask,
        kind=UpdateKind.CORRECTION,
        corrects_id=update.id,
        status=ALWAYS_POSSIBLE[step.value % 4] if update.status else None,
        reason="It was so." if update.status else "",
        happened_on=DAYS[step.which],
        published=step.value % 5 > 0,
    )


def publish_draft(change: Change, step: Step) -> None:
    whole = selectinload(Update.evidence), selectinload(Update.results)
    update = pick(change.session, Update, step, *whole, state=Publication.DRAFT)
    updates.publish(change, change.session.get_one(Ask, update.ask_id), update)


def enter_law(change: Change, step: Step) -> None:
    make_law(change, citation=f"201{step.value % 3} c. {step.which + 1}", published=step.value % 2 == 0)


def edit_law(change: Change, step: Step) -> None:
    law = pick(change.session, Legislation, step)
    draft = law_draft(title=f"Act of {WORDS[step.value % 11]}", citation=law.citation)
    legislation.edit_legislation(change, law, draft, None)


def enter_link(change: Change, step: Step) -> None:
    law = pick(change.session, Legislation, step, state=Publication.PUBLISHED)
    published, provisions = step.value % 3 > 0, f"s. {step.value}"
    make_link(change, pick(change.session, Ask, step), law, provisions=provisions, published=published)


def edit_link(change: Change, step: Step) -> None:
    link = pick(change.session, Link, step, selectinload(Link.legislation))
    draft = link_draft(link.ask_id, link.legislation_id, note=WORDS[step.value % 11], effect=Effect.AMENDS)
    legislation.edit_link(change, link, draft, None)


def publish_link(change: Change, step: Step) -> None:
    whole = selectinload(Link.legislation)
    legislation.publish_link(change, pick(change.session, Link, step, whole, state=Publication.DRAFT), None)


def enter_test(change: Change, step: Step) -> None:
    label = f"Label{step.value} is law"
    make_test(change, pick(change.session, Ask, step), key=f"test-{step.value}", label=label)


def edit_test(change: Change, step: Step) -> None:
    test = pick(change.session, SuccessTest, step)
    draft = criterion_draft(key=test.key, label=f"Label{step.value} is in force")
    tests.edit_test(change, change.session.get_one(Ask, test.ask_id), test, draft, seen_version=None, reason="So.")


def archive_test(change: Change, step: Step) -> None:
    test = pick(change.session, SuccessTest, step)
    move = tests.restore_test if test.is_archived else tests.archive_test
    move(change, change.session.get_one(Ask, test.ask_id), test, None, "It doubled another.")


def change_many(change: Change, step: Step) -> None:
    """A new topic, or a review, for all published asks."""
    asked = change.session.scalars(sa.select(Ask).where(Ask.publication == Publication.PUBLISHED)).all()
    seen = [Seen(ask.id, ask.version, len(find_story(change.session, ask.id).entries)) for ask in asked]
    review = ManyDraft(What.REVIEW, review=UpdateDraft(UpdateKind.REVIEW, DAYS[-1], "Checked."))
    topic = ManyDraft(What.TOPIC, f"Topic {step.value}", reason="Tidier.")
    bulk.change_many(change, seen, topic if step.value % 3 else review)


def archive(model: Any, *options: Any) -> Callable[[Change, Step], None]:
    """Archive it, or restore what is archived."""

    def move(change: Change, step: Step) -> None:
        row = pick(change.session, model, step, *options)
        if row.publication in {Publication.ARCHIVED, Publication.PUT_ASIDE}:
            records.restore(change, row, None)
        else:
            records.archive(change, row, None, "Not about this.")

    return move


ACTIONS: dict[str, Callable[[Change, Step], None]] = {
    "enter an ask": enter_ask,
    "edit an ask": edit_ask,
    "publish an ask": lambda change, step: asks.publish_ask(
        change, pick(change.session, Ask, step, state=Publication.DRAFT), None
    ),
    "archive an ask": archive(Ask),
    "post an entry": post,
    "set a status": set_status,
    "correct an entry": correct,
    "publish a draft": publish_draft,
    "enter a law": enter_law,
    "edit a law": edit_law,
    "publish a law": lambda change, step: records.publish(
        change, pick(change.session, Legislation, step, state=Publication.DRAFT), None
    ),
    "archive a law": archive(Legislation),
    "enter a link": enter_link,
    "edit a link": edit_link,
    "publish a link": publish_link,
    "archive a link": archive(Link, selectinload(Link.legislation)),
    "enter a test": enter_test,
    "edit a test": edit_test,
    "archive a test": archive_test,
    "change many asks": change_many,
}
TRANSACTIONS = 70
REHEARSED = 0.15


class Undo(Exception):
    """Ends a rehearsal."""


def fill(change: Change) -> None:
    """Two asks to begin with, one of them with tests and a law."""
    ask = make_ask(change, published=True, slug="first", title="apple", responsible_bodies=BODIES)
    make_link(change, ask, make_law(change))
    make_test(change, ask)
    make_test(change, ask, key="second", label="cherry is law")
    make_ask(change, published=True, slug="other", title="berry", topic=TOPICS[1])


started = shared_engine_with(fill)


def take(session: Session, steps: list[Step]) -> None:
    change = Change(session, find_staff(session).ada, NOW)
    for step in steps:
        ACTIONS[step.do](change, step)


def check_lists(session: Session) -> None:
    asks = oracle.published(session)
    assert derived.find_faults(session) == []
    entries = Counter(kind for ask in asks for kind in ask.kinds)
    assert {kind: number for kind, number in public.count_updates(session).items() if number} == entries
    assert public.count_by_status(session) == Counter(ask.status for ask in asks)
    assert set(public.list_bodies(session)) == {body for ask in asks for body in ask.bodies}
    for day in (known.first_day for known in DAYS):
        then = Counter(entry.status for ask in asks if (entry := ask.on(day)))
        assert public.count_by_status(session, day) == then
    written = " ".join([*session.scalars(sa.select(SuccessTest.label)), *session.scalars(sa.select(Update.text))])
    for word in ("act plum", "again apple", *WORDS, *set(re.findall(r"label\d+|told\d+", written.lower()))):
        page = public.find_page(session, AskFilter(text=word), size=100)
        assert {line.slug for line in page.lines} == {ask.slug for ask in oracle.fitting(asks, AskFilter(text=word))}


@pytest.mark.parametrize("walk", range(2))
def test_after_anything_that_staff_do_the_lists_say_what_the_asks_say(started: sa.Engine, walk: int) -> None:
    chance, done = random.Random(f"walk {walk}"), []
    with undone(started) as new_session:
        for number in range(TRANSACTIONS):
            steps = [random_step(chance) for _ in range(chance.choice([1, 1, 2]))]
            try:
                with new_session() as session, session.begin():
                    take(session, steps)
                    if chance.random() < REHEARSED:
                        session.flush()
                        raise Undo
                done.append(steps)
            except (RuleBroken, Undo, StopIteration):
                pass
            if number % 4 == 0 or any(step.do == "change many asks" for step in steps):
                with new_session() as session:
                    assert derived.find_faults(session) == [], done[-4:]
        with new_session() as session:
            check_lists(session)
    assert len(done) > TRANSACTIONS / 2


def random_step(chance: random.Random) -> Step:
    return Step(chance.choice(sorted(ACTIONS)), chance.randrange(7), chance.randrange(60))
