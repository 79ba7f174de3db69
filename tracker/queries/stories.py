"""What the rules need to know about an ask: its published entries, its tests and its law."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Legislation, Link, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS
from tracker.rules.standing import LinkedLaw, Standing
from tracker.rules.story import Entry, State

PUBLISHED = Publication.PUBLISHED


def entry_of(update: Update) -> Entry:
    """The part of an update that the rules weigh; needs its results loaded."""
    return Entry(
        id=update.id,
        happened_on=update.happened_on,
        status=update.status,
        reason=update.reason,
        superseded_by_id=update.superseded_by_id,
        corrects_id=update.corrects_id,
        results=tuple((result.test_id, result.result) for result in update.results),
    )


@dataclass
class Story:
    """What the rules weigh of an ask: its published entries, the tests by which it is judged now, its published law."""

    entries: list[Entry]
    tests: list[SuccessTest]
    law: list[LinkedLaw] = field(default_factory=list)


def find_story(session: Session, ask_id: int) -> Story:
    """The story of an ask."""
    return find_stories(session, [ask_id])[ask_id]


def find_stories(session: Session, ask_ids: Collection[int]) -> dict[int, Story]:
    """The stories of asks by their ids, in four statements."""
    found = {ask_id: Story([], []) for ask_id in ask_ids}
    published = sa.select(Update).where(Update.ask_id.in_(ask_ids), Update.publication == PUBLISHED)
    for update in session.scalars(published.options(selectinload(Update.results))):
        found[update.ask_id].entries.append(entry_of(update))
    for test in session.scalars(_tests().where(SuccessTest.ask_id.in_(ask_ids))):
        found[test.ask_id].tests.append(test)
    for ask_id, *law in session.execute(_linked_law().where(Link.ask_id.in_(ask_ids))):
        found[ask_id].law.append(LinkedLaw(*law))
    return found


def list_tests(session: Session, ask_id: int) -> list[SuccessTest]:
    """The tests by which the ask is judged now, archived ones left out."""
    return list(session.scalars(_tests().where(SuccessTest.ask_id == ask_id)))


def find_keys(session: Session, ask_id: int) -> set[str]:
    """The keys of the entries that an ask has, published or not."""
    return set(session.scalars(sa.select(Update.key).where(Update.ask_id == ask_id)))


def free_key(taken: set[str], happened_on: PartialDate) -> str:
    """The date, or the date and the next free number; it is the entry's anchor on the page for good."""
    number = 1
    while (key := happened_on.text if number == 1 else f"{happened_on}-{number}") in taken:
        number += 1
    return key


def standing_of(story: Story, state: State, on: PartialDate) -> Standing:
    """Everything that the rules weigh for an ask in a state on a date."""
    return Standing(
        on=on,
        results=tuple(state.results[test.id][0] if test.id in state.results else test.before for test in story.tests),
        law=tuple(story.law),
        earlier=state.earlier,
        superseded_by=state.status_entry.superseded_by_id if state.status_entry else None,
    )


def _tests() -> sa.Select[SuccessTest]:
    return sa.select(SuccessTest).where(SuccessTest.is_archived.is_(False)).order_by(SuccessTest.id)


def _linked_law() -> sa.Select[*tuple[Any, ...]]:
    """Published links with the ask and the dates of their laws."""
    return (
        sa.select(
            Link.ask_id,
            Link.effect,
            Legislation.introduced_on,
            Legislation.enacted_on,
            Legislation.lapsed_on,
            Link.in_force_on,
            Legislation.kind.in_(BILLS),
        )
        .join(Link.legislation)
        .where(Link.publication == PUBLISHED, Legislation.publication == PUBLISHED)
    )
