"""One change to several asks: all of it or nothing, each ask with its own entry in the log."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from tracker.models import Ask
from tracker.rules.asks import AskDraft
from tracker.rules.bulk import MOST_AT_ONCE, ManyDraft, Seen, What
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.permissions import Action
from tracker.services import asks, updates
from tracker.services.change import Change


def change_many(change: Change, seen: Sequence[Seen], draft: ManyDraft) -> None:
    """Do it to every ask; raises Conflict when one was changed since, or all that the rules say, ask by ask."""
    change.require(Action.PUBLISH if draft.what is What.REVIEW else Action.EDIT)
    refuse(check_number(len(seen)))
    problems: list[Problem] = []
    for each in sorted(seen, key=lambda one: one.ask_id):  # in one order, so that two of these cannot block each other
        ask = change.session.get_one(Ask, each.ask_id)
        try:
            with change.session.begin_nested():
                _change_one(change, ask, each, draft)
        except RuleBroken as broken:
            problems += [Problem(f"{ask.title}: {problem.message}") for problem in broken.problems]
    refuse(problems)


def check_number(number: int) -> list[Problem]:
    """Some asks, but not too many to look at."""
    if 1 <= number <= MOST_AT_ONCE:
        return []
    return [Problem(f"Choose between 1 and {MOST_AT_ONCE} asks; you chose {number}.")]


def _change_one(change: Change, ask: Ask, seen: Seen, draft: ManyDraft) -> None:
    if draft.review:
        updates.post(change, ask, draft.review, seen.entries)
    else:
        new: dict[str, Any] = {draft.what.value: draft.value}
        asks.edit_ask(change, ask, replace(draft_of(ask), **new), seen_version=seen.version)


def draft_of(ask: Ask) -> AskDraft:
    """The typed form of an ask."""
    values: dict[str, Any] = {field.name: getattr(ask, field.name) for field in fields(AskDraft)}
    for name in ("jurisdictions", "responsible_bodies"):
        values[name] = tuple(values[name])
    return AskDraft(**values)
