"""Replays the event log: what its entries add up to must be what the tables hold.

So a change of a table behind the log's back is noticed, and whoever trusts the log can trust the tables.
All records are kept in memory meanwhile: about 5 KB for each.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload, undefer
from sqlalchemy.orm.interfaces import ORMOption

from tracker.db.engine import in_steps
from tracker.models import Ask, Event, Finding, FormerSlug, Target, Update
from tracker.queries.stories import find_stories
from tracker.rules.asks import PUBLIC
from tracker.rules.chain import ERASED, PERSONAL
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import DisputeDraft
from tracker.rules.text import name_key
from tracker.rules.wording import IMPORTED_STEP
from tracker.services import derived, records, targets
from tracker.services.events import opened, plain
from tracker.services.proof import all_events

Values = dict[str, Any]
MODELS = {kind: model for model, (kind, _) in records.NAMES.items()}
# Of a finding the log has what a person decided, and nothing before that.
LOGGED: Mapping[type[Any], sa.ColumnElement[bool]] = {Finding: Finding.decided_at.is_not(None)}
LOADED: Mapping[type[Any], tuple[ORMOption, ...]] = {
    Ask: (undefer(Ask.responsible_bodies),),
    Update: (selectinload(Update.evidence), selectinload(Update.results)),
}
STEP = 500
NOTHING: Values = {}
DRAFT: Values = {"publication": "draft"}
BEGINNINGS: Mapping[str, Values] = {
    "ask": DRAFT | {"reviewed_on": None} | plain(records.values_of(DisputeDraft())),
    "test": {"is_archived": False},
    "person": {"is_active": True},
}


@dataclass
class Replayed:
    """What the log adds up to: each record's columns by its kind and number, and the former slugs.

    `details` are the names and addresses of staff that are still kept, by what stands for them in the log.
    `draft_slugs` are those that asks had as drafts, which older versions kept too.
    """

    details: Mapping[str, str]
    records: dict[tuple[str, int], Values] = field(default_factory=lambda: defaultdict(dict))
    former_slugs: dict[str, int] = field(default_factory=dict)
    draft_slugs: dict[str, int] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Let an entry happen."""
        if event.subject not in MODELS or event.action == IMPORTED_STEP:
            return
        row = self.records[event.subject, event.subject_id]
        if event.subject == "body" and "name" in (event.before or {}):
            self._rename(row["name"], (event.after or {})["name"])
        row |= _unsaid(event) | (event.after or {})
        if "results" in row:
            row["results"] = sorted(row["results"])
        if event.subject == "test" and event.action == "archived":  # it keeps the result that it has by then
            row.pop("result", None), row.pop("result_on", None)
        self.former_slugs |= dict.fromkeys(row.pop("former_slugs", ()), event.subject_id)
        if event.subject == "person":
            self._take_person(event, row)
        elif event.subject == "ask" and "slug" in (event.before or {}):
            self.former_slugs.pop(row["slug"], None)
            kept = self.former_slugs if row["publication"] in PUBLIC else self.draft_slugs
            kept[(event.before or {})["slug"]] = event.subject_id

    def _rename(self, old: str, new: str) -> None:
        """An ask names the bodies that answer for it as they were called when it was saved."""
        key = name_key(old)
        for row in self.records.values():
            if names := row.get("responsible_bodies"):
                row["responsible_bodies"] = [new if name_key(name) == key else name for name in names]

    def _take_person(self, event: Event, row: Values) -> None:
        """Names and addresses as they are read; of whoever was erased nobody knows them."""
        for name in row.keys() & set(PERSONAL):
            row[name] = self.details.get(row[name], row[name])
            if event.action == ERASED:
                del row[name]


def find_differences(session: Session) -> list[str]:
    """Where the tables are not what the log adds up to, in words; empty when all is well."""
    replayed = Replayed({made: value for made, (_, value) in opened(session).items()})
    for event in all_events(session):
        replayed.take(event)
    _settle(session, replayed)
    found = list(_compare(session, replayed))
    former = {row.slug: row.ask_id for row in session.scalars(sa.select(FormerSlug))}
    if not replayed.former_slugs.items() <= former.items() <= (replayed.draft_slugs | replayed.former_slugs).items():
        found.append("The former addresses of asks are not those of the log.")
    return found


def _unsaid(event: Event) -> Values:
    """Return what an entry leaves unsaid: how a new record begins, and what follows from who did it and when."""
    moment = event.at.isoformat()
    match event.subject, event.action:
        case "update", "drafted":
            return DRAFT | {"ask_id": event.ask_id, "author_id": event.actor_id, "recorded_at": moment}
        case "update", "edited":
            return {"edited_by_id": event.actor_id}
        case "update", "published":
            return {"publication": "published", "published_at": moment}
        case "test" | "link" | "reply", "created":
            return BEGINNINGS.get(event.subject, DRAFT) | {"ask_id": event.ask_id}
        case _, "created":
            return BEGINNINGS.get(event.subject, DRAFT)
    return {}


def _settle(session: Session, replayed: Replayed) -> None:
    """Let asks and tests stand as the published stories say; the stories themselves are compared like all else."""
    for asks in in_steps(session, sa.select(Ask), Ask, STEP):
        stories = find_stories(session, [ask.id for ask in asks])
        for ask in asks:
            text = replayed.records["ask", ask.id].get("reviewed_on") if ("ask", ask.id) in replayed.records else None
            for row, values in derived.told(ask, stories[ask.id], PartialDate(text) if text else None):
                key = records.subject_of(row).kind, row.id
                if key in replayed.records:
                    replayed.records[key] |= plain(values)


def _compare(session: Session, replayed: Replayed) -> Iterator[str]:
    unseen = set(replayed.records)
    for kind, model in MODELS.items():
        logged = sa.select(model).where(LOGGED.get(model, sa.true())).options(*LOADED.get(model, ()))
        for row in (row for rows in in_steps(session, logged, model, STEP) for row in rows):
            unseen.discard((kind, row.id))
            if isinstance(row, Target) and row.salt and targets.commitment_to(row) != row.commitment:
                yield f"target {row.id}: its name is not the one that was entered."
            if (kind, row.id) in replayed.records:
                yield from _differences(kind, row, replayed.records[kind, row.id])
            else:
                yield f"{kind} {row.id} stands in no entry of the log."
    yield from (f"{kind} {number} is in the log, but not in its table." for kind, number in sorted(unseen))


def _differences(kind: str, row: Any, expected: Values) -> Iterator[str]:
    """Say which values are others; a key of an older log that is no column is left out."""
    stored: Values = records.logged(row)
    for values in (stored, expected):
        if "responsible_bodies" in values:  # before bodies were records, each ask spelt their names in its own way
            values["responsible_bodies"] = list(dict.fromkeys(map(name_key, values["responsible_bodies"])))
    if pieces := expected.get("evidence"):
        # An older log says less of each piece.
        pairs = zip_longest(stored["evidence"], pieces, fillvalue=NOTHING)
        stored["evidence"] = [{name: piece[name] for name in said if name in piece} for piece, said in pairs]
    yield from (
        f"{kind} {row.id}: {name} is {stored[name]!r}, but the log says {value!r}."
        for name, value in expected.items()
        if name in stored and stored[name] != value
    )
