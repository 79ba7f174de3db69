"""The story of an invented ask: up to four entries that lead to where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from bench import prose
from bench.words import PUBLISHERS
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind

FIRST_DAY, DAYS = date(2018, 1, 1), (date(2026, 6, 30) - date(2018, 1, 1)).days
# How many of a hundred asks end there, and by which way they came.
ENDS: Mapping[Status, tuple[int, tuple[Status, ...]]] = {
    Status.NOT_STARTED: (24, ()),
    Status.ANNOUNCED: (13, (Status.NOT_STARTED,)),
    Status.IN_PARLIAMENT: (5, (Status.NOT_STARTED, Status.ANNOUNCED)),
    Status.LAW_NOT_IN_FORCE: (4, (Status.ANNOUNCED, Status.IN_PARLIAMENT)),
    Status.IN_FORCE: (7, (Status.ANNOUNCED, Status.IN_PARLIAMENT, Status.LAW_NOT_IN_FORCE)),
    Status.PARTLY_MET: (14, (Status.ANNOUNCED, Status.IN_PARLIAMENT, Status.IN_FORCE)),
    Status.MET: (12, (Status.ANNOUNCED, Status.IN_FORCE, Status.PARTLY_MET)),
    Status.REJECTED: (8, (Status.NOT_STARTED, Status.ANNOUNCED)),
    Status.LAPSED: (4, (Status.ANNOUNCED, Status.IN_PARLIAMENT)),
    Status.REVERSED: (2, (Status.ANNOUNCED, Status.IN_FORCE)),
    Status.OVERTAKEN: (2, (Status.NOT_STARTED,)),
    Status.SUPERSEDED: (2, (Status.NOT_STARTED,)),
    Status.CANNOT_BE_JUDGED: (3, ()),
}
STATUSES, SHARES = tuple(ENDS), tuple(share for share, _ in ENDS.values())
OTHER_KINDS = (UpdateKind.MILESTONE, UpdateKind.REVIEW, UpdateKind.TEST, UpdateKind.REDEFINITION, UpdateKind.CORRECTION)
OTHER_SHARES = (65, 17, 8, 3, 7)
Ids = Mapping[str, Iterator[int]]


@dataclass(frozen=True)
class Story:
    """The entries of an ask, the numbers of its tests, and the day of the last entry."""

    ask_id: int
    test_ids: list[int]
    last_day: date
    updates: list[SimpleNamespace] = field(default_factory=list)


def invent(random: Random, ask_id: int, ids: Ids) -> Story:
    """A story of one to four entries with one or two pieces of evidence each, and one to four tests."""
    number = random.choices((1, 2, 3, 4), (25, 35, 25, 15))[0]
    end = random.choices(STATUSES, SHARES)[0]
    if ask_id == 1 and end is Status.SUPERSEDED:
        end = Status.OVERTAKEN
    way = [*ENDS[end][1], end][-random.randint(1, number) :]
    kinds: list[Status | UpdateKind] = [*way, *random.choices(OTHER_KINDS, OTHER_SHARES, k=number - len(way))]
    days = sorted(random.sample(range(DAYS), number))
    at_least = 2 if end is Status.PARTLY_MET else 1
    test_ids = [next(ids["test"]) for _ in range(random.randint(at_least, 4))]
    story = Story(ask_id, test_ids, FIRST_DAY + timedelta(days[-1]))
    for kind, day in zip(kinds, days, strict=True):
        story.updates.append(_entry(random, ids, story, kind, day))
    return story


def _entry(random: Random, ids: Ids, story: Story, what: Status | UpdateKind, day: int) -> SimpleNamespace:
    status = what if isinstance(what, Status) else None
    kind = what if isinstance(what, UpdateKind) else UpdateKind.STATUS
    corrected = next((entry for entry in story.updates if entry.kind is UpdateKind.MILESTONE), None)
    if kind is UpdateKind.CORRECTION and corrected is None:
        kind = UpdateKind.MILESTONE
    happened = FIRST_DAY + timedelta(day)
    recorded_at = datetime(happened.year, happened.month, happened.day, tzinfo=UTC) + timedelta(
        days=random.randrange(20), seconds=random.randrange(86400)
    )
    id = next(ids["update"])
    row: dict[str, Any] = {
        "id": id,
        "version": 1,
        "ask_id": story.ask_id,
        "key": f"entry-{len(story.updates) + 1}",
        "kind": kind,
        "happened_on": _known(random, happened) if kind is not UpdateKind.REVIEW else PartialDate(happened.isoformat()),
        "text": prose.paragraph(random, id),
        "status": status,
        "reason": prose.sentence(random) if status else "",
        "superseded_by_id": random.randrange(1, story.ask_id) if status is Status.SUPERSEDED else None,
        "corrects_id": corrected.id if corrected and kind is UpdateKind.CORRECTION else None,
        # Evidence can be added to a draft only, so it is published at the end of its batch.
        "publication": Publication.DRAFT,
        "recorded_at": recorded_at,
        "published_at": None,
    }
    results = [SimpleNamespace(**each) for each in _results(id, what, story.test_ids)]
    evidence = [_evidence(random, id, position, next(ids["evidence"])) for position in range(random.randint(1, 2))]
    return SimpleNamespace(**row | {"publication": Publication.PUBLISHED}, row=row, results=results, evidence=evidence)


def _known(random: Random, day: date) -> PartialDate:
    """The day, or only its month or year."""
    length = random.choices((10, 7, 4), (85, 12, 3))[0]
    return PartialDate(day.isoformat()[:length])


def _results(update_id: int, what: Status | UpdateKind, test_ids: list[int]) -> list[dict[str, Any]]:
    results = {
        Status.MET: dict.fromkeys(test_ids, Result.MET),
        Status.PARTLY_MET: {test_ids[0]: Result.MET, test_ids[-1]: Result.NOT_MET},
        Status.REVERSED: dict.fromkeys(test_ids, Result.NOT_MET),
        UpdateKind.TEST: {test_ids[-1]: Result.NOT_MET},
    }.get(what, {})
    return [{"update_id": update_id, "test_id": test_id, "result": result} for test_id, result in results.items()]


def _evidence(random: Random, update_id: int, position: int, id: int) -> dict[str, Any]:
    return {
        "id": id,
        "update_id": update_id,
        "position": position,
        "url": f"https://www.example.org/evidence/{id}",
        "title": prose.sentence(random)[:-1],
        "publisher": random.choice(PUBLISHERS),
        "published_on": PartialDate(f"{2018 + id % 8}-{1 + id % 12:02}"),
        "type": random.choices(tuple(EvidenceType), (45, 20, 30, 5))[0],
    }
