"""What somebody with the database's own tools could do."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Event, PersonalDetail
from tracker.queries.names import with_names
from tracker.rules.chain import GENESIS, entry_hash
from tracker.services import events


def unlock_log(session: Session) -> None:
    """Take away what keeps the entries of the log, and the details of people beside it, as they are."""
    for table in ("event", "personal_detail"):
        if session.get_bind().dialect.name == "sqlite":
            named = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
            for name in session.scalars(named, {"name": table}).all():
                session.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def write_in_first_format(session: Session) -> None:
    """Make the log one that a version without commitments wrote: names in the entries, nothing beside them."""
    unlock_log(session)
    entries, head = with_names(session, session.scalars(sa.select(Event).order_by(Event.id))), GENESIS
    session.execute(sa.delete(PersonalDetail))
    session.execute(sa.delete(Event))
    for entry in entries:
        entry.format, entry.previous_hash = 1, head
        entry.hash = head = entry_hash(events._content(entry))
    session.add_all(entries)
    session.flush()
