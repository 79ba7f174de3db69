"""The right of reply: enter who was asked, what came of it, and publish that."""

from tracker.models import Reply
from tracker.rules.asks import Publication
from tracker.rules.errors import refuse
from tracker.rules.permissions import Action
from tracker.rules.replies import ReplyDraft, check_publishable, check_reply
from tracker.services import records
from tracker.services.change import Change


def create_reply(change: Change, ask_id: int, draft: ReplyDraft) -> Reply:
    """Enter that somebody was asked; internal until published."""
    change.require(Action.EDIT)
    refuse(check_reply(draft, change.today))
    reply = Reply(ask_id=ask_id, publication=Publication.DRAFT, version=1)
    records.create(change, reply, draft)
    return reply


def edit_reply(change: Change, reply: Reply, draft: ReplyDraft, seen_version: int | None) -> bool:
    """Enter what came of it; answer whether anything changed."""
    change.require(Action.EDIT)
    records.check_version(reply, seen_version)
    is_public = reply.publication.is_public
    refuse(check_reply(draft, change.today) + (check_publishable(draft) if is_public else []))
    return bool(records.edit(change, reply, draft, is_public=is_public))


def publish_reply(change: Change, reply: Reply, seen_version: int | None) -> None:
    """Show it on the ask's public page."""
    change.require(Action.PUBLISH)
    refuse(check_publishable(ReplyDraft(reply.asked, reply.asked_on, outcome=reply.outcome)))
    records.publish(change, reply, seen_version)
