"""How many people, bodies and ships the UK Sanctions List has under each law, and what an ask's page says of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Designation, SanctionsList
from tracker.queries.public.records import PublicAsk
from tracker.queries.public.targets import PublicTargets, Steps, find_list_day, find_targets, steps_of
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.targets import TargetKind

Counts = Mapping[TargetKind, int]


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
