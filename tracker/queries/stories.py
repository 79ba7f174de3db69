"""What the rules need to know about an ask: its published entries, its tests and its law."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS
from tracker.rules.standing import LinkedLaw, Standing
from tracker.rules.story import Entry, State


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


def list_entries(session: Session, ask_id: int) -> list[Entry]:
    """The published entries of an ask."""
    statement = (
        sa.select(Update)
        .where(Update.ask_id == ask_id, Update.publication == Publication.PUBLISHED)
        .options(selectinload(Update.results))
    )
    return [entry_of(update) for update in session.scalars(statement)]


def list_tests(session: Session, ask_id: int) -> list[SuccessTest]:
    """The tests by which the ask is judged now, archived ones left out."""
    statement = sa.select(SuccessTest).where(SuccessTest.ask_id == ask_id, SuccessTest.is_archived.is_(False))
    return list(session.scalars(statement.order_by(SuccessTest.id)))


def list_linked_law(session: Session, ask_id: int) -> tuple[LinkedLaw, ...]:
    """The published links of an ask with the dates of their laws."""
    statement = (
        sa.select(
            Link.effect,
            Legislation.introduced_on,
            Legislation.enacted_on,
            Legislation.lapsed_on,
            Link.in_force_on,
            Legislation.kind.in_(BILLS),
        )
        .join(Link.legislation)
        .where(
            Link.ask_id == ask_id,
            Link.publication == Publication.PUBLISHED,
            Legislation.publication == Publication.PUBLISHED,
        )
    )
    return tuple(LinkedLaw(*row) for row in session.execute(statement))


def standing_of(session: Session, ask: Ask, state: State, on: PartialDate) -> Standing:
    """Everything that the rules weigh for an ask in a state on a date."""
    return Standing(
        on=on,
        results=tuple(
            state.results[test.id][0] if test.id in state.results else test.before
            for test in list_tests(session, ask.id)
        ),
        law=list_linked_law(session, ask.id),
        earlier=state.earlier,
        superseded_by=state.status_entry.superseded_by_id if state.status_entry else None,
    )
