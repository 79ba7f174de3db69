"""What somebody with the database's own tools could do."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, PersonalDetail
from tracker.queries.people import with_names
from tracker.rules.chain import GENESIS, entry_hash
from tracker.services import proof

LOCKED = ("event", "personal_detail")


def unlock_log(session: Session) -> None:
    """Take away what keeps the entries of the log, and the details of people beside it, as they are."""
    for table in LOCKED:
        if session.get_bind().dialect.name == "sqlite":
            named = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
            for name in session.scalars(named, {"name": table}).all():
                session.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


@contextmanager
def log_unlocked(session: Session) -> Iterator[None]:
    """Keep the entries and details again after the block, as before it."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    named = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('event', 'personal_detail')"
    triggers = session.scalars(sa.text(named)).all() if is_sqlite else []
    unlock_log(session)
    yield
    session.flush()
    for table in () if is_sqlite else LOCKED:
        session.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    for trigger in triggers:
        session.execute(sa.text(trigger))


def write_in_first_format(session: Session) -> None:
    """Make the log one that a version without commitments wrote: names in the entries, nothing beside them."""
    unlock_log(session)
    entries, head = with_names(session, session.scalars(sa.select(Event).order_by(Event.id))), GENESIS
    session.execute(sa.delete(PersonalDetail))
    session.execute(sa.delete(Event))
    for entry in entries:
        entry.format, entry.previous_hash = 1, head
        entry.hash = head = entry_hash(proof.content_of(entry))
    session.add_all(entries)
    session.flush()
