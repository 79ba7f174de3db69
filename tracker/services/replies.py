"""What others say about an ask: the right of reply, and what is disputed."""

from tracker.models import Ask, Reply
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.disputes import SETTLED, DisputeDraft, ReplyDraft, check_dispute, check_publishable, check_reply
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import Action
from tracker.services import records
from tracker.services.change import Change


def create_reply(change: Change, ask_id: int, draft: ReplyDraft) -> Reply:
    """Enter that somebody was asked; internal until published."""
    change.require(Action.EDIT)
    refuse(check_reply(draft, change.today))
    return records.create(change, Reply(ask_id=ask_id, publication=Publication.DRAFT, version=1), draft)


def edit_reply(change: Change, reply: Reply, draft: ReplyDraft, seen_version: int | None) -> bool:
    """Enter what came of it; answer whether anything changed."""
    change.require(Action.EDIT, reply, seen_version)
    is_public = reply.publication.is_public
    refuse(check_reply(draft, change.today) + (check_publishable(draft) if is_public else []))
    return bool(records.edit(change, reply, draft, is_public=is_public))


def publish_reply(change: Change, reply: Reply, seen_version: int | None) -> None:
    """Show it on the ask's public page."""
    change.require(Action.PUBLISH)
    refuse(check_publishable(ReplyDraft(reply.asked, reply.asked_on, outcome=reply.outcome)))
    records.publish(change, reply, seen_version)


def mark_disputed(change: Change, ask: Ask, draft: DisputeDraft, seen_version: int | None) -> bool:
    """Show what is disputed, or put right how that is said; answer whether anything changed."""
    change.require(Action.EDIT, ask, seen_version)
    if not ask.publication.is_public:
        raise RuleBroken([Problem("The public does not see this ask, so there is nothing to mark.")])
    refuse(check_dispute(draft, change.today))
    return bool(records.put(change, ask, "marked as disputed", vars(draft), is_public=True))


def end_dispute(change: Change, ask: Ask, seen_version: int | None, reason: str) -> None:
    """Take the mark off; what came of it is public from now on, with what was disputed."""
    change.require(Action.EDIT, ask, seen_version)
    if ask.disputed_on is None:
        raise RuleBroken([Problem("Nothing here is disputed any more.")])
    refuse(checks.required(reason, "reason", "what came of it, in one sentence"))
    is_public = ask.publication.is_public
    records.put(change, ask, SETTLED, vars(DisputeDraft()), reason=reason, is_public=is_public)
