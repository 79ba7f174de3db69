"""Stores what a UK Sanctions List says: a few facts of each entry, and candidates beside the names asked for.

The rows follow from the list alone, so they stand outside the event log. What changed of an entry that a target
follows, or may be about a name that was not on the list, becomes a finding. No finding holds a name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import reading
from tracker.models import Designation, Finding, Look, SanctionsList, Target
from tracker.official.fetching import Unreadable
from tracker.official.looking import Looking
from tracker.official.sanctions import ListEntry, ReadList, read_list
from tracker.rules.dates import PartialDate
from tracker.rules.official import MOST_CANDIDATES, LookOutcome, TargetState, shared_words, words_of

PAGE = "https://www.gov.uk/government/publications/the-uk-sanctions-list"
LARGEST_LOSS = 0.1
FACTS = ("kind", "regime", "listed_on")
Alike = dict[str, tuple[frozenset[str], str]]


def read_sanctions(looking: Looking) -> None:
    """Read the list of today, store it, and keep as findings what is new for the targets."""
    row = looking.row
    with reading(looking.engine) as session:
        good = sa.select(Look).where(Look.source == looking.source, Look.outcome == LookOutcome.OK)
        last = session.scalar(good.order_by(Look.looked_at.desc(), Look.id.desc()).limit(1))
        seen = {"etag": last.etag, "last_modified": last.last_modified} if last and not _waits(session) else {}
    found = read_list(looking.answers, looking.today, seen)
    row.records = len(found.entries) if found else last.records if last else 0
    if known := found or last:
        row.etag, row.last_modified, row.sha256 = known.etag, known.last_modified, known.sha256
    if last and row.records < last.records * (1 - LARGEST_LOSS):
        raise Unreadable(f"It has only {row.records} records; on the last look it had {last.records}.")
    if found:
        looking.skipped += found.faults
        with looking.writing() as session:
            looking.note(session, take_list(session, found, looking.at))


def _waits(session: Session) -> bool:
    """True if a target may be on the list as it is, or follows an entry of which we have yet to read the name."""
    unnamed = Target.designation.has(sa.and_(Designation.name == "", Designation.removed_on.is_(None)))
    waiting = sa.select(Target.id).where((Target.state == TargetState.UNSURE) | unnamed)
    return session.scalar(waiting.limit(1)) is not None


def take_list(session: Session, found: ReadList, at: datetime) -> list[Finding]:
    """Store a list and return what is new in it; raises Unreadable for one that is older than that which we have."""
    last, day = session.scalar(sa.select(sa.func.max(SanctionsList.day))), found.day
    if day is None or (last and day < last):
        raise Unreadable(f"The list is older than that of {last.in_words if last else 'today'}, which we have.")
    known = {row.unique_id: row for row in session.scalars(sa.select(Designation))}
    targets = session.scalars(sa.select(Target).where(Target.state != TargetState.TAKEN_OUT)).all()
    news = [
        _found(target, found, target.unique_id, what, says)
        for target in targets
        if target.unique_id
        for what, says in _changes(known[target.unique_id], found.entries.get(target.unique_id))
    ]
    news += _propose(found, targets)
    _write(session, known, found, {target.unique_id for target in targets}, last or day)
    if day != last:
        session.add(SanctionsList(day=day, read_at=at))
    return news


def _changes(was: Designation, now: ListEntry | None) -> Iterator[tuple[str, str]]:
    """Yield what changed of an entry, and how it is said."""
    if now is None:
        if was.removed_on is None:
            yield "removed", "is no longer on the UK Sanctions List"
        return
    if was.removed_on:
        yield "listed again", "is on the UK Sanctions List again"
    if was.name and now.names[0] != was.name:
        is_alike = any(shared_words(words_of(was.name), words_of(name)) for name in now.names)
        somebody_else = "now names somebody else, or is renamed: compare it"
        yield "renamed", "has another primary name" if is_alike else somebody_else
    facts = (*FACTS, "measures") if was.measures else FACTS
    varied = [fact for fact in facts if getattr(now, fact) != getattr(was, fact)]
    if varied:
        said = "; ".join(f"{fact.replace('_', ' ')} is now {_in_words(getattr(now, fact))}" for fact in varied)
        yield "varied", f"was varied on the UK Sanctions List: {said}"


def _in_words(value: PartialDate | str | None) -> str:
    return value.in_words if isinstance(value, PartialDate) else str(value or "not known")


def _propose(found: ReadList, targets: Sequence[Target]) -> Iterator[Finding]:
    """Keep with each target that is not on the list the entries that may be it; yield those that came since."""
    waiting = [target for target in targets if target.state is not TargetState.LISTED and target.asked_as]
    alike = _find_alike(found, {target.id: words_of(target.asked_as) for target in waiting})
    for target in waiting:
        seen = {it["unique_id"] for it in target.candidates}
        refused = [it for it in target.candidates if "name" not in it]
        best = sorted(alike[target.id].items(), key=lambda item: (-len(item[1][0]), item[0]))
        fitting = [_candidate(unique_id, found.entries[unique_id], *why) for unique_id, why in best]
        offered = [it for it in fitting if {"unique_id": it["unique_id"]} not in refused][:MOST_CANDIDATES]
        target.candidates = refused + offered
        for it in offered if target.state is TargetState.NOT_LISTED else ():
            if it["unique_id"] not in seen:
                yield _found(target, found, it["unique_id"], "may be", "is on the list now and may be it: compare them")


def _find_alike(found: ReadList, asked: Mapping[int, frozenset[str]]) -> Mapping[int, Alike]:
    """Return by target the entries of which a name agrees with it: the words, and the name that agrees best."""
    alike: defaultdict[int, Alike] = defaultdict(dict)
    every_word = frozenset[str]().union(*asked.values())
    for unique_id, entry in found.entries.items():
        for name in entry.names if asked else ():
            words = words_of(name)
            for target_id, own in asked.items() if words & every_word else ():
                shared = shared_words(own, words)
                if len(shared) > len(alike[target_id].get(unique_id, ("", ""))[0]):
                    alike[target_id][unique_id] = shared, name
    return alike


def _candidate(unique_id: str, entry: ListEntry, shared: frozenset[str], name: str) -> dict[str, str]:
    return {
        "unique_id": unique_id,
        "name": entry.names[0],
        "regime": entry.regime,
        "kind": entry.kind.value,
        "listed_on": entry.listed_on.text if entry.listed_on else "",
        "measures": entry.measures,
        "why": f"{', '.join(sorted(shared))} in “{name}”",
    }


def _found(target: Target, found: ReadList, unique_id: str, what: str, says: str) -> Finding:
    return Finding(
        kind="delisting" if what == "removed" else "designation",
        subject_kind="ask",
        subject_id=target.ask_id,
        outside_key=f"sanctions/{unique_id}/target-{target.id}/{what}",
        says=f"Target {target.position}: {unique_id} {says}",
        tells=f"{unique_id} {says}.",
        address=PAGE,
        page_title="The UK Sanctions List",
        happened_on=found.day,
        raw={"says": says},
    )


def _write(
    session: Session,
    known: Mapping[str, Designation],
    found: ReadList,
    followed: Collection[str | None],
    last: PartialDate,
) -> None:
    """Write the entries that are new, changed or gone; an entry that is as it was is not written."""
    for unique_id, entry in found.entries.items():
        facts = {name: getattr(entry, name) for name in FACTS} | {"last_seen": None, "removed_on": None}
        if unique_id in followed:
            facts |= {"name": entry.names[0], "measures": entry.measures}
        row = known.get(unique_id)
        if row is None:
            session.add(Designation(unique_id=unique_id, first_seen=found.day, **facts))
        else:
            for name, value in facts.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
    for row in (row for row in known.values() if row.unique_id not in found.entries and row.removed_on is None):
        row.last_seen, row.removed_on = last, found.day
