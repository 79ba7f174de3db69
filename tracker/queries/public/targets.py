"""What the UK Sanctions List says: who of those that an ask wants on it is there, and how many are under each law."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Designation, Legislation, SanctionsList, Source, Target
from tracker.queries.public.as_of import ONLY_PUBLISHED, is_one_of, is_published
from tracker.queries.public.records import PublicAsk
from tracker.rules.asks import AskKind, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.official import TargetKind, TargetState

Steps = tuple[tuple[date, int], ...]
Counts = Mapping[TargetKind, int]
# The law of an entry's regime, where we have it. A scalar, so that no two laws of one title make two rows.
LAW_KEY = (
    sa.select(sa.func.min(Legislation.key))
    .where(Legislation.title == Designation.regime, is_published(Legislation.publication))
    .scalar_subquery()
    .label("law_key")
)


def target_rows(
    of_asks: Sequence[Publication] = ONLY_PUBLISHED, *, with_hidden: bool = False
) -> sa.Select[*tuple[Any, ...]]:
    """One row a name that is shown, or also those that are not."""
    columns = (Target.id, Target.position.label("target_number"), Target.kind, Target.state, Target.unique_id)
    of_entry = (Designation.listed_on, Designation.removed_on, Designation.regime, Designation.measures)
    rows: sa.Select[*tuple[Any, ...]] = sa.select(
        Ask.slug.label("ask_slug"), *columns, Target.asked_as.label("name"), *of_entry, LAW_KEY
    )
    rows = rows.join(Target.ask).outerjoin(Target.designation).where(is_one_of(Ask.publication, of_asks))
    return rows if with_hidden else rows.where(Target.is_shown)


@dataclass(frozen=True)
class PublicTargets:
    """How many names are on the list of a day, were on it, are not, or wait; and those that are shown.

    Those that are shown are rows of `target_rows`. Without a unique ID a name is not on the list, which is no finding
    about anybody. `steps` are the days on which the number of those on the list changed, each with the new number.
    """

    list_day: PartialDate | None
    total: int
    listed: int
    removed: int
    waiting: int
    shown: tuple[Any, ...]
    steps: Steps

    @property
    def not_listed(self) -> int:
        """How many are not on the list, though somebody looked."""
        return self.total - self.listed - self.waiting


def find_targets(session: Session, slug: str, on: date | None = None) -> PublicTargets | None:
    """The targets of a published ask, now or on a past day; None where nobody has compared any with the list.

    A past day is told by the dates of the list as we know it now. It names only who was on the list then.
    """
    rows = session.execute(
        target_rows(with_hidden=True)
        .add_columns(Target.is_shown, Designation.first_seen, Source.published_on)
        .join(Ask.source)
        .where(Ask.slug == slug, Target.state != TargetState.TAKEN_OUT)
        .order_by(Target.position)
    ).all()
    if not any(row.state is not TargetState.UNSURE for row in rows):
        return None
    if on and rows[0].published_on and rows[0].published_on.first_day > on:
        return None
    states = [_state_on(row, on) for row in rows]
    counts = Counter(states)
    return PublicTargets(
        list_day=find_list_day(session),
        total=len(rows),
        listed=counts["listed"],
        removed=counts["removed"],
        waiting=counts["unsure"],
        shown=tuple(
            row for row, state in zip(rows, states, strict=True) if row.is_shown and (on is None or state == "listed")
        ),
        steps=steps_of(_changes(rows), on),
    )


def find_list_day(session: Session) -> PartialDate | None:
    """Return the day of the newest list that we read."""
    return session.scalar(sa.select(sa.func.max(SanctionsList.day)))


def steps_of(changes: Iterable[tuple[PartialDate, int]], on: date | None = None) -> Steps:
    """Return the days on which a number changed by so much, each with the number from then on; up to a day."""
    by_day: Counter[date] = Counter()
    for when, number in changes:
        by_day[when.first_day] += number
    steps, total = [], 0
    for day in sorted(day for day in by_day if on is None or day <= on):
        total += by_day[day]
        steps.append((day, total))
    return tuple(steps)


def _state_on(row: Any, on: date | None) -> str:
    """Return "listed", "removed", "not_listed" or "unsure": how a target stood on a day."""
    if row.state is not TargetState.LISTED:
        return str(row.state.value)
    if on and (row.listed_on or row.first_seen).first_day > on:
        return "not_listed"
    return "removed" if row.removed_on and (on is None or row.removed_on.first_day <= on) else "listed"


def _changes(rows: Iterable[Any]) -> Iterator[tuple[PartialDate, int]]:
    for row in rows:
        if row.state is TargetState.LISTED:
            yield row.listed_on or row.first_seen, 1
            if row.removed_on:
                yield row.removed_on, -1


@dataclass(frozen=True)
class Regime:
    """Who is listed under a law by the newest list, by kind and by year of listing ("" where it is not known).

    `steps` are the days of lists, from the first that we read, on which the number changed.
    """

    first_day: PartialDate
    list_day: PartialDate
    total: Counts
    years: Mapping[str, Counts]
    steps: Steps

    @property
    def kinds(self) -> list[TargetKind]:
        """The kinds that are listed now, in the order in which they are told."""
        return [kind for kind in TargetKind if kind in self.total]


@dataclass(frozen=True)
class Sanctions:
    """What the list says of an ask: its targets, and by the titles of its laws how many are listed under each."""

    targets: PublicTargets | None
    regimes: Mapping[str, Counts]
    list_day: PartialDate | None


def find_sanctions(session: Session, ask: PublicAsk) -> Sanctions:
    """Return what the list says of an ask; of a past day nothing of its laws, since we began to look much later."""
    is_told = ask.line.kind is AskKind.SANCTIONS and ask.on is None
    titles = {link.law.title for link in ask.links if link.law} if is_told else ()
    regimes = count_by_regime(session, titles) if titles else {}
    return Sanctions(find_targets(session, ask.line.slug, ask.on), regimes, find_list_day(session) if regimes else None)


def find_regime(session: Session, title: str) -> Regime | None:
    """Return the numbers of a law; None where no list that we read names it."""
    facts = (Designation.first_seen, Designation.removed_on, Designation.listed_on, Designation.kind)
    groups = sa.select(*facts, sa.func.count()).where(Designation.regime == title).group_by(*facts)
    rows = session.execute(groups.order_by(Designation.listed_on)).all()
    first_day, list_day = session.execute(
        sa.select(sa.func.min(SanctionsList.day), sa.func.max(SanctionsList.day))
    ).one()
    if not rows or first_day is None:
        return None
    changes: list[tuple[PartialDate, int]] = []
    years: dict[str, Counter[TargetKind]] = defaultdict(Counter)
    total: Counter[TargetKind] = Counter()
    for first_seen, removed_on, listed_on, kind, number in rows:
        changes.append((first_seen, number))
        if removed_on:
            changes.append((removed_on, -number))
        else:
            years[listed_on.text[:4] if listed_on else ""][kind] += number
            total[kind] += number
    return Regime(first_day, list_day, total, dict(sorted(years.items())), steps_of(changes))


def count_by_regime(session: Session, titles: Collection[str]) -> dict[str, Counts]:
    """Return how many are listed now under the laws of these titles; a law that no list names is left out."""
    numbers = sa.select(Designation.regime, Designation.kind, sa.func.count())
    wanted = numbers.where(Designation.regime.in_(titles), Designation.removed_on.is_(None))
    found: dict[str, dict[TargetKind, int]] = defaultdict(dict)
    for regime, kind, number in session.execute(wanted.group_by(Designation.regime, Designation.kind)):
        found[regime][kind] = number
    return dict(found)
