"""Replays the event log: what its entries add up to must be what the tables hold.

So a change of a table behind the log's back is noticed, and whoever trusts the log can trust the tables.
All records are kept in memory meanwhile: about 5 KB for each.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.models import (
    Ask,
    Event,
    FormerSlug,
    Legislation,
    Link,
    Person,
    Reply,
    Source,
    SuccessTest,
    Update,
)
from tracker.rules.chain import ERASED, PERSONAL
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import DisputeDraft
from tracker.rules.status import Status
from tracker.rules.story import Entry, state_of
from tracker.rules.updates import EvidenceDraft, Result, UpdateKind
from tracker.rules.wording import IMPORTED_STEP
from tracker.services import personal, records
from tracker.services.events import plain
from tracker.services.proof import all_events

Values = dict[str, Any]
MODELS = {
    "source": Source,
    "ask": Ask,
    "test": SuccessTest,
    "legislation": Legislation,
    "link": Link,
    "update": Update,
    "reply": Reply,
    "person": Person,
}
STEP = 500
NEW = {"created", "drafted"}
NEVER_PUBLIC_YET = {"publication": "draft"}
BEGINNINGS: Mapping[str, Values] = {
    "ask": NEVER_PUBLIC_YET | plain(records.values_of(DisputeDraft())),
    "test": {"is_archived": False},
    "person": {"is_active": True},
}


@dataclass
class Replayed:
    """What the log adds up to: each record's columns by its kind and number, and the former slugs.

    `details` are the names and addresses of staff that are still kept, by what stands for them in the log.
    """

    details: Mapping[str, str]
    records: dict[tuple[str, int], Values] = field(default_factory=lambda: defaultdict(dict))
    former_slugs: dict[str, int] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Let an entry happen."""
        if event.subject not in MODELS or event.action == IMPORTED_STEP:
            return
        row = self.records[event.subject, event.subject_id]
        if event.action in NEW:
            row.update(BEGINNINGS.get(event.subject, NEVER_PUBLIC_YET))
            if event.ask_id is not None and event.subject != "ask":
                row["ask_id"] = event.ask_id
        row.update(event.after or {})
        if "results" in row:
            row["results"] = sorted(row["results"])
        self.former_slugs |= dict.fromkeys(row.pop("former_slugs", ()), event.subject_id)
        if event.subject == "update":
            self._take_update(event, row)
        elif event.subject == "person":
            self._take_person(event, row)
        elif event.subject == "ask" and "slug" in (event.before or {}):
            self.former_slugs.pop(row["slug"], None)
            self.former_slugs[(event.before or {})["slug"]] = event.subject_id

    def _take_person(self, event: Event, row: Values) -> None:
        """Names and addresses as they are read; of whoever was erased nobody knows them."""
        for name in row.keys() & set(PERSONAL):
            row[name] = self.details.get(row[name], row[name])
            if event.action == ERASED:
                del row[name]

    def _take_update(self, event: Event, row: Values) -> None:
        """What follows from who did it, and when."""
        moment = plain({"at": event.at})["at"]
        match event.action:
            case "drafted":
                row.update(author_id=event.actor_id, recorded_at=moment)
            case "edited":
                row["edited_by_id"] = event.actor_id
            case "published":
                row.update(publication="published", published_at=moment)
                ask = self.records["ask", row["ask_id"]]
                reviewed_on = ask.setdefault("reviewed_on", None)
                is_review = row["kind"] == UpdateKind.REVIEW
                if is_review and (reviewed_on is None or PartialDate(reviewed_on) < PartialDate(row["happened_on"])):
                    ask["reviewed_on"] = row["happened_on"]


def find_differences(session: Session) -> list[str]:
    """Where the tables are not what the log adds up to, in words; empty when all is well."""
    replayed = Replayed({made: value for made, (_, value) in personal.opened(session).items()})
    for event in all_events(session):
        replayed.take(event)
    _settle(replayed)
    found = list(_compare(session, replayed))
    former = {row.slug: row.ask_id for row in session.scalars(sa.select(FormerSlug))}
    if former != replayed.former_slugs:
        found.append("The former addresses of asks are not those of the log.")
    return found


def _settle(replayed: Replayed) -> None:
    """Bring asks and tests to what their published stories say."""
    stories: dict[int, list[Entry]] = defaultdict(list)
    for (kind, number), row in replayed.records.items():
        if kind == "update" and row["publication"] == "published":
            stories[row["ask_id"]].append(_entry(number, row))
    states = {ask_id: state_of(entries) for ask_id, entries in stories.items()}
    for (kind, number), row in replayed.records.items():
        if kind == "ask":
            entry = states[number].status_entry if number in states else None
            row.update(_standing(entry))
        elif kind == "test" and not row["is_archived"]:  # an archived one keeps the result that it had
            results = states[row["ask_id"]].results if row["ask_id"] in states else {}
            result, since = results.get(number, (row["before"], None))
            row.update(plain({"result": result, "result_on": since}))


def _standing(entry: Entry | None) -> Values:
    """The columns of an ask that repeat the entry that set its status."""
    return plain(
        {
            "status": entry.status if entry else None,
            "status_on": entry.happened_on if entry else None,
            "status_reason": entry.reason if entry else "",
            "superseded_by_id": entry.superseded_by_id if entry else None,
        }
    )


def _entry(number: int, row: Values) -> Entry:
    return Entry(
        id=number,
        happened_on=PartialDate(row["happened_on"]),
        status=Status(row["status"]) if row["status"] else None,
        reason=row["reason"],
        superseded_by_id=row["superseded_by_id"],
        corrects_id=row["corrects_id"],
        results=tuple((test_id, Result(result)) for test_id, result in row["results"]),
    )


def _compare(session: Session, replayed: Replayed) -> Iterator[str]:
    unseen = set(replayed.records)
    for kind, model in MODELS.items():
        for row in _rows(session, model):
            unseen.discard((kind, row.id))
            expected = replayed.records.get((kind, row.id))
            if expected is None:
                yield f"{kind} {row.id} stands in no entry of the log."
                continue
            stored = _stored(row, expected)
            yield from (
                f"{kind} {row.id}: {name} is {stored[name]!r}, but the log says {value!r}."
                for name, value in expected.items()
                if name in stored and stored[name] != value
            )
    yield from (f"{kind} {number} is in the log, but not in its table." for kind, number in sorted(unseen))


def _rows(session: Session, model: Any) -> Iterator[Any]:
    seen, wanted = 0, sa.select(model).order_by(model.id).limit(STEP)
    if model is Update:
        wanted = wanted.options(selectinload(Update.evidence), selectinload(Update.results))
    while rows := session.scalars(wanted.where(model.id > seen).execution_options(populate_existing=True)).all():
        yield from rows
        seen = rows[-1].id


def _stored(row: Any, names: Iterable[str]) -> Values:
    """A row's values as the log would have them; a key of an older log that is no column is left out."""
    values = {name: getattr(row, name) for name in names if name in row.__table__.columns}
    if isinstance(row, Update):
        values["results"] = sorted([result.test_id, result.result] for result in row.results)
        values["evidence"] = [vars(records.draft_of(EvidenceDraft, item)) for item in row.evidence]
    return plain(values)
