"""What a person does about a finding: tell it, fill in the day that it gives, or dismiss it. The log has each.

What a machine found is no change by anybody and is not in the log before that.
"""

from dataclasses import replace
from textwrap import shorten
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.models import Finding, Legislation, Link, Telling, Update
from tracker.rules import checks
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.legislation import LegislationDraft, LinkDraft
from tracker.rules.official import FindingState
from tracker.rules.people import Action
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services import legislation, records
from tracker.services.change import Change

TOLD_BESIDES = frozenset({"royal_assent", "ended"})
LINKS = sa.select(Link).options(joinedload(Link.legislation))  # the log names the law


def note_telling(change: Change, finding_id: int, update: Update) -> None:
    """Keep that a draft tells a finding, which is told once the draft is published."""
    _require_new(change.session.get_one(Finding, finding_id))
    change.session.merge(Telling(update_id=update.id, finding_id=finding_id))


def tell_by(change: Change, update: Update) -> None:
    """Let the finding that this published entry tells, if any, be told."""
    telling = change.session.get(Telling, update.id)
    finding = change.session.get(Finding, telling.finding_id) if telling else None
    if finding and finding.state is FindingState.NEW:
        _decide(change, finding, FindingState.TOLD, "")


def dismiss(change: Change, finding: Finding, reason: str, seen_version: int | None) -> None:
    """Let a finding be not relevant, for good."""
    change.require(Action.PUBLISH, finding, seen_version)
    refuse(checks.required(reason, "reason", "why, for the log"))
    _require_new(finding)
    _decide(change, finding, FindingState.DISMISSED, reason)


def fill(change: Change, finding: Finding, seen_version: int | None) -> None:
    """Write the day of a finding where it belongs, with the official page as the reason.

    It is told by that, unless it belongs in the stories too: how a bill ends.
    """
    change.require(Action.EDIT, finding, seen_version)
    _require_new(finding)
    if not finding.fills or finding.happened_on is None:
        raise RuleBroken([Problem("This says no day that could be filled in.")])
    reason = shorten(f"Official record: {finding.says}. {finding.address}", SENTENCE_LENGTH, placeholder="…")
    value: dict[str, Any] = {finding.fills: finding.happened_on}
    if finding.subject_kind == "link":
        link = change.session.scalars(LINKS.where(Link.id == finding.subject_id)).one()
        legislation.edit_link(change, link, replace(records.draft_of(LinkDraft, link), **value), None, reason)
    else:
        law = change.session.get_one(Legislation, finding.subject_id)
        draft = replace(records.draft_of(LegislationDraft, law), **value)
        legislation.edit_legislation(change, law, draft, None, reason)
    if finding.kind in TOLD_BESIDES:
        finding.fills = ""
    else:
        _decide(change, finding, FindingState.TOLD, "Filled in.")


def _require_new(finding: Finding) -> None:
    if finding.state is not FindingState.NEW:
        raise RuleBroken([Problem(f"The finding was {finding.state.value} already.")])


def _decide(change: Change, finding: Finding, state: FindingState, reason: str) -> None:
    decided = {"state": state, "reason": reason, "decided_by_id": change.actor.id, "decided_at": change.at}
    records.put(change, finding, state.value, decided, reason=reason, is_public=True)
