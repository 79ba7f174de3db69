"""Public movement: when something last happened in the world, and when we should have looked again."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status
from tracker.rules.story import Entry, in_effect
from tracker.rules.updates import Result, UpdateKind

MOVEMENTS = frozenset({UpdateKind.STATUS, UpdateKind.TEST, UpdateKind.MILESTONE})
QUIET_AFTER = timedelta(days=90)
STILL_MOVING = frozenset({Family.OPEN, Family.PARTLY_MET})


def moved_on(
    entries: Iterable[Entry], kinds: Mapping[int, UpdateKind], on: PartialDate | None = None
) -> PartialDate | None:
    """The date of the last movement up to a date (None: all); a correction of a movement counts in its place.

    That we looked and do not know is none.
    """
    told = {entry.id: entry for entry in entries}

    def is_movement(entry: Entry) -> bool:
        seen: set[int] = set()
        while kinds[entry.id] is UpdateKind.CORRECTION and entry.corrects_id in told.keys() - seen:
            seen.add(entry.id)
            entry = told[entry.corrects_id]
        is_only_unknown = bool(entry.results) and all(result is Result.UNKNOWN for _, result in entry.results)
        return kinds[entry.id] in MOVEMENTS and not (kinds[entry.id] is UpdateKind.TEST and is_only_unknown)

    return max((entry.happened_on for entry in in_effect(told.values(), on) if is_movement(entry)), default=None)


def is_quiet(status: Status | None, last: PartialDate | None, looked_on: PartialDate | None) -> bool:
    """Whether to say that nothing has moved: what could still move had not for long when we last looked."""
    may_move = status is not None and status.family in STILL_MOVING
    return may_move and bool(last and looked_on and last.last_day + QUIET_AFTER < looked_on.first_day)


def review_due(reviewed_on: PartialDate | None, published_on: date | None, interval_days: int) -> date | None:
    """The day by which a person should look again; never looked at again, it counts from the first publication."""
    start = reviewed_on.last_day if reviewed_on else published_on
    return start + timedelta(days=interval_days) if start else None
