"""How an ask's story adds up: which status and results are in effect on a date, what moved last, when to look again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.status import Family, Status
from tracker.rules.updates import Result, UpdateKind

MOVEMENTS = frozenset({UpdateKind.STATUS, UpdateKind.TEST, UpdateKind.MILESTONE})
QUIET_AFTER = timedelta(days=90)
STILL_MOVING = frozenset({Family.OPEN, Family.PARTLY_MET})


@dataclass(frozen=True)
class Entry:
    """What a published update says about status and tests."""

    id: int
    happened_on: PartialDate
    status: Status | None = None
    reason: str = ""
    superseded_by_id: int | None = None
    corrects_id: int | None = None
    kind: UpdateKind = UpdateKind.STATUS
    results: tuple[tuple[int, Result], ...] = ()


@dataclass(frozen=True)
class State:
    """Where an ask stands: the entry that set its status, since when it holds, each changed test's result and date.

    The date is since when a test is met, or when it was last known not to be. `looked_on` is the newest day on which
    somebody looked whether it still stands so.
    """

    status_entry: Entry | None = None
    earlier: frozenset[Status] = frozenset()
    results: Mapping[int, tuple[Result, PartialDate]] = field(default_factory=dict)
    since: PartialDate | None = None
    looked_on: PartialDate | None = None

    @property
    def status(self) -> Status | None:
        return self.status_entry.status if self.status_entry else None


def in_effect(entries: Iterable[Entry], on: PartialDate | None = None) -> list[Entry]:
    """Return the entries that count up to a date (None: all), in the order of time: those that no other corrects."""
    told = sorted(entries, key=lambda entry: (entry.happened_on, entry.id))
    corrected = {entry.corrects_id for entry in told}
    return [entry for entry in told if entry.id not in corrected and (on is None or entry.happened_on.may_be_by(on))]


@dataclass(frozen=True)
class StatusDays:
    """The days on which the status of an entry held: from the first, until before the last (None: it still holds).

    `since` is earlier than the first where the entry before it had the same status.
    """

    entry: Entry
    since: PartialDate
    begins_on: date
    ends_on: date | None


def state_of(entries: Iterable[Entry], on: PartialDate | None = None) -> State:
    """Return where the entries up to a date (None: all) lead; corrected entries do not count."""
    entries = list(entries)
    told = in_effect(entries, on)
    status_entry, since = next(reversed([*_with_since(told)]), (None, None))
    earlier = [entry.status for entry in told if entry.status][:-1]
    results: dict[int, tuple[Result, PartialDate]] = {}
    for entry in told:
        for test, result in entry.results:
            is_still_met = result is Result.MET and results.get(test, (None,))[0] is Result.MET
            results[test] = results[test] if is_still_met else (result, entry.happened_on)
    return State(status_entry, frozenset(earlier), results, since, _last(entries, _is_look, on))


def _with_since(told: Iterable[Entry]) -> Iterator[tuple[Entry, PartialDate]]:
    """Yield each entry with a status, and since when that holds: a correction may say again what held before."""
    status, since = None, None
    for entry in told:
        if entry.status:
            if since is None or entry.status is not status:
                status, since = entry.status, entry.happened_on
            yield entry, since


def grounds_of(entries: Iterable[Entry], tests: Collection[int], on: PartialDate | None = None) -> set[int]:
    """Return the ids of the entries on which the status and the results of these tests rest."""
    told = in_effect(entries, on)
    of_status = [entry.id for entry in told if entry.status][-1:]
    of_results = {test: entry.id for entry in told for test, _ in entry.results if test in tests}
    return {*of_status, *of_results.values()}


def spans_of(entries: Iterable[Entry]) -> list[StatusDays]:
    """Return the statuses one after another, as `state_of` tells them for each day; none for days before the first."""
    by_day = {entry.happened_on.first_day: (entry, since) for entry, since in _with_since(in_effect(entries))}
    days = [*by_day, None]
    return [StatusDays(*of_day, day, days[place]) for place, (day, of_day) in enumerate(by_day.items(), 1)]


def check_changes(entries: Iterable[Entry], entry: Entry) -> list[Problem]:
    """Refuse a change to the status that holds on that day already."""
    if entry.status is None or state_of(entries, entry.happened_on).status is not entry.status:
        return []
    sentence = (
        f"The status on that date is “{entry.status.label}” already. To say that it still holds, post a review; "
        "to put its date or its reason right, post a correction of the entry that set it."
    )
    return [Problem(sentence, "status")]


def check_order(entries: Iterable[Entry], entry: Entry) -> list[Problem]:
    """Refuse a month or a year within which another entry judges the same: nobody can tell which came first."""
    when, own_tests = entry.happened_on, {test for test, _ in entry.results}
    for other in in_effect([*entries, entry]):
        is_within = when < other.happened_on and other.happened_on.first_day <= when.last_day
        if is_within and ((entry.status and other.status) or own_tests & {test for test, _ in other.results}):
            sentence = (
                f"An entry of {other.happened_on.in_words} judges the same within {when.in_words}, and it is not clear "
                "which came first. Give the day if a source does; otherwise tell this as a milestone, without a result."
            )
            return [Problem(sentence, "happened_on")]
    return []


def moved_on(entries: Iterable[Entry], on: PartialDate | None = None) -> PartialDate | None:
    """Return the date of the last movement up to a date (None: all); a correction of one counts in its place.

    That we looked and do not know is none.
    """
    return _last(entries, _is_movement, on)


def _last(
    entries: Iterable[Entry], is_wanted: Callable[[Entry], bool], on: PartialDate | None = None
) -> PartialDate | None:
    told = {entry.id: entry for entry in entries}
    found = (entry.happened_on for entry in in_effect(told.values(), on) if is_wanted(_stands_for(entry, told)))
    return max(found, default=None)


def looks_of(entries: Iterable[Entry]) -> set[PartialDate]:
    """Return the days on which somebody looked as any entry says, corrected ones too."""
    told = {entry.id: entry for entry in entries}
    return {entry.happened_on for entry in told.values() if _is_look(_stands_for(entry, told))}


def _stands_for(entry: Entry, told: Mapping[int, Entry]) -> Entry:
    """Return the entry in whose place a correction stands, through corrections of corrections; any other is itself."""
    seen = set[int]()
    while entry.kind is UpdateKind.CORRECTION and entry.corrects_id and entry.id not in seen:
        seen.add(entry.id)
        entry = told.get(entry.corrects_id, entry)
    return entry


def _is_look(entry: Entry) -> bool:
    return entry.kind is UpdateKind.REVIEW


def _is_movement(entry: Entry) -> bool:
    is_only_unknown = bool(entry.results) and all(result is Result.UNKNOWN for _, result in entry.results)
    return entry.kind in MOVEMENTS and not (entry.kind is UpdateKind.TEST and is_only_unknown)


def is_quiet(status: Status | None, last: PartialDate | None, looked_on: PartialDate | None) -> bool:
    """True if what could still move had not for long when we last looked, so that we say so."""
    may_move = status is not None and status.family in STILL_MOVING
    return may_move and bool(last and looked_on and last.last_day + QUIET_AFTER < looked_on.first_day)


def review_due(reviewed_on: PartialDate | None, published_on: date | None, interval_days: int) -> date | None:
    """Return the day by which a person should look again: from the last look, or else from the first publication."""
    start = reviewed_on.last_day if reviewed_on else published_on
    return start + timedelta(days=interval_days) if start else None
