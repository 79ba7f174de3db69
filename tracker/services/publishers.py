"""The table of who publishes the pages of a host, as an admin says it."""

import sqlalchemy as sa

from tracker.models import Publisher
from tracker.rules.errors import refuse
from tracker.rules.permissions import Action
from tracker.rules.publishers import PublisherDraft, check_publisher
from tracker.services import records
from tracker.services.change import Change


def keep(change: Change, draft: PublisherDraft) -> None:
    """Enter a line of ours or change it; without a publisher it counts no more, and a built-in one holds again."""
    change.require(Action.SET_PUBLISHERS)
    refuse(check_publisher(draft))
    row = change.session.scalar(sa.select(Publisher).where(Publisher.host == draft.host))
    if row:
        records.edit(change, row, draft, is_public=False)
    elif draft.publisher:
        records.create(change, Publisher(version=1), draft)
