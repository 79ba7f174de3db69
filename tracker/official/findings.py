"""Keeping what a reader found, so that each thing is put before a person once."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Finding
from tracker.rules.dates import PartialDate
from tracker.rules.findings import FindingState
from tracker.rules.text import PARAGRAPH_LENGTH, TITLE_LENGTH, showable

SAYS_LENGTH, KEY_LENGTH = 300, 200
CHANGED = "The record now says otherwise."
GONE = "The record no longer says this."


@dataclass(frozen=True)
class Found:
    """What a reader found about a subject of ours, such as ("legislation", 3).

    `key` names the thing in the outside record. Kind, date and `raw` are its value: what may change in the record
    without being news, such as the moment of an edit, stays out of `raw`. `fills` is the column of the subject in
    which the date belongs, or nothing; `tells` the words that are proposed for the story, if others than `says`.
    """

    kind: str
    subject_kind: str
    subject_id: int
    key: str
    says: str
    address: str
    page_title: str
    happened_on: PartialDate | None = None
    fills: str = ""
    tells: str = ""
    raw: Mapping[str, object] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 of the value, in hexadecimal."""
        value = [self.kind, self.happened_on.text if self.happened_on else None, dict(self.raw)]
        return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def note(session: Session, found: Found, at: datetime) -> Finding | None:
    """Keep what was found; return the new finding, or None where it is known.

    What was told or dismissed never comes back. A changed value is a new finding that names the one before, which is
    withdrawn if nobody has decided about it yet. What was withdrawn and is there again is new again.
    """
    if len(found.key) > KEY_LENGTH:
        raise ValueError(f"{found.key[:40]}… is too long for a key")
    same_thing = sa.select(Finding).where(Finding.outside_key == found.key).order_by(Finding.id)
    earlier = session.scalars(same_thing).all()
    known = next((finding for finding in earlier if finding.digest == found.digest), None)
    for finding in earlier:
        if finding is not known and finding.state is FindingState.NEW:
            _withdraw(finding, CHANGED)
    if known:
        if known.state is not FindingState.WITHDRAWN:
            return None
        known.state, known.reason, known.seen_at = FindingState.NEW, "", at
        return known
    finding = Finding(
        kind=found.kind,
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        outside_key=found.key,
        digest=found.digest,
        says=_fitting(found.says, SAYS_LENGTH),
        happened_on=found.happened_on,
        address=found.address,
        page_title=_fitting(found.page_title, TITLE_LENGTH),
        fills=found.fills,
        tells=_fitting(found.tells or f"{found.says}.", PARAGRAPH_LENGTH),
        raw=dict(found.raw),
        seen_at=at,
        replaces_id=earlier[-1].id if earlier else None,
    )
    session.add(finding)
    session.flush()
    return finding


def withdraw_missing(session: Session, key_prefix: str, keys: Collection[str]) -> int:
    """Withdraw the undecided findings under this prefix whose keys the record no longer has; return how many."""
    new = sa.select(Finding).where(Finding.state == FindingState.NEW)
    under = new.where(Finding.outside_key.startswith(key_prefix, autoescape=True))
    missing = [finding for finding in session.scalars(under) if finding.outside_key not in keys]
    for finding in missing:
        _withdraw(finding, GONE)
    return len(missing)


def _fitting(text: str, length: int) -> str:
    """The text as pages and forms can have it."""
    text = " ".join(showable(text).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _withdraw(finding: Finding, reason: str) -> None:
    finding.state, finding.reason = FindingState.WITHDRAWN, reason
