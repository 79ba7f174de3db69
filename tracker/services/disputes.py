"""Disputes: say in public that something on the page of an ask is disputed, and that it no longer is."""

from tracker.models import Ask
from tracker.rules import checks
from tracker.rules.disputes import DisputeDraft, check_dispute
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.permissions import Action
from tracker.services import records
from tracker.services.change import Change


def mark_disputed(change: Change, ask: Ask, draft: DisputeDraft, seen_version: int | None) -> bool:
    """Show what is disputed, or put right how that is said; answer whether anything changed."""
    change.require(Action.EDIT)
    records.check_version(ask, seen_version)
    if not ask.publication.is_public:
        raise RuleBroken([Problem("The public does not see this ask, so there is nothing to mark.")])
    refuse(check_dispute(draft, change.today))
    return _edit(change, ask, draft, "marked as disputed")


def end_dispute(change: Change, ask: Ask, seen_version: int | None, reason: str) -> None:
    """Take the mark off."""
    change.require(Action.EDIT)
    records.check_version(ask, seen_version)
    if ask.disputed_on is None:
        raise RuleBroken([Problem("Nothing here is disputed any more.")])
    refuse(checks.required(reason, "reason", "what came of it, for the log"))
    _edit(change, ask, DisputeDraft(), "ended the dispute about", reason)


def _edit(change: Change, ask: Ask, draft: DisputeDraft, action: str, reason: str = "") -> bool:
    is_public = ask.publication.is_public
    before = records.edit(change, ask, draft, is_public=is_public, reason=reason, action=action)
    return bool(before)
