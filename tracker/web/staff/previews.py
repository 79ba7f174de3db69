"""The public page of an ask as it would be after a change: the change is made, read, and undone."""

from collections.abc import Callable
from dataclasses import replace

from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.records import PublicAsk
from tracker.rules.permissions import Role
from tracker.services.change import Change
from tracker.web.auth import me
from tracker.web.pages import found
from tracker.web.session import rehearsal


def rehearsed(ask_id: int, write: Callable[[Change, Ask], object]) -> PublicAsk:
    """Answer that page; raises what would speak against the change if an editor made it."""
    with rehearsal(replace(me(), role=Role.EDITOR)) as change:
        ask = change.session.get_one(Ask, ask_id)
        write(change, ask)
        change.session.flush()
        change.session.expire_all()  # the page is read as the database now has it
        return found(public.find_ask(change.session, ask.slug, with_drafts=True))
    raise AssertionError("the rehearsal answers")
