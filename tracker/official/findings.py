"""Keeping what a reader found, so that each thing is put before a person once.

A reader makes a `Finding`, and `note` keeps it. `outside_key` names the thing in the outside record. Kind, date and
`raw` are its value: what may change there without being news, such as the moment of an edit, stays out of `raw`.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Finding, Legislation, Link
from tracker.rules.official import FindingState
from tracker.rules.text import PARAGRAPH_LENGTH, TITLE_LENGTH, showable

SAYS_LENGTH, KEY_LENGTH = 300, 200


def about_law(law: Legislation, kind: str, key: str, says: str, *, link: Link | None = None, **more: object) -> Finding:
    """Return a finding about a law, or about a link to it; its page is called as the law is unless `more` has it."""
    values = {"subject_kind": "legislation", "subject_id": law.id, "page_title": law.title}
    if link:
        values |= {"subject_kind": "link", "subject_id": link.id}
    return Finding(kind=kind, outside_key=key, says=says, **values | more)


def note(session: Session, found: Finding, at: datetime) -> Finding | None:
    """Keep what was found; return the new finding, or None where it is known.

    What was told or dismissed never comes back. A changed value is a new finding that names the one before, which is
    withdrawn if nobody has decided about it yet. What was withdrawn and is there again is new again.
    """
    if len(found.outside_key) > KEY_LENGTH:
        raise ValueError(f"{found.outside_key[:40]}… is too long for a key")
    found.digest = _digest(found)
    same_thing = sa.select(Finding).where(Finding.outside_key == found.outside_key).order_by(Finding.id)
    earlier = session.scalars(same_thing).all()
    for finding in earlier:
        if finding.digest != found.digest and finding.state is FindingState.NEW:
            finding.state, finding.reason = FindingState.WITHDRAWN, "The record now says otherwise."
    known = next((finding for finding in earlier if finding.digest == found.digest), None)
    if known and known.state is not FindingState.WITHDRAWN:
        return None
    if known is None:
        known = found
        found.tells = _fitting(found.tells or f"{found.says}.", PARAGRAPH_LENGTH)
        found.says, found.page_title = _fitting(found.says, SAYS_LENGTH), _fitting(found.page_title, TITLE_LENGTH)
        found.replaces_id = earlier[-1].id if earlier else None
        session.add(found)
    known.state, known.reason, known.seen_at = FindingState.NEW, "", at
    session.flush()
    return known


def withdraw_missing(session: Session, key_prefix: str, keys: Collection[str]) -> None:
    """Withdraw the undecided findings under this prefix whose keys the record no longer has."""
    under = Finding.outside_key.startswith(key_prefix, autoescape=True)
    missing = sa.update(Finding).where(Finding.state == FindingState.NEW, under, Finding.outside_key.not_in(keys))
    reason = "The record no longer says this."
    values = {"state": FindingState.WITHDRAWN, "reason": reason, "version": Finding.version + 1}
    session.execute(missing.values(values), execution_options={"synchronize_session": "fetch"})


def _digest(found: Finding) -> str:
    """Return the SHA-256 of the value, in hexadecimal."""
    value = [found.kind, found.happened_on.text if found.happened_on else None, found.raw or {}]
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _fitting(text: str, length: int) -> str:
    """Return the text as pages and forms can have it."""
    text = " ".join(showable(text).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
