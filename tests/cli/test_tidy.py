"""tracker tidy deletes what is kept no longer, on both engines."""

from datetime import timedelta

import sqlalchemy as sa

from tests.cli.commands import Tracker
from tests.factories import make_staff
from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.models import AccessLink, SignInFailure, StaffSession


def test_what_is_old_goes_and_what_is_not_stays(tracker: Tracker, engine: sa.Engine) -> None:
    with writing(engine) as session:
        person_id = make_staff(session).ed.id
        assert person_id is not None
        for name, days in (("old", 31), ("new", 29)):
            seen = now() - timedelta(days=days)
            session.add(StaffSession(token_hash=name, person_id=person_id, started_at=seen, seen_at=seen))
        for name, hours in (("old", 25), ("new", 23)):
            session.add(SignInFailure(account=name, address=name, failed_at=now() - timedelta(hours=hours)))
        for name, hours in (("old", -1), ("new", 1)):
            expires = now() + timedelta(hours=hours)
            session.add(AccessLink(token_hash=name, person_id=person_id, expires_at=expires))
    assert tracker("tidy").out == "Deleted: 3.\n"
    with reading(engine) as session:
        for column in (StaffSession.token_hash, SignInFailure.account, AccessLink.token_hash):
            assert session.scalars(sa.select(column)).all() == ["new"]
    assert tracker("tidy").out == "Deleted: 0.\n"
    tracker("verify")
