"""Column types that mean the same on both engines."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from tests.factories import make_ask
from tracker.db.base import UtcDateTime
from tracker.models import Event, Source, StaffSession
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services.change import Change

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def stored_moment(change: Change, moment: datetime) -> datetime:
    row = StaffSession(token_hash="x" * 64, person_id=change.actor.id, started_at=moment, seen_at=moment)
    change.session.add(row)
    change.session.flush()
    change.session.refresh(row)
    return row.started_at


def test_a_moment_comes_back_in_utc_to_the_microsecond_and_one_without_a_time_zone_is_refused(ada: Change) -> None:
    stored = stored_moment(ada, NOON.astimezone(timezone(timedelta(hours=-5))))
    assert (stored, stored.tzinfo) == (NOON, UTC)
    assert ada.session.scalar(sa.select(sa.literal(None, UtcDateTime()))) is None
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        stored_moment(ada, NOON.replace(tzinfo=None))


def test_dates_come_back_with_the_precision_that_they_had_and_sort_in_the_order_of_time(session: Session) -> None:
    dates = ["2017-12-31", "2018", "2018-03", "2018-03-01", "2018-03-19", "2018-12", "2019"]
    for text in sorted(dates, key=lambda text: text[::-1]):
        session.add(Source(key=text, title="A", published_on=PartialDate(text)))
    none = Source(key="none", title="A", published_on=None)
    session.add(none)
    session.flush()
    session.expire_all()
    assert none.published_on is None
    dated = sa.select(Source.published_on).where(Source.published_on.is_not(None)).order_by(Source.published_on)
    assert list(session.scalars(dated)) == [PartialDate(text) for text in dates]
    kept = sa.text("SELECT published_on FROM source WHERE published_on IS NOT NULL ORDER BY published_on")
    assert list(session.scalars(kept)) == dates
    for earlier, later in pairwise(dates):
        query = sa.select(Source.key).where(Source.published_on > PartialDate(earlier), Source.key == later)
        assert session.scalar(query) == later


def test_a_status_lists_and_the_values_in_the_log_come_back_as_they_were(ed: Change) -> None:
    places = ["England", "Škoda “x” 🙂"]
    ask = make_ask(ed, published=True, jurisdictions=places)
    ed.session.flush()
    assert ed.session.scalar(sa.text("SELECT status FROM ask")) == "announced"  # by its public key
    ed.session.expire_all()
    assert (ask.status, ask.jurisdictions) == (Status.ANNOUNCED, places)
    created = sa.select(Event).where(Event.subject == "ask", Event.before.is_(sa.null()))
    event = ed.session.scalars(created).one()
    assert event.after is not None
    assert (event.before, event.after["jurisdictions"]) == (None, places)
