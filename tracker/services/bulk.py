"""One change to several asks: all of it or nothing, each ask with its own entry in the log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.models import Ask, Event
from tracker.rules.asks import AskDraft
from tracker.rules.bulk import ManyDraft, Seen, What, check_hour, check_number, check_reason
from tracker.rules.errors import Conflict, Problem, RuleBroken, refuse
from tracker.rules.people import Action
from tracker.services import asks, records, updates
from tracker.services.change import Change

HOUR = timedelta(hours=1)


def change_many(change: Change, seen: Sequence[Seen], draft: ManyDraft) -> int:
    """Do it to every ask, and answer how many were not so before.

    Raises Conflict when one was changed since or never was there, or all that the rules say, ask by ask.
    """
    change.require(Action.PUBLISH if draft.what in {What.REVIEW, What.PUBLISH} else Action.EDIT)
    refuse(check_number(len(seen)) + check_reason(draft))
    refuse(check_hour(change.actor.role, _changed_lately(change), len(seen)))
    problems: list[Problem] = []
    changed = 0
    for each in sorted(seen, key=lambda one: one.ask_id):  # in one order, so that two of these cannot block each other
        ask = change.session.get(Ask, each.ask_id)
        if ask is None:
            raise Conflict
        try:
            with change.session.begin_nested():
                changed += _change_one(change, ask, each, draft)
        except RuleBroken as broken:
            problems += [Problem(f"{ask.title}: {problem.message}") for problem in broken.problems]
    refuse(problems)
    return changed


def _changed_lately(change: Change) -> int:
    """How many asks the actor changed in the last hour together with others, in requests that changed several.

    Asks that a request made are no change: they are drafts, and count when they are published.
    """
    number, made = sa.func.count(Event.ask_id.distinct()), aliased(Event)
    is_new = sa.exists().where(
        made.request_id == Event.request_id,
        made.subject == "ask",
        made.subject_id == Event.ask_id,
        made.action == "created",
    )
    together = (
        sa.select(number.label("number"))
        .where(Event.actor_id == change.actor.id, Event.at > change.at - HOUR, Event.request_id != "", ~is_new)
        .group_by(Event.request_id)
        .having(number > 1)
        .subquery()
    )
    return int(change.session.scalar(sa.select(sa.func.sum(together.c.number))) or 0)


def _change_one(change: Change, ask: Ask, seen: Seen, draft: ManyDraft) -> bool:
    if draft.review:
        updates.post(change, ask, draft.review, seen.entries)
        return True
    if draft.what is What.PUBLISH:
        asks.publish_ask(change, ask, seen.version)
        return True
    now = records.draft_of(AskDraft, ask)
    new: dict[str, Any] = {draft.field: draft.value_after(getattr(now, draft.field))}
    return asks.edit_ask(change, ask, replace(now, **new), seen_version=seen.version, reason=draft.reason)
