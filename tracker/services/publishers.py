"""The table of who publishes the pages of a host: lines are kept and taken away by an admin, and each is logged."""

import sqlalchemy as sa

from tracker.models import Publisher
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.permissions import Action
from tracker.rules.publishers import TAKEN_AWAY, PublisherDraft, check_publisher
from tracker.services import records
from tracker.services.change import Change
from tracker.services.events import record


def keep(change: Change, draft: PublisherDraft) -> None:
    """Enter a line, or change the one of its host."""
    change.require(Action.SET_PUBLISHERS)
    refuse(check_publisher(draft))
    if row := _find(change, draft.host):
        records.edit(change, row, draft, is_public=False)
    else:
        records.create(change, Publisher(version=1), draft)


def take_away(change: Change, host: str) -> None:
    """Take away a line of ours; a built-in one holds again."""
    change.require(Action.SET_PUBLISHERS)
    if not (row := _find(change, host)):
        raise RuleBroken([Problem("The table has no line of yours for this host.", "host")])
    record(change, TAKEN_AWAY, records.subject_of(row), before=records.logged(row))
    change.session.delete(row)


def _find(change: Change, host: str) -> Publisher | None:
    return change.session.scalar(sa.select(Publisher).where(Publisher.host == host))
