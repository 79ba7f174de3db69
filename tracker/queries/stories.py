"""What is weighed before an entry joins a story: its published entries, the tests and the law of its ask."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tracker.models import Ask, Legislation, Link, SuccessTest, TestResult, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS
from tracker.rules.standing import LinkedLaw, Standing
from tracker.rules.story import Entry, State

PUBLISHED = Publication.PUBLISHED
_IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
# In the order of the fields of an entry.
_ENTRY = (
    Update.id,
    Update.happened_on,
    Update.status,
    Update.reason,
    Update.superseded_by_id,
    Update.corrects_id,
    Update.kind,
)
_TOLD = (
    sa.select(*_ENTRY, Update.ask_id, TestResult.test_id, TestResult.result)
    .outerjoin(TestResult)
    .where(Update.ask_id.in_(_IDS))
    .where(Update.published_at.is_not(None))  # SQLite would look for `publication` first, in all stories
    .order_by(Update.id, TestResult.test_id)
)
_JUDGING = (SuccessTest.ask_id.in_(_IDS), SuccessTest.is_archived.is_(False))
_TESTS = sa.select(SuccessTest).where(*_JUDGING).order_by(SuccessTest.id)
# In the order of the fields of a linked law, then the ask. A draft ask is published with its drafts of law.
_LAW = (
    sa.select(
        Link.effect,
        Legislation.introduced_on,
        Legislation.enacted_on,
        Legislation.lapsed_on,
        Link.in_force_on,
        Legislation.kind.in_(BILLS),
        Link.ended_on,
        Link.ask_id,
    )
    .join(Legislation)
    .join(Ask, Ask.id == Link.ask_id)
    .where(
        Link.ask_id.in_(_IDS),
        *[
            sa.or_(of == PUBLISHED, sa.and_(of == Publication.DRAFT, Ask.publication == Publication.DRAFT))
            for of in (Link.publication, Legislation.publication)
        ],
    )
)


def entry_of(update: Update) -> Entry:
    """The part of an update that the rules weigh; needs its results loaded."""
    return Entry(
        id=update.id,
        happened_on=update.happened_on,
        status=update.status,
        reason=update.reason,
        superseded_by_id=update.superseded_by_id,
        corrects_id=update.corrects_id,
        kind=update.kind,
        results=tuple((result.test_id, result.result) for result in update.results),
    )


@dataclass
class Story:
    """What the rules weigh of an ask: its published entries, the tests by which it is judged now, its published law."""

    entries: list[Entry]
    tests: list[SuccessTest]
    law: list[LinkedLaw] = field(default_factory=list)


def find_judged(session: Session, ask_id: int) -> Ask | None:
    """An ask with its tests, archived ones among them."""
    return session.get(Ask, ask_id, options=[joinedload(Ask.tests)])


def find_story(session: Session, ask_id: int) -> Story:
    """The story of an ask."""
    return find_stories(session, [ask_id])[ask_id]


def find_stories(session: Session, ask_ids: Collection[int]) -> dict[int, Story]:
    """The stories of asks by their ids, in three statements."""
    found, wanted = {ask_id: Story([], []) for ask_id in ask_ids}, {"ids": list(ask_ids)}
    for _, told in groupby(session.execute(_TOLD, wanted), lambda row: row.id):
        rows = list(told)
        results = tuple((row.test_id, row.result) for row in rows if row.result)
        found[rows[0].ask_id].entries.append(Entry(*rows[0][:7], results=results))
    for test in session.scalars(_TESTS, wanted):
        found[test.ask_id].tests.append(test)
    for law in session.execute(_LAW, wanted):
        found[law.ask_id].law.append(LinkedLaw(*law[:-1]))
    return found


def find_twin(session: Session, update: Update, since: datetime) -> int | None:
    """Return the number of another entry of the ask that says the same and has been published since then."""
    fresh = sa.select(Update.id).where(Update.ask_id == update.ask_id, Update.published_at > since)
    same = fresh.where(Update.kind == update.kind, Update.happened_on == update.happened_on, Update.text == update.text)
    return session.scalar(same.where(Update.status == update.status, Update.id != update.id).limit(1))


def list_tests(session: Session, ask_id: int) -> list[SuccessTest]:
    """The tests by which the ask is judged now, archived ones left out."""
    return list(session.scalars(_TESTS, {"ids": [ask_id]}))


def standing_of(story: Story, state: State, on: PartialDate) -> Standing:
    """Everything that the rules weigh for an ask in a state on a date."""
    return Standing(
        on=on,
        results=tuple(state.results[test.id][0] if test.id in state.results else test.before for test in story.tests),
        law=tuple(story.law),
        earlier=state.earlier,
        superseded_by=state.status_entry.superseded_by_id if state.status_entry else None,
    )
