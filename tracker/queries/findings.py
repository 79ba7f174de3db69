"""Findings that nobody has decided about, the asks that they concern, and how the last looks went."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Finding, Link, Look, Telling, Update
from tracker.queries import paging
from tracker.queries.paging import Listed
from tracker.rules.asks import AWAY, Publication
from tracker.rules.official import SOURCES, FindingState, LookOutcome

LOOKED_LONG_AGO = timedelta(days=3)


@dataclass(frozen=True)
class NewFinding:
    """A finding, the asks that it concerns, and whether a draft that tells it waits."""

    finding: Finding
    asks: tuple[Ask, ...]
    is_being_told: bool


def list_new(session: Session, limit: int, after: str = "") -> Listed[NewFinding]:
    """Return what is neither told nor dismissed, the newest first."""
    statement = sa.select(Finding).where(Finding.state == FindingState.NEW)
    found = paging.cut(session, statement, (sa.literal(0) - Finding.id,), limit=limit, after=after)
    return replace(found, rows=_with_asks(session, found.rows))


def find_finding(session: Session, finding_id: int) -> NewFinding | None:
    """Return a finding with its asks, whatever became of it."""
    finding = session.get(Finding, finding_id)
    return _with_asks(session, [finding])[0] if finding else None


def find_told_by(session: Session, update_id: int) -> Finding | None:
    """Return the finding that an entry tells, if it tells one."""
    told = sa.select(Telling.finding_id).where(Telling.update_id == update_id)
    return session.scalar(sa.select(Finding).where(Finding.id.in_(told)))


def latest_looks(session: Session) -> Sequence[Look]:
    """Return the newest look at each source that was ever looked at."""
    newest = sa.select(sa.func.max(Look.id)).group_by(Look.source)
    return session.scalars(sa.select(Look).where(Look.id.in_(newest)).order_by(Look.source)).all()


def find_faults(session: Session, at: datetime) -> list[tuple[str, str]]:
    """Return the sources that could not be used, were read in part, or were not looked at for days, and why."""
    faults = []
    for look in latest_looks(session):
        what = SOURCES.get(look.source, look.source)
        if look.outcome is LookOutcome.FAILED:
            faults.append((what, f"could not be used: {look.sentence}"))
        elif look.looked_at < at - LOOKED_LONG_AGO:
            faults.append((what, f"was last looked at on {look.looked_at:%d %B %Y}."))
        elif look.sentence:
            faults.append((what, look.sentence))
    return faults


def _with_asks(session: Session, findings: Sequence[Finding]) -> list[NewFinding]:
    """Return findings with the published asks that each concerns: through its law, its link, or by itself."""
    ids = [it.id for it in findings]
    asks: dict[int, dict[int, Ask]] = defaultdict(dict)
    for kind in {it.subject_kind for it in findings}:
        rows = sa.select(Finding.id, Ask).where(Finding.id.in_(ids), Finding.subject_kind == kind)
        rows = rows.where(Finding.subject_id == SUBJECTS[kind], Ask.publication == Publication.PUBLISHED)
        if kind != "ask":
            rows = rows.where(Link.ask_id == Ask.id, Link.publication.not_in(AWAY))
        for finding_id, ask in session.execute(rows.order_by(Ask.title, Ask.id)):
            asks[finding_id][ask.id] = ask
    drafts = sa.select(Telling.finding_id).join(Update, Update.id == Telling.update_id)
    waiting = drafts.where(Telling.finding_id.in_(ids), Update.publication == Publication.DRAFT)
    told = set(session.scalars(waiting))
    return [NewFinding(finding, tuple(asks[finding.id].values()), finding.id in told) for finding in findings]


SUBJECTS = {"legislation": Link.legislation_id, "link": Link.id, "ask": Ask.id}
