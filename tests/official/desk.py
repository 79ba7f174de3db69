"""A tracker, a fake record, and a machine that looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.factories import NOW, find_staff, make_ask, make_law, make_link
from tests.official.fake import FakeRecord
from tracker.db.engine import reading, writing
from tracker.models import Finding, Link, Look
from tracker.official import READERS
from tracker.official.fetching import Fetcher
from tracker.official.looking import Looking, Reader, look
from tracker.rules.official import FindingState
from tracker.services.change import Change

AGENT = "policy-tracker/1 (tests@example.org)"


@dataclass
class Desk:
    """What the tests of the readers do and ask."""

    engine: sa.Engine
    record: FakeRecord
    folder: Path

    def looking(self, source: str, at: datetime = NOW, **more: Any) -> Looking:
        answers = Fetcher(self.record.addresses, self.folder, AGENT, at)
        return Looking(self.engine, answers, at, source, lambda _: None, **more)

    def look(self, source: str, days: int = 0, reader: Reader | None = None, **more: Any) -> Look:
        """Look so many days from now."""
        return look(self.looking(source, NOW + timedelta(days=days), **more), reader or READERS[source])

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Return Ed's transaction."""
        with writing(self.engine) as session:
            yield Change(session, find_staff(session).ed, NOW)

    def follow(self, **law: Any) -> int:
        """Link a published ask to a law; return the link's number."""
        with self.change() as ed:
            link = {name: law.pop(name) for name in ("provisions", "in_force_on") if name in law}
            number = ed.session.scalar(sa.select(sa.func.count()).select_from(Link)) or 0
            ask = make_ask(ed, published=True, slug=f"ask-{number}", title=f"Ask {number}")
            return make_link(ed, ask, make_law(ed, **law), **link).id

    def all(self, *columns: Any) -> list[Any]:
        """Return these columns of all rows: as values where it is one, else as tuples."""
        with reading(self.engine) as session:
            return [tuple(row) if len(columns) > 1 else row[0] for row in session.execute(sa.select(*columns))]

    def findings(self, state: FindingState = FindingState.NEW) -> list[Finding]:
        with reading(self.engine) as session:
            found = list(session.scalars(sa.select(Finding).where(Finding.state == state).order_by(Finding.id)))
            session.expunge_all()
            return found

    def says(self, state: FindingState = FindingState.NEW) -> list[str]:
        return [finding.says for finding in self.findings(state)]
