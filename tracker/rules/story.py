"""How an ask's story adds up: which status and which test results are in effect on a date."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.status import Status
from tracker.rules.updates import Result


@dataclass(frozen=True)
class Entry:
    """What a published update says about status and tests."""

    id: int
    happened_on: PartialDate
    status: Status | None = None
    reason: str = ""
    superseded_by_id: int | None = None
    corrects_id: int | None = None
    results: tuple[tuple[int, Result], ...] = ()


@dataclass(frozen=True)
class State:
    """Where an ask stands: the entry that set its status, and each changed test's result and date."""

    status_entry: Entry | None = None
    earlier: frozenset[Status] = frozenset()
    results: Mapping[int, tuple[Result, PartialDate]] = field(default_factory=dict)

    @property
    def status(self) -> Status | None:
        return self.status_entry.status if self.status_entry else None


def in_effect(entries: Iterable[Entry], on: PartialDate | None = None) -> list[Entry]:
    """The entries that count up to a date (None: all), in the order of time: those that no other entry corrects."""
    told = sorted(entries, key=lambda entry: (entry.happened_on, entry.id))
    corrected = {entry.corrects_id for entry in told}
    return [entry for entry in told if entry.id not in corrected and (on is None or entry.happened_on.may_be_by(on))]


@dataclass(frozen=True)
class StatusDays:
    """The days on which the status of an entry held: from the first, until before the last (None: it still holds)."""

    entry: Entry
    begins_on: date
    ends_on: date | None


def state_of(entries: Iterable[Entry], on: PartialDate | None = None) -> State:
    """Fold the entries up to a date (None: all) in the order of time; corrected entries do not count."""
    status_entry, earlier, results = None, set(), {}
    for entry in in_effect(entries, on):
        if entry.status:
            if status_entry and status_entry.status:
                earlier.add(status_entry.status)
            status_entry = entry
        results.update({test: (result, entry.happened_on) for test, result in entry.results})
    return State(status_entry, frozenset(earlier), results)


def grounds_of(entries: Iterable[Entry], tests: Collection[int], on: PartialDate | None = None) -> set[int]:
    """The ids of the entries on which the status and the results of these tests rest."""
    status_entry: int | None = None
    last: dict[int, int] = {}
    for entry in in_effect(entries, on):
        if entry.status:
            status_entry = entry.id
        last.update({test: entry.id for test, _ in entry.results if test in tests})
    return {*last.values(), *([status_entry] if status_entry else [])}


def spans_of(entries: Iterable[Entry]) -> list[StatusDays]:
    """The statuses one after another, as `state_of` answers them for each day; none for the days before the first."""
    by_day = {entry.happened_on.first_day: entry for entry in in_effect(entries) if entry.status}
    days = [*by_day, None]
    return [StatusDays(entry, day, days[place]) for place, (day, entry) in enumerate(by_day.items(), 1)]


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
